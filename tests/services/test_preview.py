"""The dry run and the newest of one source, asked of the archive's index; on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.grammar import parse
from bot.domain.languages import news_languages
from bot.domain.model import Article, ChatKind
from bot.domain.ports import CatalogueEntry
from bot.services.read import Reader
from bot.services.searching import MOST_LOOKED_AT
from bot.services.storytelling import Storytelling
from storage.engine import Database
from tests.builders import NOW, PRIVATE, make_article
from tests.fakes import FakeClock

HOUR = timedelta(hours=1)


async def publish(database: Database, *articles: Article, source: str = "Daily") -> None:
    """Store articles, oldest first, and index them."""
    stories = Storytelling()
    async with database.write() as tx:
        entry = CatalogueEntry(url=f"https://{source.lower()}.example/f", title=source)
        serving = (await tx.sources.add(entry, None, NOW)).id
        told = [
            replace(one, source=serving, source_title=source, key=f"{source}-{count}", story=0)
            for count, one in enumerate(articles)
        ]
        await stories.keep(tx, told, await stories.sketches(told), NOW)


def article(title: str, hours: float = 1, language: str = "en") -> Article:
    return make_article(title=title, summary="", language=language, seen=NOW - hours * HOUR)


@pytest.fixture
def reader(database: Database) -> Reader:
    return Reader(database, FakeClock())


async def test_only_the_last_day_counts(database: Database, reader: Reader) -> None:
    await publish(database, article("Derby off", 25), article("Rain", 24), article("Derby on", 23))
    found = await reader.preview(PRIVATE.chat, parse("derby"))
    assert ([one.title for one in found.hits], found.count, found.per_day) == (["Derby on"], 1, 1)


async def test_languages_that_do_not_ring_do_not_count(database: Database) -> None:
    await publish(database, article("Derby", language="sv"), article("Derby", language="en"))
    async with database.write() as tx:
        await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
    reader = Reader(database, FakeClock(), news_languages(["en"], translated=False))
    asked = ("derby", "derby lang:sv")
    counts = [(await reader.preview(PRIVATE.chat, parse(one))).count for one in asked]
    assert counts == [1, 1]


async def test_where_nothing_rang_a_wider_form_is_proposed(
    database: Database, reader: Reader
) -> None:
    await publish(database, article("Sanctions agreed"), article("Sanctions again"))
    found = await reader.preview(PRIVATE.chat, parse("sanctions geneva"))
    assert [(one.text, one.count) for one in found.proposals] == [("sanctions", 2)]


async def test_where_it_was_too_much_a_narrower_form_is_proposed(
    database: Database, reader: Reader
) -> None:
    storms = [article(f"Storm warning {n}", 2) for n in range(60)]
    await publish(database, *storms, article("Calm after the storm of warning signs"))
    found = await reader.preview(PRIVATE.chat, parse("storm warning"))
    assert found.count == 61
    side_by_side = '"storm warning" | "warning storm"'
    assert (side_by_side, 60) in [(one.text, one.count) for one in found.proposals]


async def test_more_than_can_be_looked_at_is_said_to_be_at_least(
    database: Database, reader: Reader
) -> None:
    await publish(database, *[article(f"Storm {n}") for n in range(MOST_LOOKED_AT + 300)])
    found = await reader.preview(PRIVATE.chat, parse("storm"))
    assert (found.capped, found.count >= MOST_LOOKED_AT) == (True, True)


async def test_the_newest_of_one_source_by_its_name(database: Database, reader: Reader) -> None:
    await publish(database, article("Of the daily"))
    await publish(database, article("Of the evening, on the daily grind"), source="Evening")
    query = await reader.whole_source(PRIVATE.chat, "daily")
    assert query is not None
    found = await reader.latest(PRIVATE.chat, 0, query)
    assert [one.title for one in found.articles] == ["Of the daily"]
    assert await reader.whole_source(PRIVATE.chat, "grind") is None
