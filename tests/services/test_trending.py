"""Trends from the archive, their names and queries, and their picture."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from struct import unpack

import pytest

from bot.charts import Line, draw
from bot.charts.draw import can_write
from bot.domain.errors import ChartError
from bot.domain.ports import CatalogueEntry
from bot.domain.trends import DAY, WEEK, Steps, Trend
from bot.names.table import shipped_names
from bot.services import trending as service
from bot.services.trending import Trending, Trends
from storage.engine import Database
from tests.builders import NOW, make_article
from tests.fakes import FakeClock


async def publish(database: Database, title: str, outlets: int, days: float = 0) -> None:
    async with database.write() as tx:
        for number in range(outlets):
            entry = CatalogueEntry(url=f"https://{number}.example/f", title=f"S{number}")
            source = await tx.sources.add(entry, None, NOW)
            article = make_article(source=source.id, key=title, title=title, language="en")
            await tx.articles.add([replace(article, seen=NOW - timedelta(days=days))])


async def counted(trending: Trending, span: timedelta = DAY) -> Trends:
    """What is answered when it has been counted."""
    await trending.tick()
    found = await trending.of(span, "en")
    assert found is not None
    return found


async def test_trends_are_named_and_lead_to_their_stories(database: Database) -> None:
    await publish(database, "Nothing much", 1, days=5)
    await publish(database, "L'OTAN: rate hike ahead", 5, days=0.1)
    trending = Trending(database, FakeClock(), shipped_names())
    found = await counted(trending)
    await trending.keep(found)
    assert {one.label for one in found.rises} >= {"NATO", "rate hike ahead"}
    async with database.read() as tx:
        texts = [await tx.subscriptions.query_text(one.query.id) for one in found.rises]
    assert set(texts) >= {"NATO", '"rate hike ahead"'}


async def test_a_young_archive_says_so_before_anything_is_counted(database: Database) -> None:
    await publish(database, "Rate hike", 5, days=2)
    trending = Trending(database, FakeClock())
    found = await trending.of(DAY, "en")
    assert found is not None
    assert found.young
    assert (await counted(trending)).young


async def test_who_asks_while_headlines_are_counted_does_not_wait(database: Database) -> None:
    await publish(database, "Nothing much", 1, days=5)
    trending = Trending(database, FakeClock())
    assert await trending.of(DAY, "en") is None
    assert (await counted(trending)).rises == ()


@pytest.mark.parametrize(("span", "minutes"), [(DAY, 5), (WEEK, 35)])
async def test_an_answer_that_people_ask_for_is_renewed_when_it_is_so_old(
    database: Database, span: timedelta, minutes: int
) -> None:
    await publish(database, "Nothing much", 1, days=8)
    clock = FakeClock()
    trending = Trending(database, clock)
    assert (await counted(trending, span)).rises == ()
    await publish(database, "Storm warning", 6, days=0.01)
    clock.advance(minutes * 60)
    assert (await counted(trending, span)).rises == ()
    clock.advance(1)
    found = await counted(trending, span)
    assert ([one.label for one in found.rises], found.at) == (["storm warning"], clock())


async def test_an_answer_that_nobody_asks_for_is_an_hour_old_at_most_and_given_at_once(
    database: Database,
) -> None:
    await publish(database, "Nothing much", 1, days=5)
    clock = FakeClock()
    trending, start = Trending(database, clock), clock()
    await trending.tick()
    clock.advance(3_600)
    await trending.tick()
    old = await trending.of(DAY, "en")
    assert old is not None
    assert old.at == start
    clock.advance(1)
    assert (await counted(trending)).at == clock()


async def test_a_language_is_ready_before_its_first_reader_asks(database: Database) -> None:
    await publish(database, "Nothing much", 1, days=5)
    trending = Trending(database, FakeClock(), languages=("de", "en"))
    await trending.tick()
    assert await trending.of(WEEK, "de") is not None
    assert await trending.of(DAY, "tlh") is None
    await trending.tick()
    assert await trending.of(DAY, "tlh") is not None


async def test_reading_at_the_start_gives_way_to_others_after_some_headlines(
    database: Database,
) -> None:
    await publish(database, "Nothing much", 5 * service.SLICE, days=5)
    trending = Trending(database, FakeClock())
    read = [0]

    async def other() -> None:
        while True:
            read.append(len(trending._told))
            await asyncio.sleep(0)

    watching = asyncio.create_task(other())
    await trending.tick()
    watching.cancel()
    assert read[-1] == 5 * service.SLICE
    assert max(after - before for before, after in pairwise(read)) <= service.SLICE


async def test_counting_gives_way_to_others_at_each_step() -> None:
    turns: list[str] = []

    async def other() -> None:
        for _ in range(3):
            turns.append("other")
            await asyncio.sleep(0)

    def steps() -> Steps[list[Trend]]:
        for _ in range(3):
            turns.append("counting")
            yield
        return []

    waiting = asyncio.create_task(other())
    await service._in_steps(steps())
    await waiting
    assert turns == ["counting", "other"] * 3


async def test_a_picture_is_drawn_once_for_each_count_before_anybody_asks(
    database: Database,
) -> None:
    await publish(database, "Nothing much", 1, days=5)
    await publish(database, "Storm warning", 6, days=0.01)
    drawn: list[Trends] = []

    async def pretend(trends: Trends) -> bytes:
        drawn.append(trends)
        return b"png"

    clock = FakeClock()
    trending = Trending(database, clock, draw=pretend)
    for _ in range(3):
        assert (await counted(trending)).picture == b"png"
    clock.advance(301)
    await counted(trending)
    assert [one.span for one in drawn] == [DAY, WEEK, DAY]


async def test_without_its_picture_an_answer_goes_in_words(database: Database) -> None:
    await publish(database, "Nothing much", 1, days=5)
    await publish(database, "Storm warning", 6, days=0.01)

    async def fails(_: Trends) -> bytes:
        raise ChartError("no font")

    found = await counted(Trending(database, FakeClock(), draw=fails))
    assert (len(found.rises), found.picture) == (1, None)


async def test_the_picture_is_a_png_eight_hundred_pixels_wide() -> None:
    lines = [Line("NATO", (0, 1, 5) * 8), Line("Женева", (3,) * 24), Line("北约", (0,) * 24)]
    picture = await draw("Trends 24h", lines)
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert unpack(">II", picture[16:24])[0] == 800


async def test_what_cannot_be_drawn_is_an_error_and_no_crash() -> None:
    with pytest.raises(ChartError):
        await draw("nothing", [])


def test_a_name_is_drawn_only_where_the_font_has_it() -> None:
    drawn = ("NATO", "Женева", "Côte d’Ivoire", "Việt Nam")
    assert [can_write(one) for one in (*drawn, "北约", "الناتو", "नाटो")] == [True] * 4 + [
        False
    ] * 3
