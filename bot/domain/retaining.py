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
