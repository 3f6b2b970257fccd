"""What an article costs: the index against one compiled regular expression per subscription.

Generated work, one run, ratios; nothing here gates on absolute time.
"""

import random
import re
import time
from collections.abc import Callable
from functools import partial

import pytest

from bot.domain.grammar import parse
from bot.domain.matching import Index, document_of
from bot.domain.model import Article
from tests.builders import make_article

WORDS = 60_000
ARTICLES = 60


SYLLABLES = [consonant + vowel for consonant in "bdgjklmnprtvz" for vowel in "aeiou"]


def word(number: int) -> str:
    """Pronounceable, distinct, no stop word, and without a common stem."""
    out = ""
    while True:
        number, digit = divmod(number, len(SYLLABLES))
        out += SYLLABLES[digit]
        if number == 0:
            return out + "kk"


def draw(rng: random.Random) -> str:
    """A word by rank, frequent ones often (log-uniform over ranks)."""
    return word(int(WORDS ** rng.random()))


def make_articles(rng: random.Random) -> list[Article]:
    return [
        make_article(
            title=" ".join(draw(rng) for _ in range(12)),
            summary=" ".join(draw(rng) for _ in range(60)),
            language="en",
        )
        for _ in range(ARTICLES)
    ]


def seconds(run: Callable[[], object]) -> float:
    """CPU seconds, the best of three."""
    times = []
    for _ in range(3):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def match_all(index: Index, articles: list[Article]) -> int:
    return sum(len(index.match(document_of(one))) for one in articles)


def search_all(patterns: list[list[re.Pattern[str]]], texts: list[str]) -> int:
    return sum(all(p.search(text) for p in some) for text in texts for some in patterns)


@pytest.mark.bench
def test_matching_against_a_regex_per_subscription() -> None:
    rng = random.Random(7)  # noqa: S311 - the same work every time
    articles = make_articles(rng)
    few = [f"{one.title}\n{one.summary}" for one in articles[:3]]
    print(f"\n{'queries':>10} {'index µs':>10} {'regex µs':>12} {'ratio':>8} {'hits':>8}")
    for count in (1_000, 10_000, 100_000):
        pairs = [[draw(rng), draw(rng)][: 1 + (rng.random() < 0.4)] for _ in range(count)]
        index = Index()
        for pair in pairs:
            index.add(parse(" ".join(pair)))
        ours = seconds(partial(match_all, index, articles)) / ARTICLES
        theirs = 0.0
        if count <= 10_000:
            patterns = [[re.compile(rf"\b{w}\b", re.IGNORECASE) for w in pair] for pair in pairs]
            theirs = seconds(partial(search_all, patterns, few)) / len(few)
        hits = match_all(index, articles)
        ratio = f"{theirs / ours:8.0f}" if theirs else "       -"
        print(f"{count:>10} {ours * 1e6:>10.0f} {theirs * 1e6:>12.0f} {ratio} {hits:>8}")
        assert hits > 0
