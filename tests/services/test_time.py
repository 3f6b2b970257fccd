"""Time: changes of the clocks, stops of six hours, quiet hours that end (reliability 2.12)."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.model import Validators, When
from bot.domain.places import PlaceSettings, Quiet
from bot.domain.ports import Fetched, NotModified
from storage.engine import Database, open_storage
from tests.builders import NOW, PRIVATE
from tests.databases import sqlite_url
from tests.services.test_patience import Desk as Desks
from tests.services.test_poll import NONE, Web, page
from tests.services.test_poll import Desk as Newsroom

HALF_PAST_TWO, MIDNIGHT = 150, 0


class Slow(Web):
    """Answers only when its gate is open."""

    def __init__(self, *answers: Fetched) -> None:
        super().__init__(*answers)
        self.gate = asyncio.Event()

    async def fetch(self, url: str, validators: Validators = NONE) -> Fetched | NotModified:
        await self.gate.wait()
        return await super().fetch(url, validators)


@pytest.fixture
def desk(database: Database) -> Desks:
    return Desks(database)


def dates(desk: Desks, zone: str) -> list[date]:
    """The local dates of all messages."""
    local = ZoneInfo(zone)
    return [one.at.astimezone(local).date() for one in desk.sender.ledger]


@pytest.mark.parametrize(
    ("zone", "minute", "change"),
    [
        ("Europe/Berlin", HALF_PAST_TWO, "2022-03-27"),
        ("Europe/Berlin", HALF_PAST_TWO, "2022-10-30"),
        ("America/Santiago", MIDNIGHT, "2022-09-11"),
        ("America/Santiago", MIDNIGHT, "2022-04-03"),
        ("America/New_York", HALF_PAST_TWO, "2022-03-13"),
        ("America/New_York", HALF_PAST_TWO, "2022-11-06"),
    ],
    ids=str,
)
async def test_c2_a_place_gets_one_digest_a_local_day_across_the_change(
    tmp_path: Path, zone: str, minute: int, change: str
) -> None:
    async with open_storage(sqlite_url(tmp_path)) as database:
        desk = Desks(database)
        await desk.subscribe(PRIVATE, When.DAILY)
        await desk.choose(PRIVATE, PlaceSettings(digest_at=minute))
        async with database.write() as tx:
            await tx.chats.set_timezone(PRIVATE.chat, zone)
        day = date.fromisoformat(change)
        desk.clock.now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        desk.clock.now -= timedelta(days=2)
        for _ in range(12):
            await desk.publish()
            await desk.pass_(timedelta(hours=8), 1_800)
    told = dates(desk, zone)
    assert told == [told[0] + timedelta(days=number) for number in range(len(told))]
    assert (day in told, len(told) >= 4) == (True, True)


async def test_c1_a_digest_that_was_missed_for_six_hours_comes_once(desk: Desks) -> None:
    await desk.subscribe(PRIVATE, When.DAILY)
    await desk.choose(PRIVATE, PlaceSettings(digest_at=12 * 60))
    await desk.publish(3)
    await desk.pass_(timedelta(seconds=5))
    desk.clock.advance(6 * 3_600)
    await desk.pass_(timedelta(minutes=10), 10)
    await desk.publish()
    await desk.pass_(timedelta(hours=1), 60)
    assert [text for _, text in desk.said(PRIVATE)] == ["n1 + n2 + n3"]


async def test_c1_after_six_hours_down_each_feed_is_polled_once(database: Database) -> None:
    web = Web(page(2), page(3))
    newsroom = Newsroom(database, web)
    await newsroom.open()
    await newsroom.poll()
    newsroom.clock.advance(6 * 3_600)
    for _ in range(5):
        await newsroom.poller.tick()
        await asyncio.gather(*newsroom.poller._running)
    assert (len(web.asked), newsroom.rung) == (2, 1)


async def test_c4_a_poll_that_takes_ten_minutes_is_not_begun_again(database: Database) -> None:
    """Within this process; another takes it over when the lease has run out, and wins."""
    web = Slow(page(2))
    newsroom = Newsroom(database, web)
    await newsroom.open()
    await newsroom.poller.tick()
    for _ in range(5):
        await newsroom.poller.tick()
    running = len(newsroom.poller._running)
    web.gate.set()
    await asyncio.gather(*newsroom.poller._running)
    assert (running, len(web.asked)) == (1, 1)


async def test_c5_quiet_hours_end_with_one_message_in_the_order_of_the_news(desk: Desks) -> None:
    await desk.subscribe(PRIVATE)
    await desk.choose(PRIVATE, PlaceSettings(quiet=Quiet(10 * 60, 13 * 60)))
    for _ in range(5):
        await desk.publish()
        await desk.pass_(timedelta(minutes=20), 60)
    await desk.pass_(timedelta(minutes=30), 60)
    assert [text for _, text in desk.said(PRIVATE)] == ["n1 + n2 + n3 + n4 + n5"]


async def test_quiet_hours_follow_the_places_own_clock_when_it_moves(desk: Desks) -> None:
    """Held until 18:00 in UTC; in Tokyo that is past already, and the change frees it."""
    await desk.subscribe(PRIVATE)
    asleep = PlaceSettings(quiet=Quiet(9 * 60, 18 * 60))
    await desk.choose(PRIVATE, asleep)
    await desk.publish()
    await desk.pass_(timedelta(seconds=5))
    before = desk.said(PRIVATE)
    async with desk.database.write() as tx:
        await tx.chats.set_timezone(PRIVATE.chat, "Asia/Tokyo")  # 19:57 there
    await desk.choose(PRIVATE, asleep)
    await desk.pass_(timedelta(seconds=5))
    assert (before, [text for _, text in desk.said(PRIVATE)]) == ([], ["n1"])


async def test_a_digest_within_quiet_hours_keeps_its_time(desk: Desks) -> None:
    await desk.subscribe(PRIVATE, When.DAILY)
    await desk.choose(PRIVATE, PlaceSettings(quiet=Quiet(10 * 60, 20 * 60), digest_at=11 * 60))
    await desk.publish(2)
    await desk.pass_(timedelta(minutes=10), 10)
    ((moment, text),) = desk.said(PRIVATE)
    noon = (datetime(2022, 1, 9, 11, tzinfo=UTC) - NOW).total_seconds()
    assert (text, 0 <= moment - noon <= 10) == ("n1 + n2", True)
