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


HELD = 0.03
"""Seconds for which letting go may hold the writer: who waits behind it is promised 50 ms."""

FIRST_SLICE, LEAST_SLICE, MOST_SLICE = 25, 5, 200


def next_slice(rows: int, seconds: float) -> int:
    """How many rows go next, where `rows` held the writer so long: a busy disk takes fewer."""
    fitting = int(rows * HELD / max(seconds, 1e-6))
    return max(LEAST_SLICE, min(fitting, rows * 2, MOST_SLICE))
