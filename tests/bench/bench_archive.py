"""What the paper's answers cost, by the number of archived articles, on SQLite.

CPU milliseconds of all threads, since benches share the machine; the ratio is to a plain scan by
LIKE in the same database. Beside it how late the event loop was at worst while they were asked.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.domain.grammar import parse
from bot.domain.model import Section
from bot.services.front import FrontPage
from bot.services.housekeeping import Housekeeper
from bot.services.read import Reader
from bot.services.storytelling import Storytelling
from storage.engine import Database, open_storage
from storage.transaction import Transaction
from tests.bench.archive import COMMON, DAYS, NOW, OTHER, RARE, Archive
from tests.bench.bench_loading import watched
from tests.fakes import FakeClock

SIZES = (10_000, 100_000, 1_000_000)
CHAT = 1_001
NEW = 200

Ask = Callable[[], Awaitable[object]]


def questions(reader: Reader, size: int) -> dict[str, Ask]:
    common, rare = parse(COMMON), parse(RARE)
    both, title = parse(f'"{COMMON} {OTHER}"'), parse(f"title:{RARE} {COMMON}")
    day = (NOW - timedelta(days=DAYS // 2)).date()
    return {
        "/latest": lambda: reader.latest(CHAT, 0),
        "/latest, page 50": lambda: reader.latest(CHAT, 50),
        "/search rare": lambda: reader.latest(CHAT, 0, rare),
        "/search common": lambda: reader.latest(CHAT, 0, common),
        "  its page 10": lambda: reader.latest(CHAT, 10, common),
        "/search phrase": lambda: reader.latest(CHAT, 0, both),
        "/subscribe common": lambda: reader.preview(CHAT, common),
        "/search title:": lambda: reader.latest(CHAT, 0, title),
        "/date": lambda: reader.day(CHAT, day, 0),
        "/date, page 20": lambda: reader.day(CHAT, day, 20),
        "/category": lambda: reader.section(CHAT, Section.SPORT, 0),
        "/related": lambda: reader.related(CHAT, size // 2),
    }


async def costs(ask: Ask) -> tuple[float, float]:
    """CPU and wall milliseconds of the first time: nothing is warm but the operating system."""
    cpu, wall = time.process_time(), time.perf_counter()
    await ask()
    return (time.process_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3


async def scan(database: Database) -> None:
    """What a bot without an index does."""
    async with database.read() as tx:
        await tx.connection.execute(
            text(
                "SELECT * FROM article WHERE title LIKE :word OR summary LIKE :word "
                "ORDER BY seen DESC LIMIT 9"
            ),
            {"word": f"%{RARE}%"},
        )


@pytest.fixture(scope="module")
def archive() -> Archive:
    return Archive()


@pytest.mark.bench
@pytest.mark.parametrize("size", SIZES)
async def test_the_paper_by_the_size_of_its_archive(
    archive: Archive, size: int, tmp_path: Path
) -> None:
    path = tmp_path / "newsbell.db"
    async with open_storage(f"sqlite+aiosqlite:///{path}") as database:
        start = time.perf_counter()
        archive.fill(path, size)
        filled = time.perf_counter() - start
        each = path.stat().st_size / size
        print(f"\n{size:,} articles, filled in {filled:.0f} s, {each:,.0f} bytes each")
        await answers(database, size)
        await storing(database, archive)
        await pruning(database)


async def answers(database: Database, size: int) -> None:
    reader = Reader(database, FakeClock(NOW))
    front = FrontPage(database, FakeClock(NOW))
    plain, _ = await costs(lambda: scan(database))
    print(f"{'scan by LIKE':<20}{plain:>9.1f} ms CPU")
    asked = {"the front page": lambda: front.of(0), **questions(reader, size)}
    for name, ask in asked.items():
        async with watched() as lags:
            cpu, wall = await costs(ask)
        late = max(lags, default=0) * 1e3
        print(
            f"{name:<20}{cpu:>9.1f} ms CPU {wall:>7.0f} ms, {plain / cpu:>7.1f}x; "
            f"loop late {late:.0f} ms"
        )


async def storing(database: Database, archive: Archive) -> None:
    """New articles: their stories found among the window's, the index added to."""
    stories = Storytelling()
    window = await stories.load(database, NOW)
    articles = archive.articles(NEW)
    drawn = await stories.sketches(articles)
    times, cpu = [], time.process_time()
    for at in range(0, NEW, 10):
        start = time.perf_counter()
        async with database.write() as tx:
            await stories.keep(tx, articles[at : at + 10], drawn[at : at + 10], NOW)
        times.append(time.perf_counter() - start)
    each = (time.process_time() - cpu) / NEW * 1e3
    print(
        f"storing with {window:,} in the window: {each:.2f} ms CPU an article; "
        f"ten at once at worst {max(times) * 1e3:.0f} ms"
    )


class Held(Database):
    """A database that notes how long each of its transactions held the writer, in seconds."""

    def __init__(self, database: Database) -> None:
        super().__init__(database._engine)
        self.times: list[float] = []

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        async with super().write() as tx:
            start = time.perf_counter()
            yield tx
        self.times.append(time.perf_counter() - start)


async def pruning(database: Database) -> None:
    """A day too old goes: how long the writer is held, and how late the loop is."""
    held = Held(database)
    keeper = Housekeeper(held, _nobody, FakeClock(NOW), timedelta(days=DAYS - 1), time.monotonic)
    async with watched() as lags:
        start, cpu = time.perf_counter(), time.process_time()
        gone = await keeper.tick()
        took, cost = time.perf_counter() - start, time.process_time() - cpu
    worst = sorted(held.times)[-3:]
    print(
        f"pruning: {gone:,} rows in {took:.1f} s ({cost:.1f} s CPU), the writer held at worst "
        f"{[round(one * 1e3) for one in worst]} ms, loop late {max(lags) * 1e3:.0f} ms"
    )


async def _nobody(_chat: int) -> None:
    return None
