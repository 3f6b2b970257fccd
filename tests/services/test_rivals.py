"""What rivals lose on the same work, with 0 in every row: over HTTP, on the emulated Telegram.

The rows are those of the measurements of three other bots: requests and answers lost, errors,
flood waits, refusals that pass, moves of groups. What the others lose of
feeds is in `test_rivals_feeds.py`; `tests/test_rivals_map.py` lists all rows.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import pytest
from starlette.applications import Starlette
from telegram import Bot

from bot import parts
from bot.config import load_settings
from bot.domain.grammar import parse
from bot.domain.message import Message
from bot.domain.model import ChatKind, Delivery, Lane, Place
from bot.domain.ports import CatalogueEntry
from bot.parts import ANSWER
from bot.playground.botapi import bot_api_routes
from bot.playground.faults import Failure, Fault
from bot.playground.world import World
from bot.sending.requests import SeparateClients
from bot.sending.sender import TelegramSender
from bot.services.deliver import Deliverer
from bot.services.journal import Journal
from bot.services.poll import Manners
from bot.services.returns import Returns
from bot.web.server import serve
from handlers.inlet import Inlet
from storage.engine import Database, open_storage
from tests.builders import NOW, make_article
from tests.databases import sqlite_url
from tests.fakes import FakeClock

TOKEN = "42:test"
ADA, BEN, EVE = Place(1), Place(2), Place(3)
PEOPLE = (ADA, BEN, EVE)
GROUP, SUPERGROUP = Place(-10), Place(-100_20)
QUERY = parse("NATO")


def render(delivery: Delivery, lane: Lane) -> Message:
    del lane
    titles = [one.article.title for one in (delivery, *delivery.rest)]
    return Message(text="\n".join(titles))


@dataclass
class Stage:
    """The delivery and all behind it; time passes when told."""

    world: World
    clock: FakeClock
    database: Database
    sender: TelegramSender
    deliverer: Deliverer
    returns: Returns

    async def subscribe(self, *places: Place) -> None:
        async with self.database.write() as tx:
            for place in places:
                kind = ChatKind(self.world.rooms[place.chat].type)
                await tx.chats.ensure(place.chat, kind, "a chat", "en")
                await tx.subscriptions.add(place, "NATO", QUERY, NOW)

    async def ring(self, count: int = 1) -> None:
        async with self.database.write() as tx:
            feed = CatalogueEntry(url="https://e.org/x", title="E")
            source = await tx.sources.add(feed, None, NOW)
            news = [
                make_article(source=source.id, key=f"k{n}", title=f"news {n:03}")
                for n in range(1, count + 1)
            ]
            stored = await tx.articles.add(news)
            await tx.articles.record_hits({article.id: [QUERY.id] for article in stored})
            for article in stored:
                await tx.alerts.enqueue(article, [QUERY.id], self.clock())

    async def pass_(self, seconds: float, step: float = 1.0) -> None:
        for _ in range(int(seconds / step)):
            await self.returns.tick()
            while await self.deliverer.run_once(self.clock()):
                pass
            self.clock.advance(step)

    def told(self, place: Place) -> Counter[str]:
        """How often each title was said there."""
        texts = [m["text"] for m in self.world.sent if m["chat"]["id"] == place.chat]
        return Counter(line for text in texts for line in text.split("\n"))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock = FakeClock()
    world = World(clock)
    for place in PEOPLE:
        world.person(place.chat, "Somebody")
        world.rooms[place.chat].members[world.bot["id"]] = "member"
    world.room(GROUP.chat, "group", "Desk")
    world.join(GROUP.chat, world.bot["id"])
    pages = Starlette(routes=bot_api_routes(world, TOKEN))
    async with (
        open_storage(sqlite_url(tmp_path)) as database,
        serve(pages, "127.0.0.1", 0) as port,
        Bot(
            TOKEN, base_url=f"http://127.0.0.1:{port}/bot", request=SeparateClients(ANSWER)
        ) as bot,
    ):
        sender = TelegramSender(bot)
        deliverer = Deliverer(database, sender, render, clock)
        yield Stage(world, clock, database, sender, deliverer, Returns(database, sender, clock))


class Answer(TypedDict, total=False):
    """What of a `Fault` says what Telegram answers."""

    status: int
    body: str


def refusal(code: int, words: str, more: str = "") -> Answer:
    body = f'{{"ok": false, "error_code": {code}, "description": "{words}"{more}}}'
    return {"status": code, "body": body}


FLOOD = refusal(429, "Too Many Requests: retry after 3", ', "parameters": {"retry_after": 3}')
ROWS: dict[str, tuple[Failure, int, Answer, int]] = {
    "the request is lost": (Failure.DROP, 1, {}, 80),
    "500": (Failure.STATUS, 1, refusal(500, "Internal Server Error"), 3),
    "502, a page": (Failure.STATUS, 1, {"status": 502, "body": "<html>bad</html>"}, 3),
    "502 for a while": (Failure.STATUS, 5, {"status": 502, "body": "<html>bad</html>"}, 33),
    "a 429": (Failure.STATUS, 1, FLOOD, 5),
    "two 429s in a row": (Failure.STATUS, 2, FLOOD, 9),
    "a 403 that passes": (
        Failure.STATUS,
        1,
        refusal(403, "Forbidden: bot was blocked by the user"),
        720,
    ),
    "rights that are missed for a moment": (
        Failure.STATUS,
        1,
        refusal(400, "Bad Request: need administrator rights in the channel chat"),
        720,
    ),
}


@pytest.mark.parametrize(("failure", "times", "facts", "seconds"), ROWS.values(), ids=ROWS)
async def test_whatever_fails_every_alert_comes_and_comes_once(
    stage: Stage, failure: Failure, times: int, facts: Answer, seconds: int
) -> None:
    await stage.subscribe(*PEOPLE)
    stage.world.faults = [
        Fault("sendMessage", failure, chat=place.chat, times=times, **facts) for place in PEOPLE
    ]
    await stage.ring()
    await stage.pass_(seconds, step=seconds / 20 if seconds > 60 else 1)
    assert [stage.told(place) for place in PEOPLE] == [{"news 001": 1}] * 3


async def test_an_answer_that_is_lost_doubles_that_message_once_and_no_other(stage: Stage) -> None:
    """Telegram has no idempotency key: a message may be doubled, or may be lost; never lost."""
    await stage.subscribe(*PEOPLE)
    stage.world.faults = [Fault("sendMessage", Failure.ACCEPT_AND_DROP, chat=ADA.chat)]
    await stage.ring()
    await stage.pass_(65, step=5)
    assert [stage.told(place)["news 001"] for place in PEOPLE] == [2, 1, 1]


async def test_where_silence_is_skipped_a_lost_answer_doubles_nothing(stage: Stage) -> None:
    """The other promise that an operator may choose (`SEND_UNANSWERED=skip`)."""
    stage.deliverer = Deliverer(stage.database, stage.sender, render, stage.clock, resend=False)
    await stage.subscribe(*PEOPLE)
    stage.world.faults = [
        Fault("sendMessage", Failure.ACCEPT_AND_DROP, chat=place.chat) for place in PEOPLE
    ]
    await stage.ring()
    await stage.pass_(65, step=5)
    assert [stage.told(place) for place in PEOPLE] == [{"news 001": 1}] * 3


async def test_an_answer_after_25_seconds_loses_and_doubles_nothing(stage: Stage) -> None:
    """Telegram has it, and says so late: the connection waits for that longer."""
    late = Fault("sendMessage", Failure.DELAY, chat=ADA.chat)
    stage.world.faults = [late]
    await stage.subscribe(ADA)
    await stage.ring()
    sending = asyncio.create_task(stage.deliverer.run_once(stage.clock()))
    await late.reached.wait()
    stage.clock.advance(25)
    late.released.set()
    await sending
    await stage.pass_(120, step=5)
    assert stage.told(ADA) == {"news 001": 1}


async def test_the_program_s_own_bot_waits_longer_than_25_seconds_for_an_answer(
    stage: Stage,
) -> None:
    """No socket waits in the test before this one: its seconds are those of a clock of ours."""
    settings = load_settings({"TELEGRAM_BOT_TOKEN": TOKEN}, None)
    real = parts.Stage(token=TOKEN, api=None, catalogue=(), manners=lambda _: Manners(300, 2))
    inlet = Inlet(Journal(stage.database, stage.clock))
    bot = parts.make_application(settings, real, inlet).bot
    waits = bot.request.read_timeout
    assert waits is not None
    assert waits > 25


@pytest.mark.parametrize("known", ["by the refusal alone", "by the service message"])
async def test_a_group_that_became_a_supergroup_loses_nothing(stage: Stage, known: str) -> None:
    await stage.subscribe(GROUP)
    stage.world.migrate(GROUP.chat, SUPERGROUP.chat)
    if known == "by the service message":
        async with stage.database.write() as tx:
            await tx.chats.move(GROUP.chat, SUPERGROUP.chat)
    await stage.ring(2)
    await stage.pass_(12)
    assert stage.told(SUPERGROUP) == {"news 001": 1, "news 002": 1}


@pytest.mark.parametrize("words", ["bot was blocked by the user", "user is deactivated"])
async def test_a_chat_that_refuses_us_is_left_alone_and_gets_all_when_it_is_back(
    stage: Stage, words: str
) -> None:
    await stage.subscribe(ADA)
    refused = refusal(403, f"Forbidden: {words}")
    message, look = (
        Fault(method, Failure.STATUS, times=1_000, **refused)
        for method in ("sendMessage", "sendChatAction")
    )
    stage.world.faults = [message, look]
    await stage.ring(3)
    await stage.pass_(1_200, step=60)
    stage.world.faults = []
    await stage.pass_(3_600, step=60)
    assert stage.told(ADA) == {"news 001": 1, "news 002": 1, "news 003": 1}
    assert 1_000 - message.times == 1  # after the first refusal nothing is sent there
