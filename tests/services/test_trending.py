"""Trends from the archive, their names and queries, and their picture."""

from dataclasses import replace
from datetime import timedelta
from struct import unpack

import pytest

from bot.charts import Line, draw
from bot.charts.draw import can_write
from bot.domain.errors import ChartError
from bot.domain.ports import CatalogueEntry
from bot.domain.trends import DAY
from bot.names.table import shipped_names
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


async def test_trends_are_named_and_lead_to_their_stories(database: Database) -> None:
    await publish(database, "Nothing much", 1, days=5)
    await publish(database, "L'OTAN: rate hike ahead", 5, days=0.1)
    trending = Trending(database, FakeClock(), shipped_names())
    found = await trending.of(DAY, "en")
    await trending.keep(found)
    assert {one.label for one in found.rises} >= {"NATO", "rate hike ahead"}
    async with database.read() as tx:
        texts = [await tx.subscriptions.query_text(one.query.id) for one in found.rises]
    assert set(texts) >= {"NATO", '"rate hike ahead"'}


async def test_a_young_archive_says_so(database: Database) -> None:
    await publish(database, "Rate hike", 5, days=2)
    assert (await Trending(database, FakeClock()).of(DAY, "en")).young


async def test_new_headlines_count_after_five_minutes(database: Database) -> None:
    await publish(database, "Nothing much", 1, days=5)
    clock = FakeClock()
    trending = Trending(database, clock)
    assert (await trending.of(DAY, "en")).rises == ()
    await publish(database, "Storm warning", 6, days=0.01)
    assert (await trending.of(DAY, "en")).rises == ()
    clock.advance(301)
    assert [one.label for one in (await trending.of(DAY, "en")).rises] == ["storm warning"]


async def test_what_was_asked_lately_is_answered_anew_before_it_is_old(
    database: Database,
) -> None:
    await publish(database, "Nothing much", 1, days=5)
    clock = FakeClock()
    trending = Trending(database, clock)
    assert await trending.at_hand(DAY, "en") is None
    await trending.of(DAY, "en")
    await publish(database, "Storm warning", 6, days=0.01)
    clock.advance(241)
    await trending.tick()
    assert [one.label for one in (await trending.of(DAY, "en")).rises] == ["storm warning"]
    clock.advance(3_601)
    await trending.tick()
    clock.advance(-1)
    known = await trending.at_hand(DAY, "en")
    assert known is not None
    assert known.at == clock()  # nobody had asked for an hour: worked out now


async def test_a_picture_is_drawn_once_an_answer(database: Database) -> None:
    drawn: list[Trends] = []

    async def pretend(found: Trends) -> bytes:
        drawn.append(found)
        return b"png"

    clock = FakeClock()
    trending = Trending(database, clock)
    for _ in range(3):
        await trending.picture(await trending.of(DAY, "en"), "en", pretend)
    clock.advance(301)
    await trending.picture(await trending.of(DAY, "en"), "en", pretend)
    assert len(drawn) == 2


async def test_the_picture_is_a_png_eight_hundred_pixels_wide() -> None:
    lines = [Line("NATO", (0, 1, 5) * 8), Line("Женева", (3,) * 24), Line("北约", (0,) * 24)]
    picture = await draw("Trends 24h", lines)
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert unpack(">II", picture[16:24])[0] == 800


async def test_what_cannot_be_drawn_is_an_error_and_no_crash() -> None:
    with pytest.raises(ChartError):
        await draw("nothing", [])


def test_a_name_is_drawn_only_where_the_font_has_it() -> None:
    assert [can_write(one) for one in ("NATO", "Женева", "北约", "الناتو")] == [
        True,
        True,
        False,
        False,
    ]
