"""An archive for the benchmarks: the same every time, written straight into the tables.

Texts are drawn from a pool, by Zipf's law over a vocabulary; the words of the index are those
that `candidates.words_of` gives for them. Ninety days, evenly.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random

from bot.domain.candidates import words_of
from bot.domain.documents import document_of
from bot.domain.model import Article, Section
from tests.bench.work import word
from tests.builders import make_article

NOW = datetime(2026, 1, 9, tzinfo=UTC)
DAYS = 90
SOURCES = 300
POOL = 20_000
VOCABULARY = 40_000
TITLE, SUMMARY = 9, 32
RARELY = 5
COMMON, OTHER, RARE = word(3), word(40), "zebra"
"""A word of most articles, one of every twelfth, and one of five in the archive."""

_SOURCE = "INSERT INTO source (url, title, due) VALUES (?, ?, 0)"

_ARTICLE = (
    "INSERT INTO article (source, story, key, title, link, summary, published, seen, shown,"
    " language, section, authors) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'en', ?, '[]')"
)


@dataclass(frozen=True, slots=True)
class Text:
    """A title, a summary, and the words under which they are found."""

    title: str
    summary: str
    words: str


class Archive:
    """Fills new databases."""

    def __init__(self) -> None:
        self._dice = Random(23)  # noqa: S311 - the same archive every time
        self._words = [word(rank) for rank in range(VOCABULARY)]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
        self._pool = [self._text() for _ in range(POOL)]

    def fill(self, path: Path, size: int) -> None:
        """Store so many articles; the newest are of now."""
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA synchronous=OFF")
            connection.executemany(
                _SOURCE, [(f"https://n{n}.example.org/f", f"Source {n}") for n in range(SOURCES)]
            )
            for start in range(0, size, 10_000):
                self._add(connection, range(start, min(start + 10_000, size)), size)
                connection.commit()
        connection.close()

    def articles(self, count: int) -> list[Article]:
        """New ones, as polls bring them."""
        return [self._article(number) for number in range(count)]

    def _article(self, number: int) -> Article:
        text = self._text()
        return make_article(
            source=number % SOURCES + 1,
            key=f"new-{number}",
            title=text.title,
            summary=text.summary,
            language="en",
            seen=NOW,
            published=NOW,
        )

    def _add(self, connection: sqlite3.Connection, numbers: range, size: int) -> None:
        connection.executemany(
            "INSERT INTO story (id, created) VALUES (?, ?)",
            [(number + 1, _moment(number, size)) for number in numbers],
        )
        connection.executemany(_ARTICLE, self._rows(numbers, size))
        connection.executemany(
            "INSERT INTO article_words(rowid, words) VALUES (?, ?)",
            [(number + 1, self._of(number, size).words) for number in numbers],
        )

    def _rows(self, numbers: range, size: int) -> Iterator[tuple[object, ...]]:
        sections = (*Section, None)
        for number in numbers:
            text, when = self._of(number, size), _moment(number, size)
            link = f"https://n{number % SOURCES}.example.org/2026/story-{number}.html"
            key, section = f"tag:example.org,2026:{number}", sections[number % len(sections)]
            yield (
                number % SOURCES + 1, number + 1, key, text.title, link, text.summary,
                when, when, when, section,
            )  # fmt: skip

    def _of(self, number: int, size: int) -> Text:
        text = self._pool[number * 7_919 % POOL]
        if number % (size // RARELY):
            return text
        return Text(f"{text.title} {RARE}", text.summary, f"{text.words} w{RARE} s{RARE}")

    def _text(self) -> Text:
        drawn = self._dice.choices(self._words, cum_weights=self._weights, k=TITLE + SUMMARY)
        title = " ".join(drawn[:TITLE]).capitalize()
        summary = " ".join(drawn[TITLE:]).capitalize() + "."
        made = make_article(title=title, summary=summary, language="en")
        return Text(title, summary, " ".join(sorted(words_of(document_of(made)))))


def _moment(number: int, size: int) -> str:
    at = NOW - timedelta(days=DAYS) * ((size - number) / size)
    return at.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
