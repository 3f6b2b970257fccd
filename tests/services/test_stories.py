"""One story, one alert: joining outlets, corrections, rounds; on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.domain.errors import StorageTrouble
from bot.domain.grammar import parse
from bot.domain.message import Message
from bot.domain.model import Article, Chat, ChatKind, Delivery, Receipt
from bot.domain.outcomes import Outcome, Sent
from bot.domain.places import Gather
from bot.domain.ports import CatalogueEntry
from bot.rendering.alert import render_alert
from bot.rendering.sentences import Sentences
from bot.services.retouch import Retouch
from bot.services.storytelling import Storytelling
from storage.engine import Database
from storage.schema import TO_EDIT, alert
from storage.search import Search
from tests.builders import NOW, PRIVATE, make_article
from tests.fakes import FakeClock

TITLE = "NATO and Russia open security talks in Geneva"
SUMMARY = "Delegations met behind closed doors; Moscow wants written guarantees from the alliance."
OUTLETS = [f"Outlet {number}" for number in range(1, 21)]


class Screen:
    """Telegram as far as edits go: what each message shows now."""

    def __init__(self) -> None:
        self.edits: list[str] = []
        self.troubles: list[Exception] = []

    async def send(self, place: Any, message: Message, *, plain: bool = False) -> Outcome:
        raise AssertionError((place, message, plain))

    async def edit(self, place: Any, message_id: int, message: Message) -> Outcome:
        assert place == PRIVATE
        if self.troubles:
            raise self.troubles.pop()
        self.edits.append(message.text)
        return Sent(message_id)


class Desk:
    """A place that wants NATO, twenty outlets, and the retouching of what was sent."""

    def __init__(self, database: Database, sentences: Sentences) -> None:
        self.database = database
        self.clock = FakeClock()
        self.screen = Screen()
        self.stories = Storytelling()

        def render(delivery: Delivery, _: Chat) -> Message:
            return render_alert(delivery, sentences)

        self.retouch = Retouch(database, self.screen, render, self.clock)
        self.query = parse("NATO")
        self.ids: list[int] = []

    async def open(self) -> "Desk":
        async with self.database.write() as tx:
            for name in OUTLETS:
                entry = CatalogueEntry(url=f"https://{name[7:]}.example.org/feed", title=name)
                self.ids.append((await tx.sources.add(entry, None, NOW)).id)
            await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
            await tx.subscriptions.add(PRIVATE, "NATO", self.query, NOW)
        return self

    async def publish(self, outlet: int, title: str = TITLE, **more: Any) -> int:
        """An outlet tells it; returns how many alerts that made."""
        facts = {"summary": SUMMARY, "language": "en", "key": f"{outlet}-{title}"} | more
        article = make_article(source=self.ids[outlet], title=title, seen=self.clock(), **facts)
        (sketch,) = await self.stories.sketches([article])
        async with self.database.write() as tx:
            (stored,) = await self.stories.keep(tx, [article], [sketch], self.clock())
            await tx.stories.joined(stored, self.clock())
            await tx.articles.record_hits({stored.id: [self.query.id]})
            return await tx.alerts.enqueue(stored, [self.query.id], self.clock())

    async def deliver(self) -> list[Delivery]:
        """Say what waits."""
        said = []
        async with self.database.write() as tx:
            lanes = await tx.alerts.claim_lanes(self.clock(), 10, 40)
            for delivery in (await tx.alerts.next_of(lanes, self.clock())).values():
                said.append(delivery)
                await tx.alerts.settle([Receipt(delivery.alert, 7, self.clock(), delivery.size)])
            await tx.alerts.release_lanes(dict.fromkeys(lanes))
        return said

    async def wait(self, seconds: float) -> int:
        self.clock.advance(seconds)
        return await self.retouch.tick()


@pytest.fixture
async def desk(database: Database, sentences: Sentences) -> Desk:
    return await Desk(database, sentences).open()


async def test_twelve_outlets_of_one_story_are_one_alert(desk: Desk) -> None:
    rung = [await desk.publish(outlet) for outlet in range(12)]
    said = await desk.deliver()
    assert (rung, len(said), said[0].size) == ([1] + [0] * 11, 1, 12)
    assert [one.source_title for one in said[0].others] == OUTLETS[1:12]


async def test_the_second_outlet_shows_within_30_seconds_later_ones_in_one_edit_in_5_minutes(
    desk: Desk,
) -> None:
    await desk.publish(0)
    await desk.deliver()
    await desk.publish(1)
    await desk.wait(10)
    assert desk.screen.edits[-1].splitlines()[-1] == "also: Outlet 2"
    for outlet in range(2, 8):
        await desk.publish(outlet)
        await desk.wait(20)
    assert len(desk.screen.edits) == 1
    await desk.wait(200)
    assert len(desk.screen.edits) == 2
    assert desk.screen.edits[-1].splitlines()[-1] == "also: Outlet 2, Outlet 3, Outlet 4, +4"


async def test_an_outlet_in_another_language_is_named_with_it(desk: Desk) -> None:
    await desk.publish(0)
    await desk.deliver()
    await desk.publish(1, language="fr")  # the same wire text
    await desk.wait(10)
    assert desk.screen.edits[-1].splitlines()[-1] == "also: Outlet 2 (fr)"


async def test_a_story_that_joins_between_render_and_settle_is_still_shown(desk: Desk) -> None:
    await desk.publish(0)
    async with desk.database.write() as tx:
        (lane,) = await tx.alerts.claim_lanes(desk.clock(), 1, 40)
        (delivery,) = (await tx.alerts.next_of([lane], desk.clock())).values()
    await desk.publish(1)
    async with desk.database.write() as tx:
        await tx.alerts.settle([Receipt(delivery.alert, 7, desk.clock(), delivery.size)])
    await desk.wait(10)
    assert len(desk.screen.edits) == 1


async def test_what_was_shown_at_once_is_not_edited_again(desk: Desk) -> None:
    await desk.publish(0)
    await desk.publish(1)
    await desk.deliver()
    await desk.wait(10)
    await desk.wait(400)
    assert desk.screen.edits == []


async def to_look_through(desk: Desk) -> int:
    """Rows that every tick reads to find out what to edit."""
    async with desk.database.read() as tx:
        count = select(func.count()).select_from(alert).where(TO_EDIT)
        return await tx.connection.scalar(count) or 0


async def test_what_went_in_a_digest_is_not_looked_through_for_edits_for_ever(desk: Desk) -> None:
    await desk.publish(0)
    async with desk.database.write() as tx:
        (lane,) = await tx.alerts.claim_lanes(desk.clock(), 1, 40)
        (delivery,) = (await tx.alerts.next_of([lane], desk.clock())).values()
        await tx.alerts.hold(delivery.alert, desk.clock(), Gather.DAILY)
    await desk.publish(1)  # it may be in flight: who knows
    async with desk.database.write() as tx:
        await tx.alerts.settle([Receipt(delivery.alert, 7, desk.clock(), 1)])
    once_said = await to_look_through(desk)
    await desk.publish(2)
    assert (once_said, await to_look_through(desk)) == (0, 0)


async def test_what_was_buried_is_not_looked_through_for_edits_for_ever(desk: Desk) -> None:
    await desk.publish(0)
    async with desk.database.write() as tx:
        (lane,) = await tx.alerts.claim_lanes(desk.clock(), 1, 40)
        (delivery,) = (await tx.alerts.next_of([lane], desk.clock())).values()
    await desk.publish(1)
    async with desk.database.write() as tx:
        await tx.alerts.bury(delivery.alert, "no", desk.clock())
    assert await to_look_through(desk) == 0


async def test_a_story_rings_again_after_12_hours_or_when_it_has_tripled(desk: Desk) -> None:
    first = await desk.publish(0)
    desk.clock.advance(11 * 3600)
    early = await desk.publish(1)
    desk.clock.advance(2 * 3600)
    late = await desk.publish(2)
    grown = [await desk.publish(outlet) for outlet in range(3, 17)]
    assert (first, early, late) == (1, 0, 1)
    assert grown == [0] * 11 + [1] + [0] * 2  # the fifteenth outlet


async def test_a_place_told_of_a_story_of_six_outlets_hears_again_from_the_eighteenth(
    desk: Desk,
) -> None:
    async with desk.database.write() as tx:
        await tx.subscriptions.remove_all(PRIVATE)
    nobody = [await desk.publish(outlet) for outlet in range(5)]
    async with desk.database.write() as tx:
        await tx.subscriptions.add(PRIVATE, "NATO", desk.query, NOW)
    rung = [await desk.publish(outlet) for outlet in range(5, 20)]
    assert (nobody, rung) == ([0] * 5, [1] + [0] * 11 + [1] + [0] * 2)


async def test_a_story_that_is_told_again_is_an_alert_of_its_own(desk: Desk) -> None:
    await desk.publish(0)
    (first,) = await desk.deliver()
    desk.clock.advance(12 * 3600)
    again = await desk.publish(1)
    (second,) = await desk.deliver()
    assert (again, first.alert.round, second.alert.round) == (1, 0, 1)


async def test_a_corrected_headline_edits_the_alert(desk: Desk) -> None:
    await desk.publish(0)
    await desk.deliver()
    corrected = make_article(
        source=desk.ids[0], key=f"0-{TITLE}", title="NATO and Russia postpone talks"
    )
    async with desk.database.write() as tx:
        changed = await tx.stories.revised([corrected], desk.clock())
    await desk.wait(1)
    assert (len(changed), "postpone talks" in desk.screen.edits[-1]) == (1, True)
    assert await desk.wait(1_000) == 0


async def test_another_event_of_the_same_topic_rings_by_itself(desk: Desk) -> None:
    await desk.publish(0)
    other = "NATO jets escort bombers over the Baltic Sea"
    assert await desk.publish(1, other, summary="Typhoons took off from Estonia on Tuesday.") == 1


async def test_a_poll_that_fails_beside_another_leaves_no_gap_in_what_is_remembered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await desk.publish(0)
    keeping = Search.add

    async def add(self: Search, article: int, words: frozenset[str]) -> None:
        desk.stories.forget()
        await keeping(self, article, words)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Search, "add", add)
        other = await desk.publish(1, "Alliance: a budget for the year", summary="Money.")
    assert (first, other, await desk.publish(2)) == (1, 1, 0)


async def test_stories_are_known_again_after_a_restart_and_by_another_process(desk: Desk) -> None:
    await desk.publish(0)
    desk.stories = Storytelling()
    loaded = await desk.stories.load(desk.database, desk.clock())
    assert (loaded, await desk.publish(1)) == (1, 0)
    desk.stories = Storytelling()  # another process that has not looked yet
    assert await desk.publish(2) == 0


async def test_an_unsubscribed_alert_is_not_edited(desk: Desk) -> None:
    await desk.publish(0)
    await desk.deliver()
    await desk.publish(1)
    async with desk.database.write() as tx:
        await tx.subscriptions.remove_all(PRIVATE)
    await desk.wait(10)
    assert desk.screen.edits == []


async def test_latest_shows_a_story_once_by_its_first_article(desk: Desk) -> None:
    for outlet in range(3):
        await desk.publish(outlet)
    await desk.publish(4, "Rain in the north", summary="Mild in the south.")
    async with desk.database.read() as tx:
        found: list[Article] = await tx.articles.latest(PRIVATE.chat, limit=9)
    assert [(one.title, one.source_title) for one in found] == [
        ("Rain in the north", "Outlet 5"),
        (TITLE, "Outlet 1"),
    ]


async def test_an_edit_that_telegram_refuses_is_let_be(desk: Desk) -> None:
    await desk.publish(0)
    (said,) = await desk.deliver()
    async with desk.database.write() as tx:
        await tx.stories.leave(replace(said.alert), desk.clock() - timedelta(seconds=1))
    assert await desk.retouch.tick() == 1
    assert (await desk.retouch.tick(), desk.screen.edits) == (0, [])


async def test_an_edit_that_fails_keeps_no_other_back_and_is_made_once_more(desk: Desk) -> None:
    other = {"title": "Derby ends in a draw after NATO choir sings", "summary": "It was late."}
    for story in ({}, other):
        await desk.publish(0, **story)
        await desk.deliver()
        await desk.publish(1, **story)
    desk.screen.troubles.append(StorageTrouble("locked"))
    with pytest.raises(StorageTrouble):
        await desk.wait(31)
    first = len(desk.screen.edits)
    await desk.wait(61)
    assert (first, len(desk.screen.edits)) == (1, 2)
