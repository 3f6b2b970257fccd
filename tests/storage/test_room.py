"""How much room the archive takes: README's formula, held to a database made as polls make it."""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate
from pathlib import Path

import pytest

from bot.domain.identity import Document
from bot.domain.model import Article
from bot.domain.ports import CatalogueEntry
from bot.services.storytelling import Storytelling
from storage.engine import Database, open_storage
from tests.bench.work import word
from tests.builders import NOW, make_article, make_entry

AN_ARTICLE, A_CHARACTER = 1_200, 4.2
"""Bytes, as README says ("How much room it takes")."""

COUNT, FEED = 600, 50


def articles(words: int) -> Iterator[Article]:
    """Headlines of nine words, summaries of so many, by Zipf's law."""
    dice = random.Random(5)  # noqa: S311 - the same every time
    known = [word(rank) for rank in range(20_000)]
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(known))))
    for number in range(COUNT):
        drawn = dice.choices(known, cum_weights=weights, k=9 + words)
        yield make_article(
            key=f"tag:example.org,2022:{number}",
            title=" ".join(drawn[:9]),
            summary=" ".join(drawn[9:]),
            link=f"https://news.example.org/2022/01/09/story-{number}.html",
            language="en",
            seen=NOW + timedelta(seconds=number),
        )


async def store(database: Database, some: list[Article]) -> None:
    """As a poll does: articles, their words in the index, and the keys they are known by."""
    stories = Storytelling()
    for start in range(0, len(some), FEED):
        told = some[start : start + FEED]
        drawn = await stories.sketches(told)
        shown = Document(
            tuple(
                make_entry(id=one.key, title=one.title, link=one.link, summary=one.summary)
                for one in told
            )
        ).shown(set())
        async with database.write() as tx:
            entry = CatalogueEntry(url="https://news.example.org/f", title="S")
            source = await tx.sources.add(entry, None, NOW)
            for one, found in zip(await tx.articles.add(told), drawn, strict=True):
                await tx.search.add(one.id, found.words)
            await tx.sources.remember(source.id, shown, NOW)


@pytest.mark.parametrize("words", [8, 60])
async def test_an_archive_is_as_large_as_documented(words: int, tmp_path: Path) -> None:
    path = tmp_path / "newsbell.db"
    some = list(articles(words))
    characters = sum(len(one.title) + len(one.summary) for one in some) / COUNT
    async with open_storage(f"sqlite+aiosqlite:///{path}") as database:
        empty = path.stat().st_size
        await store(database, some)
        await database.scrub()
    each = (path.stat().st_size - empty) / COUNT
    assert each == pytest.approx(AN_ARTICLE + A_CHARACTER * characters, rel=0.1)


def test_readme_says_so() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert f"{AN_ARTICLE:,} bytes + {A_CHARACTER} a character" in readme
