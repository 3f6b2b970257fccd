"""From a feed to a message: how long it takes, and how long it takes as it is usually done.

The usual way is a composite of what peers do, not one of them, as performance.md 5 defines it: a
client for each fetch (its 30 ms of reading certificates left out), feedparser inline, a look for
each entry, one regular expression for each subscription, a commit for each row,
python-telegram-bot as it comes; feeds of 50 items of 500 words, one of them new. Both sides begin
when a poll does and end when Telegram has the message, one item after the other.
"""

import asyncio
import re
import sqlite3
import ssl
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import feedparser
import httpx
import pytest
from sqlalchemy import update
from telegram.request import HTTPXRequest

from bot.clock import utc_now
from bot.domain.addresses import allow_list
from bot.domain.grammar import parse
from bot.domain.model import Feed, Place, Source
from bot.domain.ports import CatalogueEntry
from bot.garbage import quieten
from bot.sending.requests import SeparateClients
from bot.services.live_index import LiveIndex
from bot.services.poll import Manners, Poller
from bot.sources.feeds import FeedWorkers
from bot.sources.fetch import GuardedFetcher
from storage.engine import Database, open_storage
from storage.schema import query
from tests.bench.desk import AT_ONCE, delivery, running, telegram
from tests.bench.farm import MARK
from tests.bench.ground import Farm, farm_open, percentile, settle_in, table
from tests.bench.work import Work
from tests.databases import sqlite_url

RATE, SECONDS = 20, 20
FEEDS = 40
SENT = 40
"""Items; the first half is practice, on both sides."""

WORD = re.compile(r"[a-z]+")
OTHERS = 50
"""Chats of those who ask for something else."""


@dataclass
class Timed:
    """The parser, with the moment at which the newest item of each feed was there."""

    parser: FeedWorkers
    done: dict[str, float] = field(default_factory=dict)

    async def parse(self, body: bytes, content_type: str | None, url: str) -> Feed:
        feed = await self.parser.parse(body, content_type, url)
        found = MARK.search(feed.entries[0].title)
        self.done[found[0] if found else ""] = time.monotonic()
        return feed


@dataclass
class Line:
    """All of the program between a feed and Telegram."""

    database: Database
    poller: Poller
    timed: Timed

    async def claim(self) -> list[Source]:
        later = utc_now() + timedelta(days=1)
        async with self.database.write() as tx:
            return await tx.sources.claim(later, 10_000, 600)

    async def warm(self, count: int | None = None) -> list[Source]:
        """So many sources polled once, which rings nobody, and claimed again."""
        some = (await self.claim())[:count]
        for one in some:
            await self.poller.poll(one)
        known = {one.id for one in some}
        return [one for one in await self.claim() if one.id in known]


@asynccontextmanager
async def line(
    farm: Farm, folder: Path, subscriptions: int, calm: int = 0, kind: str = "busy"
) -> AsyncIterator[Line]:
    """A chat for each feed that changes, so many that do not, and others' subscriptions."""
    folder.mkdir()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        database = await enter(open_storage(sqlite_url(folder)))
        await settle_in(database, range(1, FEEDS + 1), "nobody writes this")
        for number in range(OTHERS):
            wishes = {parse(one).text: one for one in others(subscriptions)[number::OTHERS]}
            if wishes:  # two that are written differently may be one query
                await settle_in(database, [10_000 + number], *wishes.values())
        async with database.write() as tx:
            # Known for a day: what is newer is looked for at each poll, for other processes' sake.
            known = utc_now() - timedelta(days=1)
            await tx.connection.execute(update(query).values(created=known))
            for number in range(FEEDS):
                asked = parse(f"outlet{number}")
                await tx.subscriptions.add(Place(number + 1), asked.text, asked, utc_now())
                entry = CatalogueEntry(url=farm.feed(number, kind), title=f"Outlet {number}")
                await tx.sources.add(entry, None, utc_now())
            for number in range(FEEDS, FEEDS + calm):
                entry = CatalogueEntry(url=farm.feed(number, "calm"), title="Calm")
                await tx.sources.add(entry, None, utc_now())
        index, wake = LiveIndex(), asyncio.Event()
        await index.load(database, utc_now())
        fetcher = await enter(GuardedFetcher(allow=allow_list(["127.0.0.0/8"]), now=utc_now))
        timed = Timed(await enter(FeedWorkers()))
        poller = Poller(
            storage=database,
            fetcher=fetcher,
            parser=timed,
            index=index,
            clock=utc_now,
            manners=lambda _: Manners(300, 0),
            rung=wake.set,
        )
        sender = await enter(telegram(farm, SeparateClients(20), AT_ONCE))
        await enter(running(await enter(delivery(database, sender)), wake))
        yield Line(database, poller, timed)


def others(count: int) -> list[str]:
    """What others ask for, in words that no item has: one item is one message, on both sides."""
    return [WORD.sub(r"\g<0>q", text) for text in Work(17).queries(count)]


async def accepted(farm: Farm, count: int) -> dict[str, float]:
    """When who asked for its outlet was told about each item; waits until there are so many."""
    async with asyncio.timeout(30):
        while len(found := await _told(farm)) < count:
            await asyncio.sleep(0.1)
    return found


