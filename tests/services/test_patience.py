"""What places have chosen, over real databases: held, gathered, dropped, never lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.grammar import parse
from bot.domain.message import Message
from bot.domain.model import ChatKind, Delivery, Lane, Place, When
from bot.domain.outcomes import TopicClosed
from bot.domain.places import PlaceSettings, Quiet
from bot.domain.ports import CatalogueEntry
from bot.services.deliver import Deliverer
from bot.services.operators import Operators
from bot.services.preferences import Preferences
from storage.engine import Database
from tests.builders import GROUP, NOW, PRIVATE, make_article
from tests.fakes import FakeClock, FakeSender

NATO, TALKS = parse("NATO"), parse("talks")
OTHER = Place(GROUP.chat, 7)


def render(delivery: Delivery, lane: Lane) -> Message:
    del lane
    titles = [one.article.title for one in (delivery, *delivery.rest)]
    if delivery.unlisted:
        titles.append(f"{len(delivery.unlisted)} more")
    return Message(text=" + ".join(titles))


class Desk:
    """A deliverer over a real database, and news on demand."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock()
        self.sender = FakeSender(self.clock)
        self.deliverer = Deliverer(database, self.sender, render, self.clock)
        self.made = 0

    async def subscribe(
        self, place: Place, when: When = When.INSTANT, *, urgent: bool = False
    ) -> None:
        kind = ChatKind.PRIVATE if place.chat > 0 else ChatKind.SUPERGROUP
        async with self.database.write() as tx:
            await tx.chats.ensure(place.chat, kind, "a chat", "en")
            made, _ = await tx.subscriptions.add(place, "NATO", NATO, NOW)
            await tx.subscriptions.update(replace(made, when=when, urgent=urgent))

    async def choose(self, place: Place, settings: PlaceSettings) -> None:
        async with self.database.write() as tx:
            await tx.places.put(place, settings)
            await tx.alerts.reconsider(place, self.clock())

    async def publish(self, count: int = 1, outlet: str = "a") -> None:
        async with self.database.write() as tx:
            entry = CatalogueEntry(url=f"https://{outlet}.org/x", title=outlet)
            source = await tx.sources.add(entry, None, NOW)
            for _ in range(count):
                self.made += 1
                news = make_article(source=source.id, key=f"k{self.made}", title=f"n{self.made}")
                (stored,) = await tx.articles.add([news])
                await tx.articles.record_hits({stored.id: [NATO.id]})
                await tx.alerts.enqueue(stored, [NATO.id], self.clock())

    async def pass_(self, until: timedelta, step: float = 1.0) -> None:
        end = self.clock() + until
        while self.clock() < end:
            while await self.deliverer.run_once(self.clock()):
                pass
            self.clock.advance(step)

    def said(self, place: Place) -> list[tuple[float, str]]:
        return [
            ((one.at - NOW).total_seconds(), one.text)
            for one in self.sender.ledger
            if one.place == place
        ]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_quiet_hours_hold_and_then_deliver_one_catch_up(desk: Desk) -> None:
    await desk.subscribe(PRIVATE)
    await desk.choose(PRIVATE, PlaceSettings(quiet=Quiet(10 * 60, 11 * 60)))
    await desk.publish(3)
    await desk.pass_(timedelta(minutes=5), 10)
    assert desk.said(PRIVATE) == [(3 * 60 - 14 + 4, "n1 + n2 + n3")]


async def test_an_urgent_subscription_beats_quiet_hours(desk: Desk) -> None:
    await desk.subscribe(PRIVATE, urgent=True)
    await desk.choose(PRIVATE, PlaceSettings(quiet=Quiet(10 * 60, 11 * 60)))
    await desk.publish()
    await desk.pass_(timedelta(seconds=2))
    assert desk.said(PRIVATE) == [(0.0, "n1")]


