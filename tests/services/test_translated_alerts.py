"""Translations on their way to Telegram: late ones, held ones, across a restart."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.grammar import parse
from bot.domain.message import Message
from bot.domain.model import Chat, ChatKind, Delivery, Lane
from bot.domain.outcomes import Outcome, Sent
from bot.domain.places import PlaceSettings, Quiet
from bot.domain.ports import CatalogueEntry
from bot.rendering.alert import in_their_words
from bot.services.deliver import Deliverer
from bot.services.engines import Engines
from bot.services.retouch import Retouch
from bot.services.translate import Translating
from storage.engine import Database
from tests.builders import NOW, PRIVATE, make_article
from tests.fakes import FakeClock, FakeSender

QUERY = parse("nato")


class Engine:
    """Answers once its gate is open."""

    name = "Libre"
    free = True
    metered = False

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.gate = asyncio.Event()

    async def translate(self, texts: tuple[str, ...], source: str, target: str) -> tuple[str, ...]:
        assert (source, target) == ("de", "en")
        self.asked.append(texts)
        await self.gate.wait()
        return tuple(f"English {text}" for text in texts)


class Telegram(FakeSender):
    """What is sent, and what it was edited to."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.edits: list[str] = []

    async def edit(self, place: Any, message_id: int, message: Message) -> Outcome:
        assert place == PRIVATE
        self.edits.append(message.text)
        return Sent(message_id)


def render(delivery: Delivery, _: Lane | Chat) -> Message:
    return Message(text=in_their_words(delivery).title)


class Desk:
    """A place that speaks English and wants NATO; German news about it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock()
        self.telegram = Telegram(self.clock)
        self.restart()

    def restart(self) -> None:
        """Another process: nothing is remembered but what is in the database."""
        self.engine = Engine()
        self.engines = Engines(self.database, [self.engine], self.clock, self._alarm)
        self.wait(0.05)

    def wait(self, seconds: float) -> None:
        """So long for a translation from now on."""
        self.translating = Translating(self.engines, patience=seconds, hurry=seconds)
        prepare = self.translating.prepare
        self.deliverer = Deliverer(
            self.database, self.telegram, render, self.clock, prepare=prepare
        )
        self.retouch = Retouch(self.database, self.telegram, render, self.clock, prepare)

    def open_gate(self) -> None:
        """The engine answers; however slow the machine is, that is waited for."""
        self.engine.gate.set()
        self.wait(30)

    async def _alarm(self, *told: str) -> None:
        raise AssertionError(told)

    async def publish(self) -> None:
        async with self.database.write() as tx:
            await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
            await tx.subscriptions.add(PRIVATE, "nato", QUERY, NOW)
            entry = CatalogueEntry(url="https://e.org/x", title="E")
            source = await tx.sources.add(entry, None, NOW)
            news = make_article(source=source.id, title="Nato tagt", summary="", language="de")
            (article,) = await tx.articles.add([news])
            await tx.articles.record_hits({article.id: [QUERY.id]})
            await tx.alerts.enqueue(article, [QUERY.id], self.clock())

    async def look(self, seconds: float) -> int:
        self.clock.advance(seconds)
        return await self.retouch.tick()

    async def close(self) -> None:
        await self.translating.close()
        await self.engines.close()


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_an_alert_goes_out_in_the_original_and_is_edited_when_its_translation_comes(
    desk: Desk,
) -> None:
    await desk.publish()
    await desk.deliverer.run_once(desk.clock())
    looks = [await desk.look(6), await desk.look(6)]
    early = list(desk.telegram.edits)
    desk.open_gate()
    looks += [await desk.look(6), await desk.look(6)]
    assert (desk.telegram.texts(PRIVATE.chat), early) == (["Nato tagt"], [])
    assert (looks, desk.telegram.edits) == ([1, 1, 1, 0], ["English Nato tagt"])
    await desk.close()


async def test_a_restart_between_an_alert_and_its_late_translation_loses_no_edit(
    desk: Desk,
) -> None:
    await desk.publish()
    await desk.deliverer.run_once(desk.clock())
    await desk.close()
    desk.restart()
    desk.open_gate()
    await desk.look(6)
    assert desk.telegram.texts(PRIVATE.chat) == ["Nato tagt"]
    assert desk.telegram.edits == ["English Nato tagt"]
    await desk.close()


async def test_what_is_held_is_not_translated_before_its_turn(desk: Desk) -> None:
    await desk.publish()
    desk.open_gate()
    until = NOW + timedelta(hours=2)
    quiet = PlaceSettings(quiet=Quiet(10 * 60, until.hour * 60))
    async with desk.database.write() as tx:
        await tx.places.put(PRIVATE, quiet)
    await desk.deliverer.run_once(desk.clock())
    asked = list(desk.engine.asked)
    desk.clock.advance(2 * 3_600)
    await desk.deliverer.run_once(desk.clock())
    assert (asked, desk.engine.asked) == ([], [("Nato tagt",)])
    assert desk.telegram.texts(PRIVATE.chat) == ["English Nato tagt"]
    await desk.close()
