"""What trends cost, by the number of articles a day; the ratio is to reading all of them anew.

Headlines of nine words by Zipf's law, two weeks of them, names among them; CPU milliseconds. They
are counted beside other work: the longest step is what that work waits for. Who asks waits for
none of it: the last row is the answer to `/trends`, from the database on.
"""

import gc
import random
import resource
import statistics
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import accumulate
from pathlib import Path

import pytest

from bot.domain.documents import document_of
from bot.domain.model import Article
from bot.domain.ports import CatalogueEntry
from bot.domain.trends import DAY, WEEK, Told, counting, terms_of, told_by
from bot.names.table import shipped_names
from bot.services.trending import Trending
from storage.engine import Database, open_storage
from tests.bench.bench_loading import stepped, watched
from tests.bench.work import word
from tests.builders import NOW, make_article
from tests.fakes import FakeClock

PER_DAY = (2_000, 11_000)
"""Of the shipped catalogue; of an archive that has a million in ninety days."""

DAYS = 15
POOL = 30_000
NAMES = ("NATO", "Geneva", "Moscow", "Ukraine", "Djokovic", "Kazakhstan", "Tonga", "Beijing")


def headlines(count: int) -> list[str]:
    dice = random.Random(31)  # noqa: S311 - the same every time
    words = [word(rank) for rank in range(20_000)]
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    return [
        " ".join([dice.choice(NAMES), *dice.choices(words, cum_weights=weights, k=8)])
        for _ in range(count)
    ]


def read(title: str) -> tuple[str, ...]:
    return terms_of(document_of(make_article(title=title, language="en"), shipped_names()))


def _article(number: int, total: int) -> Article:
    seen = NOW - timedelta(days=DAYS) * (1 - number / total)
    return make_article(source=number % 40 + 1, seen=seen)


def counted(told: list[Told], span: timedelta) -> tuple[float, float]:
    """CPU seconds to count, and of the longest step."""
    longest, start = 0.0, time.process_time()
    steps, last = counting(told, NOW, span, "en"), start
    for _ in steps:
        now = time.process_time()
        longest, last = max(longest, now - last), now
    return time.process_time() - start, max(longest, time.process_time() - last)


@pytest.mark.bench
@pytest.mark.parametrize("per_day", PER_DAY)
def test_trends_by_articles_a_day(per_day: int) -> None:
    start = time.process_time()
    pool = [read(title) for title in headlines(POOL)]
    reading = (time.process_time() - start) / POOL
    gc.freeze()  # as the program does
    total = per_day * DAYS
    told = [told_by(_article(n, total), pool[n * 7_919 % POOL], "en") for n in range(total)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{per_day:,} articles a day: {reading * 1e6:.0f} µs to read one, once")
    for name, span, days in (("24h", DAY, 8), ("7d", WEEK, 14)):
        ours, longest = counted(told, span)
        anew = reading * per_day * days + ours
        print(
            f"trends {name}: {ours * 1e3:.0f} ms CPU, {anew / ours:.0f}x reading all of them anew;"
            f" longest step {longest * 1e3:.0f} ms"
        )
    start = time.process_time()
    Counter(term for one in told for term in one.terms_for("en")).most_common(10)
    print(f"counting alone, without a usual level: {(time.process_time() - start) * 1e3:.0f} ms")
    print(f"memory at most so far {memory:.0f} MB")


@pytest.mark.bench
async def test_who_asks_gets_what_was_counted_last(tmp_path: Path) -> None:
    """Two weeks of 2,000 a day; without the chart, which another process draws."""
    async with open_storage(f"sqlite+aiosqlite:///{tmp_path / 'newsbell.db'}") as database:
        await _fill(database, 2_000 * DAYS)
        trending = Trending(database, FakeClock(NOW), shipped_names())
        gc.freeze()  # as the program does
        start = time.process_time()
        async with watched() as lags, stepped() as steps:
            await trending.tick()
        first, times = time.process_time() - start, []
        for _ in range(50):
            begun = time.perf_counter()
            await trending.of(DAY, "en")
            times.append((time.perf_counter() - begun) * 1e3)
    print(
        f"\nread and counted at the start: {first:.1f} s CPU, longest step "
        f"{max(steps) * 1e3:.0f} ms CPU; loop late {max(lags) * 1e3:.0f} ms"
    )
    print(f"asked: {statistics.median(times):.3f} ms, at worst {max(times):.3f} ms")


async def _fill(database: Database, total: int) -> None:
    titles = headlines(POOL)
    async with database.write() as tx:
        for number in range(40):
            entry = CatalogueEntry(url=f"https://{number}.example/f", title=f"S{number}")
            await tx.sources.add(entry, None, NOW)
        for number in range(total):
            article = replace(_article(number, total), key=str(number), story=0)
            await tx.articles.add([replace(article, title=titles[number % POOL], language="en")])
