"""A million subscriptions from a database into the live index: how long, how smooth, how big."""

import asyncio
import gc
import os
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.grammar import parse
from bot.domain.query import Query
from bot.names.table import shipped_names
from bot.services.live_index import LiveIndex
from storage.engine import Database, open_storage
from tests.bench.work import Work
from tests.builders import make_article

SUBSCRIPTIONS = 1_000_000
NOW = datetime(2026, 1, 9, tzinfo=UTC)
PLACES = 10_000


def fill(path: Path, work: Work) -> int:
    """Rows as the bot would have written them; returns how many queries are distinct."""
    queries: dict[str, Query] = {}
    rows = set()
    for number, text in enumerate(work.queries(SUBSCRIPTIONS)):
        if text not in queries:
            queries[text] = parse(text)
        rows.add((number % PLACES, queries[text].id, text))
    distinct = {query.id: query.text for query in queries.values()}
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO chat (id, kind, title, locale) VALUES (?, 'private', '', 'en')",
            [(chat,) for chat in range(PLACES)],
        )
        connection.executemany(
            "INSERT INTO query (id, text, created) VALUES (?, ?, ?)",
            [(query, text, NOW.timestamp()) for query, text in distinct.items()],
        )
        connection.executemany(
            "INSERT OR IGNORE INTO subscription (chat, topic, query, typed, created)"
            " VALUES (?, 0, ?, ?, ?)",
            [(*row, NOW.timestamp()) for row in rows],
        )
    return len(distinct)


@asynccontextmanager
async def watched() -> AsyncIterator[list[float]]:
    """Collects how late the event loop was, in seconds, every 5 ms."""
    lags: list[float] = []

    async def watch() -> None:
        while True:
            due = time.perf_counter() + 0.005
            await asyncio.sleep(0.005)
            lags.append(time.perf_counter() - due)

    task = asyncio.create_task(watch())
    yield lags
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@asynccontextmanager
async def stepped() -> AsyncIterator[list[float]]:
    """Collects CPU seconds of the loop's thread from turn to turn, however busy the machine."""
    steps: list[float] = []

    async def watch() -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            steps.append(now - last)
            last = now

    task = asyncio.create_task(watch())
    yield steps
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def reading(database: Database) -> float:
    """CPU seconds of the reading alone."""
    start = time.process_time()
    async with database.read() as tx:
        async for _ in tx.subscriptions.queries():
            pass
    return time.process_time() - start


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.bench
async def test_a_million_subscriptions_are_loaded_while_others_run(tmp_path: Path) -> None:
    path = tmp_path / "newsbell.db"
    url = f"sqlite+aiosqlite:///{path}"
    async with open_storage(url):
        pass
    queries = fill(path, Work(17))
    gc.collect()
    gc.freeze()  # what other benches have left is not looked at in this one's full collection
    async with open_storage(url) as database:
        sql = await reading(database)
    async with open_storage(url) as database, watched() as lags:
        index = LiveIndex(shipped_names())
        before, start, cpu = resident(), time.perf_counter(), time.process_time()
        loaded = await index.load(database, NOW)
        took, cpu = time.perf_counter() - start, time.process_time() - cpu
        size = resident() - before
        await index.match_all([make_article(title="First", language="en")])
        worst = max(lags)
        start = time.perf_counter()
        gc.collect()
        collected = time.perf_counter() - start
    print(f"\n{SUBSCRIPTIONS:,} subscriptions, {loaded:,} queries")
    print(f"loaded in {took:.1f} s, {cpu:.1f} s of CPU, of which {sql:.1f} s are the database's;")
    print(f"{size / SUBSCRIPTIONS:.0f} bytes a subscription, {size / loaded:.0f} a query;")
    print(f"longest stall {worst * 1e3:.0f} ms, a full collection {collected * 1e3:.1f} ms")
    assert loaded == queries
