"""What polling costs, against a bare loop of `httpx.get` and `feedparser.parse`.

CPU time of the main process and of the feed workers apart; publishers are another process, each
feed on a loopback address of its own, because a host is asked by one at a time.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import linear_regression
from typing import Any

import feedparser
import httpx
import pytest
from sqlalchemy import select

from bot.clock import utc_now
from bot.domain.addresses import allow_list
from bot.domain.grammar import parse
from bot.domain.identity import Document
from bot.domain.polling import host_of
from bot.domain.ports import CatalogueEntry, Clock
from bot.garbage import quieten
from bot.services.live_index import LiveIndex
from bot.services.poll import Manners, Poller
from bot.services.storytelling import Storytelling
from bot.sources.feeds import FeedWorkers
from bot.sources.fetch import GuardedFetcher
from bot.sources.opml import write_opml
from bot.sources.parsing import parse_feed
from storage.engine import Database, open_storage
from storage.schema import source, subscription
from tests.bench.farm import feed
from tests.bench.ground import (
    Farm,
    Spent,
    cpu_of,
    farm_open,
    open_files,
    resident,
    settle_in,
    table,
    workers,
)
from tests.databases import sqlite_url
from tests.fakes import FakeClock

FEEDS = 150
AT_ONCE = 8
EVERY = 300.0


@asynccontextmanager
async def polling(
    folder: Path, clock: Clock = utc_now, stories: Storytelling | None = None
) -> AsyncIterator[tuple[Database, Poller]]:
    """The poller over a new database, as bot/parts.py puts it together."""
    folder.mkdir(exist_ok=True)
    allow = allow_list(["127.0.0.0/8"])
    async with (
        open_storage(sqlite_url(folder)) as database,
        GuardedFetcher(allow=allow, now=utc_now) as fetcher,
        FeedWorkers() as parser,
    ):
        yield (
            database,
            Poller(
                storage=database,
                fetcher=fetcher,
                parser=parser,
                index=LiveIndex(),
                clock=clock,
                manners=lambda _: Manners(EVERY, 0),
                rung=lambda: None,
                stories=stories,
            ),
        )


async def known(database: Database, farm: Farm, kind: str, numbers: Iterable[int]) -> None:
    """Add feeds that are due at once."""
    async with database.write() as tx:
        for number in numbers:
            entry = CatalogueEntry(url=farm.feed(number, kind), title=f"Outlet {number}")
            await tx.sources.add(entry, None, utc_now())


async def poll_round(database: Database, poller: Poller, clock: Clock = utc_now) -> int:
    """Poll every source once, some at a time, as a busy tick does."""
    later = clock() + timedelta(days=1)
    async with database.write() as tx:
        found = iter(claimed := await tx.sources.claim(later, 10_000, 600))

    async def some() -> None:
        for one in found:
            await poller.poll(one)

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return len(claimed)


async def ours(farm: Farm, folder: Path, kind: str) -> tuple[float, float]:
    """CPU seconds a poll: of the main process, of the workers."""
    async with polling(folder) as (database, poller):
        await known(database, farm, kind, range(FEEDS))
        await poll_round(database, poller)  # the first one stores the backlog
        before = sum(map(cpu_of, workers(os.getpid())))
        spent, polls = Spent(), 0
        for _ in range(2):
            polls += await poll_round(database, poller)
        apart = sum(map(cpu_of, workers(os.getpid()))) - before
        return spent.cpu / polls, apart / polls


def bare(farm: Farm, kind: str, client: httpx.Client | None = None) -> float:
    """CPU seconds a feed of what everybody writes first; unchanged feeds answer 304 here too."""
    headers = {"if-none-match": '"calm"'} if kind == "calm" else {}
    get = client.get if client else httpx.get
    spent, count = Spent(), FEEDS // 2
    for number in range(count):
        answer = get(farm.feed(number, kind), headers=headers)
        if answer.status_code == 200:
            feedparser.parse(answer.content)
    return spent.cpu / count


@pytest.mark.bench
async def test_feeds_polled_per_cpu_second(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [
        ("", "main", "workers", "together", "a CPU-second", "httpx.get loop", "one client")
    ]
    async with farm_open() as farm:
        for kind, name in (("calm", "unchanged, 304"), ("busy", "changed, 30 items")):
            with httpx.Client() as client:
                each = await asyncio.to_thread(bare, farm, kind)
                shared = await asyncio.to_thread(bare, farm, kind, client)
            main, apart = await ours(farm, tmp_path / kind, kind)
            whole = main + apart
            costs = [f"{one * 1e3:.2f}" for one in (main, apart, whole)]
            loops = [f"{one * 1e3:.1f} ms: {one / whole:.2f}x" for one in (each, shared)]
            rows.append((name, *costs, f"{1 / whole:.0f}", *loops))
    table(f"CPU ms a poll, {FEEDS} feeds polled twice", rows)


# --- the whole program at rated load -------------------------------------------------------------

SOURCES = 5_000
CHATS = 1_000
STRETCH = 60.0
SOON = 150.0
"""Seconds within which a source is polled by this bench: what it showed before is known."""


async def rated(url: str, farm: Farm, count: int) -> None:
    """Sources as they are after some days, due evenly over five minutes; four of five unchanged.

    Each chat added five of them and subscribes to a word that one of them uses.
    """
    now = utc_now()
    async with open_storage(url) as database:
        await settle_in(database, range(1, CHATS + 1), "rumour")
        async with database.write() as tx:
            rows = [_as_after_days(farm, number, now, count) for number in range(count)]
            await tx.connection.execute(source.insert(), rows)
            told = await tx.connection.execute(select(source.c.url, source.c.id))
            ids = {row.url: row.id for row in told}
            wishes = []
            for chat in range(1, CHATS + 1):
                asked = parse(f"outlet{chat * 5 - 5}")
                await tx.subscriptions.keep_query(asked, now)
                facts = {"chat": chat, "topic": 0, "query": asked.id, "typed": asked.text}
                wishes.append(facts | {"created": now})
            await tx.connection.execute(subscription.insert(), wishes)
            for number in range(0, count, 5):
                if rows[number]["due"] < now.timestamp() + SOON:
                    shown = parse_feed(feed(str(number), 0), None, farm.feed(number, "busy"))
                    keys = Document(shown.entries).shown(set())
                    await tx.sources.remember(ids[str(rows[number]["url"])], keys, now)


def _as_after_days(farm: Farm, number: int, now: datetime, count: int) -> dict[str, Any]:
    kind = "busy" if number % 5 == 0 else "calm"
    url = farm.feed(number, kind)
    return {
        "url": url,
        "title": f"Outlet {number}",
        "owner": number // 5 + 1,
        "host": host_of(url),
        "etag": '"calm"' if kind == "calm" else None,
        "first_polled": now - timedelta(days=3),
        "gap": 900.0,
        "news": now - timedelta(minutes=5),
        "due": now.timestamp() + EVERY * ((number * 7919) % count) / count,
    }


@asynccontextmanager
async def program(farm: Farm, url: str, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`newsbell run`, once it asks Telegram for updates."""
    catalogue = folder / "sources.opml"
    entry = CatalogueEntry(url=farm.feed(9_999, "calm"), title="One")
    catalogue.write_bytes(write_opml("bench", [entry]))
    settings = {
        "TELEGRAM_BOT_TOKEN": "4242:bench",
        "TELEGRAM_API_URL": farm.base,
        "DATABASE_URL": url,
        "SOURCES_FILE": str(catalogue),
        "FETCH_ALLOW": "127.0.0.0/8",
        "WEB_PORT": "0",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "run"),
        env=os.environ | settings,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        before = (await farm.ask("asked"))["updates"]
        async with asyncio.timeout(90):
            while (await farm.ask("asked"))["updates"] == before:
                await asyncio.sleep(0.5)
        yield process
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.bench
async def test_five_thousand_sources_on_one_machine(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    async with farm_open() as farm:
        async with program(farm, url, tmp_path) as alone:
            await asyncio.sleep(5)
            rest = resident(alone.pid)
        await rated(url, farm, SOURCES)
        async with program(farm, url, tmp_path) as process:
            await asyncio.sleep(15)  # the start, and the first polls after it
            before = (await farm.ask("asked"))["feeds"]
            main, apart = cpu_of(process.pid), sum(map(cpu_of, workers(process.pid)))
            await asyncio.sleep(STRETCH)
            polls = (await farm.ask("asked"))["feeds"] - before
            main = cpu_of(process.pid) - main
            apart = sum(map(cpu_of, workers(process.pid))) - apart
            loaded = resident(process.pid)
            each = [f"{resident(one):.0f}" for one in workers(process.pid)]
        told = len((await farm.ask("ledger"))["accepted"])
    share = (main + apart) / STRETCH
    table(
        f"{SOURCES} sources every 5 minutes, the whole program for {STRETCH:.0f} s",
        [
            ("polls", f"{polls / STRETCH:.1f}/s", f"{told} alerts sent"),
            ("CPU of the main process", f"{main / STRETCH:.1%}", _each(main, polls)),
            ("CPU of the workers", f"{apart / STRETCH:.1%}", _each(apart, polls)),
            ("together", f"{share:.1%} of one core", "target 50 %"),
            ("memory at rest", f"{rest:.0f} MB", "target 120"),
            ("memory at this load", f"{loaded:.0f} MB", "target 300"),
            ("memory of the workers", ", ".join(each) + " MB", "each by itself"),
        ],
    )


def _each(cpu: float, polls: int) -> str:
    return f"{cpu / polls * 1e3:.1f} ms a poll"


# --- H8: ten thousand polls ----------------------------------------------------------------------

POLLS = 10_000
CALM, BUSY = 45, 5
"""Sources in rotation: one of ten is changed at each visit."""

OTHERS = 60
"""Sources that were read before: their 1,800 articles hold nearly all words that the farm has."""

WINDOW = timedelta(hours=48)
PER_WINDOW = 1_000
"""Polls in which the clock of this bench passes the stories' window."""


@pytest.mark.bench
async def test_h8_memory_is_flat_over_ten_thousand_polls(tmp_path: Path) -> None:
    """What is kept on purpose is full before it counts: what then grows is a leak.

    Kept are the stories of the window, and what is known of words; both are bounded, and neither
    is full after some thousand polls. So the words come first, and the window passes quickly.
    """
    quieten()  # as the program does
    clock, stories = FakeClock(utc_now()), Storytelling(window=WINDOW)
    marks: list[tuple[int, float, int]] = []
    async with farm_open() as farm, polling(tmp_path, clock, stories) as (database, poller):
        await known(database, farm, "busy", range(1_000, 1_000 + OTHERS))
        await poll_round(database, poller, clock)
        async with database.write() as tx:
            await tx.connection.execute(source.update().values(retired=True))
        await known(database, farm, "calm", range(CALM))
        await known(database, farm, "busy", range(CALM, CALM + BUSY))
        done = -2 * PER_WINDOW
        while done < POLLS:
            done += await poll_round(database, poller, clock)
            clock.advance((CALM + BUSY) / PER_WINDOW * WINDOW.total_seconds())
            if done // 1_000 >= len(marks):
                marks.append((done, resident(), open_files()))
    polls, memory, files = zip(*marks, strict=True)
    slope = linear_regression(polls, memory).slope * 1_000
    table(
        f"{POLLS} polls, one of ten of a changed feed, words known, window passed twice (H8)",
        [
            ("memory of the main process", " ".join(f"{one:.0f}" for one in memory), "MB"),
            ("slope", f"{slope:.2f} MB a 1,000 polls", "target 1"),
            ("open files", f"{min(files)} to {max(files)}", "constant +-10"),
        ],
    )