async def test_a_held_alert_does_not_hold_what_comes_later_for_another_topic(desk: Desk) -> None:
    await desk.subscribe(GROUP)
    await desk.choose(GROUP, PlaceSettings(quiet=Quiet(10 * 60, 11 * 60)))
    await desk.publish()
    await desk.pass_(timedelta(seconds=5))
    await desk.subscribe(OTHER)
    await desk.publish()
    await desk.pass_(timedelta(seconds=5))
    assert (desk.said(GROUP), [text for _, text in desk.said(OTHER)]) == ([], ["n2"])


async def test_a_digest_gathers_what_is_daily(desk: Desk) -> None:
    await desk.subscribe(PRIVATE, When.DAILY)
    await desk.choose(PRIVATE, PlaceSettings(digest_at=12 * 60))
    for _ in range(3):
        await desk.publish()
        await desk.pass_(timedelta(minutes=20), 60)
    await desk.pass_(timedelta(minutes=10), 60)
    (digest,) = desk.said(PRIVATE)
    assert (digest[1], 3_700 < digest[0] < 3_900) == ("n1 + n2 + n3", True)


@pytest.mark.parametrize(
    ("when", "choice", "before"),
    [
        (When.INSTANT, PlaceSettings(quiet=Quiet(10 * 60, 11 * 60)), 0),
        (When.HOURLY, PlaceSettings(), 0),
        (When.DAILY, PlaceSettings(digest_at=11 * 60), 0),
        (When.INSTANT, PlaceSettings(cap=2, digest_at=11 * 60), 2),
    ],
    ids=["quiet", "hourly", "daily", "cap"],
)
async def test_r3_all_that_waited_is_one_message_that_lists_95_and_counts_the_others(
    desk: Desk, when: When, choice: PlaceSettings, before: int
) -> None:
    await desk.subscribe(PRIVATE, when)
    await desk.choose(PRIVATE, choice)
    await desk.publish(120)
    await desk.pass_(timedelta(minutes=5), 1)
    *early, gathered = [text for _, text in desk.said(PRIVATE)]
    async with desk.database.read() as tx:
        told = await tx.status.freshness(None, desk.clock())
    assert len(early) == before
    listed = [f"n{n}" for n in range(before + 1, before + 96)]
    assert gathered.split(" + ") == [*listed, f"{120 - before - 95} more"]
    assert (told.alerts_24h, told.queued) == (120, 0)


async def test_a_burst_of_200_is_five_alerts_and_one_message(desk: Desk) -> None:
    await desk.subscribe(PRIVATE)
    await desk.publish(200)
    await desk.pass_(timedelta(minutes=12), 1)
    words = [text.split(" + ") for _, text in desk.said(PRIVATE)]
    early = [text for moment, text in desk.said(PRIVATE) if moment < 590]
    async with desk.database.read() as tx:
        told = await tx.status.freshness(None, desk.clock())
    assert (len(early), [len(some) for some in words]) == (5, [1, 1, 1, 1, 1, 96])
    assert (told.alerts_24h, told.queued) == (200, 0)


async def test_news_of_several_outlets_and_words_is_no_burst(desk: Desk) -> None:
    await desk.subscribe(PRIVATE)
    await desk.publish(4)
    await desk.pass_(timedelta(minutes=11), 1)
    await desk.publish(4)
    await desk.pass_(timedelta(seconds=10), 1)
    assert [text for _, text in desk.said(PRIVATE)] == [f"n{n}" for n in range(1, 9)]


async def test_over_the_cap_waits_for_the_digest(desk: Desk) -> None:
    await desk.subscribe(PRIVATE)
    await desk.choose(PRIVATE, PlaceSettings(cap=2, digest_at=11 * 60))
    await desk.publish(4)
    await desk.pass_(timedelta(minutes=4), 1)
    assert [text for _, text in desk.said(PRIVATE)] == ["n1", "n2", "n3 + n4"]


