"""How many articles a day a source brings, in /sources."""

from datetime import timedelta

import pytest

from storage.engine import Database
from tests.services.test_promises import Desk, Pages, story


@pytest.mark.parametrize(
    ("later", "per_day"),
    [(timedelta(0), 6), (timedelta(days=2), 3), (timedelta(days=7), 6 / 7)],
    ids=["today", "two-days", "a-week"],
)
async def test_a_source_is_measured_by_the_days_it_is_known(
    database: Database, later: timedelta, per_day: float
) -> None:
    pages = Pages()
    desk = Desk(database, pages, pages)
    await desk.open("https://news.example.org/feed.xml")
    await desk.poll(*(story(number) for number in range(6)))
    desk.clock.advance(later.total_seconds())
    async with database.read() as tx:
        (health,) = await tx.sources.visible(1, desk.clock())
    assert health.per_day == pytest.approx(per_day)
