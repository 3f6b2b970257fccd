"""What is kept for how long, and how much room it takes."""

from enum import StrEnum


class Stale(StrEnum):
    """What grows old. Each is needed by nobody when it goes (`storage/housekeeping.py`)."""

    ARTICLES = "articles"
    STORIES = "stories"  # without an article
    TRANSLATIONS = "translations"
    IDENTITIES = "identities"
    QUERIES = "queries"  # that were searched for and have no subscriber
    OFFERS = "offers"


HELD = 0.015
"""Seconds for which letting go is to hold the writer, who waits behind it being promised 50 ms: a
commit now and then takes four times as long (bench_archive: a checkpoint of the log, an index
merged)."""

FIRST_SLICE, LEAST_SLICE, MOST_SLICE = 20, 5, 40


def next_slice(rows: int, seconds: float) -> int:
    """How many rows go next, where `rows` held the writer so long: a busy disk takes fewer."""
    fitting = int(rows * HELD / max(seconds, 1e-6))
    return max(LEAST_SLICE, min(fitting, rows + LEAST_SLICE, MOST_SLICE))