@pytest.mark.parametrize(
    "choice",
    [
        lambda _: PlaceSettings(paused=True),
        lambda now: PlaceSettings(muted_until=now + timedelta(hours=2)),
    ],
    ids=["paused", "muted"],
)
async def test_paused_and_muted_places_drop_what_goes_by(
    desk: Desk, choice: Callable[..., PlaceSettings]
) -> None:
    await desk.subscribe(PRIVATE)
    await desk.publish()
    await desk.choose(PRIVATE, choice(desk.clock()))
    await desk.publish()
    await desk.pass_(timedelta(seconds=5))
    await desk.choose(PRIVATE, PlaceSettings())
    await desk.publish()
    await desk.pass_(timedelta(seconds=5))
    assert [text for _, text in desk.said(PRIVATE)] == ["n3"]


async def test_a_mute_ends_by_itself(desk: Desk) -> None:
    await desk.subscribe(PRIVATE)
    await desk.choose(PRIVATE, PlaceSettings(muted_until=desk.clock() + timedelta(minutes=1)))
    await desk.publish()
    await desk.pass_(timedelta(minutes=2), 10)
    await desk.publish()
    await desk.pass_(timedelta(seconds=5))
    assert [text for _, text in desk.said(PRIVATE)] == ["n2"]


async def test_a_changed_mind_frees_what_was_held(desk: Desk) -> None:
    await desk.subscribe(PRIVATE)
    await desk.choose(PRIVATE, PlaceSettings(quiet=Quiet(0, 23 * 60)))
    await desk.publish()
    await desk.pass_(timedelta(seconds=5))
    await desk.choose(PRIVATE, PlaceSettings())
    await desk.pass_(timedelta(seconds=5))
    assert [text for _, text in desk.said(PRIVATE)] == ["n1"]


async def test_a_new_time_zone_frees_what_was_held_in_every_topic(desk: Desk) -> None:
    for place in (GROUP, OTHER):
        await desk.subscribe(place)
        await desk.choose(place, PlaceSettings(quiet=Quiet(9 * 60, 11 * 60)))
    await desk.publish()
    await desk.pass_(timedelta(seconds=10))
    held = desk.said(GROUP) + desk.said(OTHER)
    await Preferences(desk.database, desk.clock).set_zone(GROUP, "Tokyo")
    await desk.pass_(timedelta(seconds=10))
    texts = [text for place in (GROUP, OTHER) for _, text in desk.said(place)]
    assert (held, texts) == ([], ["n1", "n1"])


async def test_a_closed_topic_holds_itself_alone(desk: Desk) -> None:
    await desk.subscribe(OTHER)
    await desk.subscribe(GROUP)
    desk.sender.answers[GROUP.chat] = [TopicClosed()]
    await desk.publish()
    await desk.pass_(timedelta(minutes=11), 5)
    moments = sorted(moment for moment, _ in desk.said(GROUP) + desk.said(OTHER))
    assert [moment < 10 for moment in moments] == [True, True, False]


async def test_settings_follow_a_group_to_the_supergroup(desk: Desk) -> None:
    await desk.subscribe(GROUP)
    chosen = PlaceSettings(quiet=Quiet(1, 2), cap=9, buttons=False)
    await desk.choose(GROUP, chosen)
    async with desk.database.write() as tx:
        await tx.chats.move(GROUP.chat, -100_9)
        assert await tx.places.get(Place(-100_9)) == chosen


async def test_the_operators_switch_stops_all_and_loses_nothing(desk: Desk) -> None:
    operators = Operators(desk.database, "", desk.clock)
    await desk.subscribe(PRIVATE)
    await operators.pause_sending(paused=True)
    await operators.pause_sending(paused=True)
    await desk.publish()
    await desk.pass_(timedelta(seconds=5))
    before = desk.said(PRIVATE)
    await operators.pause_sending(paused=False)
    await desk.pass_(timedelta(seconds=5))
    assert (before, [text for _, text in desk.said(PRIVATE)]) == ([], ["n1"])
