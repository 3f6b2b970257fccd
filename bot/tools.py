"""The operator's tools, composed without Telegram or a database, so that they start at once."""

import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.clock import utc_now
from bot.config import Settings
from bot.domain.addresses import allow_list
from bot.domain.errors import QueryError
from bot.domain.grammar import parse
from bot.domain.headlines import headline_of
from bot.domain.ports import FeedParser, Fetcher
from bot.names.table import shipped_names
from bot.services.inspect import EntryMatch, Inspection, inspect, matches
from bot.sources.feeds import FeedWorkers
from bot.sources.fetch import GuardedFetcher
from storage.backup import back_up, database_file, restore

SUMMARY_CHARACTERS = 160


async def inspect_targets(targets: Sequence[str], settings: Settings, *, as_json: bool) -> int:
    """Print what Newsbell makes of each URL or file; 0 if all are feeds, else 1."""
    good = True
    async with _readers(settings) as (fetcher, parser):
        for target in targets:
            inspection = await inspect(target, fetcher, parser, _read)
            good = good and inspection.feed is not None
            print(_json(inspection) if as_json else _told(inspection), flush=True)
    return 0 if good else 1


async def match_targets(
    query: str, targets: Sequence[str], settings: Settings, *, as_json: bool
) -> int:
    """Print the entries of these feeds that the query hits and why; 1 if a feed is unreadable."""
    try:
        parsed = parse(query)
    except QueryError as error:
        print(_misread(query, error), file=sys.stderr)
        return 2
    good = True
    async with _readers(settings) as (fetcher, parser):
        async for found in matches(parsed, targets, fetcher, parser, _read, shipped_names()):
            if isinstance(found, Inspection):
                good = False
                print(_told(found), file=sys.stderr)
            else:
                print(_json(found) if as_json else _matched(found), flush=True)
    return 0 if good else 1


@asynccontextmanager
async def _readers(settings: Settings) -> AsyncIterator[tuple[Fetcher, FeedParser]]:
    allow = allow_list(settings.fetch_allow)
    async with GuardedFetcher(allow=allow, now=utc_now) as fetcher, FeedWorkers(1) as parser:
        yield fetcher, parser


def _read(path: str) -> bytes:
    return Path(path).read_bytes()


def _json(found: Inspection | EntryMatch) -> str:
    return json.dumps(found.as_json(), ensure_ascii=False)


def _told(inspection: Inspection) -> str:
    if inspection.feed is None:
        error = inspection.error
        return f"{inspection.target}: {error.message if error else ''}"
    feed = inspection.feed
    lines = [
        f"{inspection.target}: {feed.title} ({feed.format}, {feed.language or 'no language'})"
    ]
    for entry in inspection.entries:
        when = f"{entry.published:%Y-%m-%d %H:%M} UTC" if entry.published else "no date"
        lines += [f"  {when}  {headline_of(entry)}", f"      {entry.link or 'no link'}"]
        if entry.summary:
            lines.append(f"      {entry.summary[:SUMMARY_CHARACTERS]}".replace("\n", " "))
    return "\n".join(lines)


def _matched(found: EntryMatch) -> str:
    why = ", ".join(f"{word.term} met “{word.word}” in {word.field}" for word in found.hit.words)
    return f"{found.target}: {headline_of(found.entry)}\n    {why}"


def _misread(query: str, error: QueryError) -> str:
    place = " " * (error.position - 1) + "^"
    hint = f"\nTry: {error.suggestion}" if error.suggestion else ""
    return f"{query}\n{place}\n{error.message}{hint}"


def back_up_to(target: Path, settings: Settings) -> int:
    """`newsbell backup FILE`: a checked copy, also while the bot runs."""
    size = back_up(database_file(settings.database_url), target)
    print(f"{target}: {size:,} bytes, checked")
    return 0


def restore_from(backup: Path, settings: Settings) -> int:
    """`newsbell restore FILE`: put a back-up in the database's place; the bot must be stopped."""
    database = database_file(settings.database_url)
    restore(backup, database)
    print(f"{database} is what {backup} was")
    return 0
