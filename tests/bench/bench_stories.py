"""What it costs to find an article's story, by the articles in the window.

CPU milliseconds an article, analysis included and apart; the ratio is to the plain way, the cosine
with every article of the window. Texts by Zipf's law, and among them reports of the gold set, so
that there is something to find.
"""

import time
from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.domain.documents import document_of
from bot.domain.stories import Sketch, Stories, sketch_of
from bot.names.table import shipped_names
from tests.bench.archive import Archive
from tests.builders import NOW, make_article
from tests.domain.test_stories import ROWS

WINDOWS = (2_000, 10_000, 20_000)
NEW, PLAIN = 300, 20


def sketches(archive: Archive, count: int) -> list[Sketch]:
    """Sketches in the order in which they came, a second apart."""
    found = []
    for number, one in enumerate(archive.articles(count)):
        title, summary, language = one.title, one.summary, "en"
        if number % 20 == 0:
            _, language, title, summary = ROWS[number // 20 % len(ROWS)]
        article = make_article(
            source=number % 300, title=title, summary=summary, language=language,
            seen=NOW + timedelta(seconds=number),
        )  # fmt: skip
        found.append(sketch_of(article, document_of(article, shipped_names())))
    return found


def plain(one: Mapping[str, float], others: list[Mapping[str, float]]) -> float:
    """The best cosine of all."""
    return max(
        sum(weight * other.get(term, 0.0) for term, weight in one.items()) for other in others
    )


@pytest.mark.bench
def test_story_of_an_article_by_the_size_of_the_window() -> None:
    start = time.process_time()
    every = sketches(Archive(), WINDOWS[-1] + NEW)
    reading = (time.process_time() - start) / len(every)
    print(f"\nreading and sketching: {reading * 1e3:.2f} ms CPU an article")
    for window in WINDOWS:
        stories = Stories()
        for number, one in enumerate(every[:window], start=1):
            stories.add(one, number)
        new = every[window : window + NEW]
        times, joined = [], 0
        for number, one in enumerate(new, start=window + 1):
            before = time.process_time()
            known = stories.story_of(one)
            stories.add(one, known or number)
            times.append(time.process_time() - before)
            joined += known is not None
        report(window, times, joined, rival(new, [one.terms for one in every[:window]]))


def rival(new: list[Sketch], terms: list[Mapping[str, float]]) -> float:
    """Seconds an article, of some."""
    before = time.process_time()
    for one in new[:PLAIN]:
        plain(one.terms, terms)
    return (time.process_time() - before) / PLAIN


def report(window: int, times: list[float], joined: int, theirs: float) -> None:
    ours = sum(times) / NEW
    print(
        f"{window:>7,} in the window: {ours * 1e3:.2f} ms, worst {max(times) * 1e3:.1f} ms; "
        f"{joined} of {NEW} joined; every cosine {theirs * 1e3:.0f} ms, {theirs / ours:.0f}x"
    )
