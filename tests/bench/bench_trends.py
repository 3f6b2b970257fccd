"""What trends cost, by the number of articles a day; the ratio is to reading all of them anew.

Headlines of nine words by Zipf's law, two weeks of them, names among them; CPU milliseconds.
"""

import random
import time
from collections import Counter
from datetime import timedelta
from itertools import accumulate

import pytest

from bot.domain.documents import document_of
from bot.domain.model import Article
from bot.domain.trends import DAY, WEEK, rising, terms_of, told_by
from bot.names.table import shipped_names
from tests.bench.work import word
from tests.builders import NOW, make_article

PER_DAY = (2_000, 11_000)
"""Of the shipped catalogue; of an archive that has a million in ninety days."""

DAYS = 15
POOL = 4_000
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
    return make_article(source=number % 40, seen=seen)


@pytest.mark.bench
@pytest.mark.parametrize("per_day", PER_DAY)
def test_trends_by_articles_a_day(per_day: int) -> None:
    start = time.process_time()
    pool = [read(title) for title in headlines(POOL)]
    reading = (time.process_time() - start) / POOL
    total = per_day * DAYS
    told = [told_by(_article(n, total), pool[n * 7_919 % POOL], "en") for n in range(total)]
    print(f"\n{per_day:,} articles a day: {reading * 1e6:.0f} µs to read one, once")
    for name, span, days in (("24h", DAY, 8), ("7d", WEEK, 14)):
        start = time.process_time()
        rising(told, NOW, span, "en")
        ours = time.process_time() - start
        anew = reading * per_day * days + ours
        print(
            f"trends {name}: {ours * 1e3:.0f} ms CPU, {anew / ours:.0f}x reading all of them anew"
        )
    start = time.process_time()
    Counter(term for one in told for term in one.names + one.words).most_common(10)
    print(f"counting alone, without a usual level: {(time.process_time() - start) * 1e3:.0f} ms")
