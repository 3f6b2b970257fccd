"""What Newsbell makes of a source: the same fetch, parse and identity as the bot's, shown."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.domain.errors import FeedError, FetchError
from bot.domain.headlines import headline_of
from bot.domain.identity import Document
from bot.domain.matching import document_of, explain
from bot.domain.model import Article, Entry, Feed, Hit
from bot.domain.names import NO_NAMES, Names
from bot.domain.ports import FeedParser, Fetcher
from bot.domain.query import Query
from bot.services.probe import read_feed

ReadFile = Callable[[str], bytes]
"""Gives a file's bytes; raises OSError."""

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""`seen` of an article that is only looked at: nothing shows it."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """One target (URL or file) and what came of it: a feed, or an error."""

    target: str
    feed: Feed | None = None
    error: FetchError | FeedError | None = None

    @property
    def entries(self) -> list[Entry]:
        """The entries as a first poll would keep them: without the feed's own duplicates."""
        return [] if self.feed is None else Document(self.feed.entries).new(set())

    def as_json(self) -> dict[str, Any]:
        """The line of `newsbell inspect --json` (PRODUCT.md)."""
        if self.feed is None:
            error = self.error
            code, message = (error.code, error.message) if error else ("parse", "nothing read")
            return {
                "target": self.target,
                "ok": False,
                "error": {"code": code, "message": message},
            }
        feed = self.feed
        return {
            "target": self.target,
            "ok": True,
            "feed": {
                "title": feed.title,
                "link": feed.link,
                "language": feed.language,
                "format": feed.format,
            },
            "entries": [_entry_json(entry) for entry in self.entries],
        }


@dataclass(frozen=True, slots=True)
class EntryMatch:
    """An entry that a query hits, and why."""

    target: str
    entry: Entry
    hit: Hit

    def as_json(self) -> dict[str, Any]:
        """The line of `newsbell match --json` (PRODUCT.md)."""
        return {
            "target": self.target,
            "entry": self.entry.id,
            "title": headline_of(self.entry),
            "matched": [
                {"term": word.term, "word": word.word, "field": word.field}
                for word in self.hit.words
            ],
        }


async def inspect(
    target: str, fetcher: Fetcher, parser: FeedParser, read_file: ReadFile
) -> Inspection:
    """Fetch or read one target and parse it; errors are part of the answer."""
    try:
        if _ADDRESS.match(target):  # of any scheme: the fetch says which it follows
            _, feed = await read_feed(target, fetcher, parser)
        else:
            feed = await parser.parse(_file(target, read_file), None, "")
    except (FetchError, FeedError) as error:
        return Inspection(target, error=error)
    return Inspection(target, feed=feed)


async def matches(
    query: Query,
    targets: Sequence[str],
    fetcher: Fetcher,
    parser: FeedParser,
    read_file: ReadFile,
    names: Names = NO_NAMES,
) -> AsyncIterator[EntryMatch | Inspection]:
    """The entries that the query hits; a target that cannot be read comes as its Inspection."""
    for target in targets:
        inspection = await inspect(target, fetcher, parser, read_file)
        if inspection.feed is None:
            yield inspection
            continue
        for entry in inspection.entries:
            article = _as_article(entry, inspection.feed)
            hit = explain(query, document_of(article, names))
            if hit is not None:
                yield EntryMatch(target, entry, hit)


def _file(path: str, read_file: ReadFile) -> bytes:
    try:
        return read_file(path)
    except OSError as error:
        raise FetchError("unreadable-file", f"{path}: {error.strerror}") from error


def _as_article(entry: Entry, feed: Feed) -> Article:
    return Article(
        source=0,
        source_title=feed.title,
        key=entry.id,
        title=entry.title,
        link=entry.link,
        summary=entry.summary,
        published=entry.published,
        seen=NEVER,
        language=entry.language or feed.language,
    )


def _entry_json(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": headline_of(entry),
        "link": entry.link,
        "summary": entry.summary,
        "published": entry.published.isoformat() if entry.published else None,
        "authors": list(entry.authors),
        "categories": list(entry.categories),
        "image": entry.image,
        "language": entry.language,
    }
