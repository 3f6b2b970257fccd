"""Search in the whole archive: what the index finds is what a scan of everything would."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.candidates import wanted_by, words_of
from bot.domain.documents import document_of
from bot.domain.grammar import parse
from bot.domain.matching import is_met
from bot.domain.model import Article, Section
from bot.domain.paging import LAST_PAGE
from bot.domain.ports import CatalogueEntry
from bot.domain.retaining import Stale
from bot.names.table import shipped_names
from bot.services.read import Reader
from bot.services.searching import MOST_LOOKED_AT, Searching
from bot.services.storytelling import Storytelling
from storage.engine import Database
from storage.search import fts5
from tests.builders import NOW, PRIVATE, make_article
from tests.fakes import FakeClock

ARCHIVE = (
    ("en", "NATO meets in Geneva", "Talks on sanctions go on."),
    ("fr", "L'OTAN se réunit", "À Genève, des pourparlers."),
    ("ru", "Саммит НАТО в Женеве", "Переговоры продолжаются."),
    ("zh", "北约峰会在日内瓦开幕", "会谈继续。"),
    ("th", "นาโตประชุมที่เจนีวา", "การเจรจาดำเนินต่อไป"),
    ("de", "Nordkorea testet eine Rakete", "Die Gespräche ruhen."),
    ("en", "Sanctioned banks sue", "The U.S. Treasury declines to comment on C++ and G7."),
    ("en", "Rain in the north", "Who knew? It talked."),
    ("ar", "الناتو يجتمع في جنيف", "المحادثات مستمرة."),
    ("hi", "नाटो की बैठक", "वार्ता जारी है।"),
)
QUERIES = (
    "NATO", "Geneva talks", '"Geneva talks"', "sanction*", "talk", "北约", "日内瓦", "เจนีวา",
    "North Korea", '"North Korea"', "NATO -Geneva", "WHO", "who knew", "no* rain", "source:A",
    "rain | bank", "=NATO", "नाटो", "title:NATO", "Geneva ~5 meets", "U.S.", "C++", "G7",
    "source:#1", "NATO lang:ru", "zebra", "峰", "(NATO | rain) -lang:en", "الناتو", "Женева",
)  # fmt: skip


async def store(database: Database, *articles: Article, indexed: bool = True) -> None:
    stories = Storytelling(shipped_names())
    async with database.write() as tx:
        source = await tx.sources.add(
            CatalogueEntry(url="https://a.example/f", title="A"), None, NOW
        )
        told = [make_like(one, source.id) for one in articles]
        if indexed:
            await stories.keep(tx, told, await stories.sketches(told), NOW)
        else:
            await tx.articles.add(told)


def make_like(one: Article, source: int) -> Article:
    return make_article(
        source=source, key=one.title, title=one.title, summary=one.summary, language=one.language
    )


def archive() -> list[Article]:
    return [
        make_article(language=language, title=title, summary=summary)
        for language, title, summary in ARCHIVE
    ]


@pytest.mark.parametrize("text", QUERIES)
async def test_the_index_loses_nothing_that_the_matcher_would_find(
    database: Database, text: str
) -> None:
    await store(database, *archive())
    query = parse(text)
    reader = Reader(database, FakeClock(), names=shipped_names())
    found = await reader.latest(PRIVATE.chat, 0, query, size=20)
    expected = {
        one.title for one in archive() if is_met(query.node, document_of(one, shipped_names()))
    }
    assert {one.title for one in found.articles} == expected


async def test_an_article_of_long_ago_is_found_behind_thousands_of_newer_ones(
    database: Database,
) -> None:
    old = make_article(title="A zebra crosses", summary="", seen=NOW - timedelta(days=60))
    many = [make_article(title=f"Rain {number}", summary="") for number in range(5_100)]
    await store(database, old)
    await store(database, *many, indexed=False)
    reader = Reader(database, FakeClock())
    found = await reader.latest(PRIVATE.chat, 0, parse("zebra"))
    assert [one.title for one in found.articles] == ["A zebra crosses"]


async def test_an_archive_of_an_older_version_is_indexed_in_slices(database: Database) -> None:
    await store(database, *archive(), indexed=False)
    reader = Reader(database, FakeClock(), names=shipped_names())
    assert (await reader.latest(PRIVATE.chat, 0, parse("NATO"))).articles == ()
    stories = Storytelling(shipped_names())
    assert await stories.index(database, await stories.index(database)) is None
    assert len((await reader.latest(PRIVATE.chat, 0, parse("NATO"), size=20)).articles) == 7


async def test_a_deleted_article_leaves_the_index(database: Database) -> None:
    await store(database, *archive())
    async with database.write() as tx:
        later = NOW + timedelta(days=1)
        found = await tx.housekeeping.stale(Stale.ARTICLES, later, 99)
        await tx.housekeeping.drop(Stale.ARTICLES, found, later)
    await store(database, make_article(title="Another", summary=""))
    async with database.read() as tx:
        wanted = wanted_by(parse("NATO"), shipped_names())
        assert await tx.search.find(wanted, PRIVATE.chat, None, 99) == ([], None)


async def test_pages_turn_without_repeating_or_skipping_a_story(database: Database) -> None:
    await store(database, *[make_article(title=f"Rain again {n}", summary="") for n in range(45)])
    reader, query = Reader(database, FakeClock()), parse("rain")
    pages = [await reader.latest(PRIVATE.chat, number, query) for number in range(7)]
    alone = await Reader(database, FakeClock()).latest(PRIVATE.chat, 5, query)
    titles = [one.title for page in pages for one in page.articles]
    assert titles == [f"Rain again {n}" for n in reversed(range(45))]
    assert [page.more for page in pages] == [True] * 5 + [False] * 2
    assert alone.articles == pages[5].articles  # asked of a process that never saw the others


async def test_a_far_page_that_nobody_remembers_costs_no_more_than_a_bounded_look(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.searching.MOST_LOOKED_AT", 50)
    await store(database, *[make_article(title=f"Rain {n}", summary="") for n in range(120)])
    reader, query = Reader(database, FakeClock()), parse("rain")
    come_to = await reader.latest(PRIVATE.chat, 12, query)
    further = await reader.latest(PRIVATE.chat, 12, query)
    assert 0 < come_to.number < further.number < 12
    first = 119 - 8 * further.number
    assert [one.title for one in further.articles] == [f"Rain {first - n}" for n in range(8)]


async def test_no_number_of_a_page_has_the_archive_counted_through(database: Database) -> None:
    await store(database, *archive())
    reader = Reader(database, FakeClock())
    pages = [
        await reader.latest(PRIVATE.chat, 999_999),
        await reader.section(PRIVATE.chat, Section.WORLD, 999_999),
    ]
    assert [one.number for one in pages] == [LAST_PAGE] * 2


async def test_bookmarks_take_eight_bytes_a_story_of_the_latest_however_far_one_turns(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.searching.TOLD", 20)
    await store(database, *[make_article(title=f"Rain {n}", summary="") for n in range(40)])
    searching = Searching(database)
    for number in range(3):
        await searching.page(PRIVATE.chat, parse("rain"), number, 10)
    told = [len(one.told) * one.told.itemsize for one in searching._bookmarks.values()]
    assert told == [10 * 8, 20 * 8, 20 * 8]


async def test_a_story_is_found_once(database: Database) -> None:
    await store(database, make_article(title="NATO meets in Geneva", summary=""))
    async with database.write() as tx:
        other = await tx.sources.add(
            CatalogueEntry(url="https://b.example/f", title="B"), None, NOW
        )
        stories = Storytelling()
        told = [make_article(source=other.id, key="b", title="NATO meets in Geneva", summary="")]
        await stories.keep(tx, told, await stories.sketches(told), NOW)
    found = await Reader(database, FakeClock()).latest(PRIVATE.chat, 0, parse("NATO"))
    assert [one.source_title for one in found.articles] == ["B"]


async def test_a_corrected_headline_is_found_by_its_new_words(database: Database) -> None:
    await store(database, make_article(title="Quake in Peru", summary=""))
    reader, stories = Reader(database, FakeClock()), Storytelling()
    async with database.write() as tx:
        (old,) = await tx.articles.latest(PRIVATE.chat, limit=1)
        right = replace(old, title="Quake in Chile")
        await stories.reindex(tx, await tx.stories.revised([right], NOW))
    counts = [
        len((await reader.latest(PRIVATE.chat, 0, parse(one))).articles)
        for one in ("quake Peru", "quake Chile")
    ]
    assert counts == [0, 1]


async def test_a_source_is_found_by_its_new_name_in_what_it_wrote_before(
    database: Database,
) -> None:
    await store(database, *archive())
    renamed = CatalogueEntry(url="https://a.example/f", title="Zebra Times")
    async with database.write() as tx:
        await tx.sources.sync_catalogue([renamed], NOW, 0)
    await Storytelling(shipped_names()).index(database)
    reader = Reader(database, FakeClock(), names=shipped_names())
    found = [
        len((await reader.latest(PRIVATE.chat, 0, parse(one), size=20)).articles)
        for one in ("source:zebra", "source:A", "NATO")
    ]
    assert found == [len(ARCHIVE), 0, 7]


async def test_a_query_that_no_index_narrows_goes_on_where_it_stopped(database: Database) -> None:
    await store(database, make_article(title="Of the zebra", summary="storm"))
    many = [make_article(title=f"Calm {n}", summary="storm") for n in range(MOST_LOOKED_AT + 500)]
    await store(database, *many)
    reader, query = Reader(database, FakeClock()), parse("title:storm | zebra storm")
    first, second = [await reader.latest(PRIVATE.chat, n, query) for n in (0, 1)]
    assert (first.articles, first.more) == ((), True)
    assert [one.title for one in second.articles] == ["Of the zebra"]


def test_words_of_the_index_hold_letters_and_digits_alone() -> None:
    for one in archive():
        assert all(word.isascii() and word.isalnum() for word in words_of(document_of(one)))
    for text in QUERIES:
        wanted = wanted_by(parse(text), shipped_names())
        assert set(fts5(wanted)) <= set("()* ") | set(map(chr, range(48, 123)))


async def test_you_may_like_what_shares_words_never_the_same_story_and_two_an_outlet(
    database: Database,
) -> None:
    title = "NATO meets in Geneva on sanctions"
    others = [f"NATO meets again in Geneva, day {n}" for n in range(4)]
    rain = [make_article(title=f"Rain {n}", summary="", language="en") for n in range(300)]
    told = [make_article(title=one, summary="", language="en") for one in (*others, title)]
    await store(database, *told, *rain)
    reader = Reader(database, FakeClock(), names=shipped_names())
    (wanted,) = (await reader.latest(PRIVATE.chat, 0, parse("sanctions"))).articles
    found = await reader.related(PRIVATE.chat, wanted.id)
    assert found is not None
    assert [one.title for one in found[1]] == [others[3], others[2]]  # all of one outlet
    assert wanted.story not in {one.story for one in found[1]}