async def _told(farm: Farm) -> dict[str, float]:
    ledger = (await farm.ask("ledger"))["accepted"]
    return {mark: moment for moment, chat, mark in ledger if chat <= FEEDS}


@pytest.mark.bench
async def test_from_entries_parsed_to_the_request_to_telegram(tmp_path: Path) -> None:
    """One of five has news; twice round, so that no chat hears more than two alerts."""
    quieten()
    feeds = RATE * SECONDS // 2
    async with farm_open() as farm, line(farm, tmp_path / "x", 1_000, feeds - FEEDS) as ours:
        tasks: list[asyncio.Task[int]] = []
        for _ in range(2):
            sources = await ours.claim() if tasks else await ours.warm()
            for source in sorted(sources, key=lambda one: one.id * 7919 % feeds):
                tasks.append(asyncio.create_task(ours.poller.poll(source)))
                await asyncio.sleep(1 / RATE)
            await asyncio.gather(*tasks)
        told = await accepted(farm, 2 * FEEDS)
    waits = [moment - ours.timed.done[mark] for mark, moment in told.items()]
    table(
        f"{len(waits)} alerts at {RATE} polls/s, 1,000 subscriptions, entries parsed to request",
        [
            ("p50", f"{percentile(waits, 0.5) * 1e3:.0f} ms", "target 20 ms"),
            ("p99", f"{percentile(waits, 0.99) * 1e3:.0f} ms", "target 100 ms"),
        ],
    )


class Usual:
    """The usual way."""

    def __init__(self, path: Path, subscriptions: int) -> None:
        self._rows = sqlite3.connect(path)
        self._rows.execute("CREATE TABLE seen (id TEXT PRIMARY KEY)")
        self._rows.execute("CREATE TABLE alert (chat INTEGER, entry TEXT)")
        words = [*others(subscriptions), *(f"outlet{1_000 + number}" for number in range(FEEDS))]
        self._wishes = [_pattern(text) for text in words]
        self._trust = ssl.create_default_context()

    async def poll(self, url: str, send: Callable[[int, str], Awaitable[None]] | None) -> None:
        async with httpx.AsyncClient(verify=self._trust) as client:
            found = feedparser.parse((await client.get(url)).content)
        for entry in found.entries:
            known = self._rows.execute("SELECT 1 FROM seen WHERE id = ?", (entry.id,)).fetchone()
            if known:
                continue
            self._keep("INSERT INTO seen VALUES (?)", entry.id)
            text = f"{entry.title} {entry.summary}"
            met = [one for one in self._wishes if one.search(text)] if send else []
            if met and send:
                self._keep("INSERT INTO alert VALUES (?, ?)", 1, entry.id)
                await send(1, text[:400])

    def _keep(self, statement: str, *values: object) -> None:
        self._rows.execute(statement, values)
        self._rows.commit()


def _pattern(text: str) -> re.Pattern[str]:
    """One expression a subscription: its words one after the other, or side by side."""
    words = [rf"\b{re.escape(one)}\b" for one in text.replace('"', "").split() if one[0] != "-"]
    return re.compile((r"\W+" if '"' in text else ".*").join(words), re.IGNORECASE)


async def usual(farm: Farm, path: Path, subscriptions: int) -> float:
    """Median seconds from fetch to sent."""
    way, took = Usual(path, subscriptions), []
    async with telegram(farm, HTTPXRequest()) as sender:

        async def send(chat: int, text: str) -> None:
            await sender._bot.send_message(chat_id=chat, text=text)

        for number in range(SENT):
            url = farm.feed(1_000 + number % FEEDS, "whole")
            await way.poll(url, None)
            start = time.monotonic()
            await way.poll(url, send)
            took.append(time.monotonic() - start)
    return statistics.median(took[SENT // 2 :])


async def quick(farm: Farm, folder: Path, subscriptions: int) -> float:
    """The same of ours: median seconds from the beginning of a poll to Telegram's ledger."""
    async with line(farm, folder, subscriptions, kind="whole") as ours:
        await farm.ask("forget")
        took = []
        for source in await ours.warm(SENT):
            ours.timed.done.clear()
            start = time.monotonic()
            await ours.poller.poll(source)
            (mark,) = ours.timed.done
            async with asyncio.timeout(30):
                while mark not in (told := await accepted(farm, 1)):
                    await asyncio.sleep(0.1)
            took.append(told[mark] - start)
    return statistics.median(took[SENT // 2 :])


@pytest.mark.bench
async def test_fetch_to_send_against_the_usual_way(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [("subscriptions", "Newsbell", "the usual way", "ratio")]
    async with farm_open() as farm:
        for count, target in ((1_000, 2), (10_000, 10)):
            ours = await quick(farm, tmp_path / f"ours{count}", count)
            theirs = await usual(farm, tmp_path / f"usual{count}.db", count)
            ratio = f"{theirs / ours:.1f}x (target {target}x)"
            rows.append((count, f"{ours * 1e3:.0f} ms", f"{theirs * 1e3:.0f} ms", ratio))
    table("fetch to send of one item of a feed of 50 with 500 words each, median", rows)
