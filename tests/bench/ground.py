"""What the benches stand on: the farm beside them, a database with readers, CPU clocks."""

import asyncio
import os
import ssl
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from bot.clock import utc_now
from bot.domain.grammar import parse
from bot.domain.model import Article, ChatKind
from bot.domain.ports import CatalogueEntry
from storage.engine import Database
from storage.schema import chat, subscription
from tests.builders import make_article

TOPIC = "NATO"


@dataclass(frozen=True)
class Farm:
    """Where the farm listens."""

    base: str
    port: int

    def feed(self, number: int, kind: str) -> str:
        """The address of a feed on a host of its own: each address of 127.0.0.0/8 is one."""
        return f"http://127.1.{number // 250}.{number % 250 + 1}:{self.port}/{kind}/{number}"

    async def ask(self, path: str) -> dict[str, Any]:
        """One of the farm's own pages: `ledger`, `limits?rate=30`, `forget`."""
        no_trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reading certificates takes 25 ms
        async with httpx.AsyncClient(base_url=self.base, verify=no_trust) as client:
            found: dict[str, Any] = (await client.get(f"/{path}", timeout=60)).json()
        return found


@asynccontextmanager
async def farm_open() -> AsyncIterator[Farm]:
    """The farm, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.bench.farm"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdout is None or process.stdin is None:  # cannot be: they are pipes
        raise OSError("the farm has no pipes")
    try:
        port = int(await process.stdout.readline())
        yield Farm(f"http://127.0.0.1:{port}", port)
    finally:
        process.stdin.close()
        await process.wait()


class Spent:
    """CPU seconds of this process (all its threads) and of the clock, since it was made."""

    def __init__(self) -> None:
        self._cpu, self._wall = time.process_time(), time.perf_counter()

    @property
    def cpu(self) -> float:
        return time.process_time() - self._cpu

    @property
    def wall(self) -> float:
        return time.perf_counter() - self._wall


def resident(pid: int | str = "self") -> float:
    """Megabytes of a process in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_of(pid: int) -> float:
    """CPU seconds that another process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """Processes that a process has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(one) for one in found.split()]


def workers(pid: int) -> list[int]:
    """Feed workers that a process has started."""
    told = {one: Path(f"/proc/{one}/cmdline").read_text() for one in children(pid)}
    return [one for one, line in told.items() if "feed_worker" in line]


def open_files() -> int:
    """File descriptors of this process."""
    return len(list(Path("/proc/self/fd").iterdir()))


def table(title: str, rows: Sequence[Sequence[object]]) -> None:
    """Print rows in columns."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    print(f"\n{title}")
    for row in texts:
        first, *rest = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  " + "  ".join([first, *rest]).rstrip())


async def settle_in(database: Database, chats: Sequence[int], *queries: str) -> None:
    """Private chats, each of which subscribes to all of these queries (none: NATO)."""
    now = utc_now()
    asked = [parse(query) for query in queries or (TOPIC,)]
    async with database.write() as tx:
        for one in asked:
            await tx.subscriptions.keep_query(one, now)
        people = [
            {"id": chat_id, "kind": ChatKind.PRIVATE, "title": "Ada", "locale": "en"}
            for chat_id in chats
        ]
        await tx.connection.execute(chat.insert(), people)
        wishes = [
            {"chat": chat_id, "topic": 0, "query": one.id, "typed": one.text, "created": now}
            for chat_id in chats
            for one in asked
        ]
        await tx.connection.execute(subscription.insert(), wishes)


async def publish(database: Database, number: int, query: str = TOPIC) -> int:
    """News of one outlet that meets `query`, enqueued for all who subscribe; alerts made."""
    asked, now = parse(query), utc_now()
    async with database.write() as tx:
        entry = CatalogueEntry(url=f"https://outlet{number}.org/feed", title=f"Outlet{number}")
        source = await tx.sources.add(entry, None, now)
        (stored,) = await tx.articles.add([news(source.id, number, now)])
        await tx.subscriptions.keep_query(asked, now)
        await tx.articles.record_hits({stored.id: [asked.id]})
        return await tx.alerts.enqueue(stored, [asked.id], now)


def news(source: int, number: int, now: datetime) -> Article:
    """An article with a lede of three sentences."""
    return make_article(
        source=source,
        source_title=f"Outlet{number}",
        key=f"item-{number}",
        title=f"Moscow rules out concessions before talks, round {number}",
        link=f"https://outlet{number}.org/news/{number}",
        summary="Delegates of NATO and Russia meet in Geneva on Monday. " * 6,
        published=now,
        seen=now,
        language="en",
    )


def percentile(numbers: Sequence[float], share: float) -> float:
    """The value below which this share of `numbers` lies."""
    ordered = sorted(numbers)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
