"""Values for tests: one builder a noun, with defaults that read like news, at the moment NOW."""

from datetime import UTC, datetime
from typing import Any

from bot.domain.model import Alert, Article, Chat, ChatKind, Entry, Place, Source, Subscription

NOW = datetime(2022, 1, 9, 10, 57, 14, tzinfo=UTC)
PRIVATE = Place(1001)
GROUP = Place(-100_2001)


def make_entry(**changes: Any) -> Entry:
    facts: dict[str, Any] = {
        "id": "tag:example.org,2022:1",
        "title": "Moscow rules out concessions before talks",
        "link": "https://news.example.org/moscow-talks",
        "summary": "Delegates of NATO and Russia meet in Geneva on Monday.",
        "published": NOW,
    }
    return Entry(**facts | changes)


def make_article(**changes: Any) -> Article:
    facts: dict[str, Any] = {
        "source": 1,
        "source_title": "Spiegel",
        "key": "tag:example.org,2022:1",
        "title": "Moscow rules out concessions before talks",
        "link": "https://news.example.org/moscow-talks",
        "summary": "Delegates of NATO and Russia meet in Geneva on Monday.",
        "published": NOW,
        "seen": NOW,
    }
    return Article(**facts | changes)


def make_source(**changes: Any) -> Source:
    facts: dict[str, Any] = {
        "id": 1,
        "url": "https://news.example.org/feed.xml",
        "title": "Spiegel",
    }
    return Source(**facts | changes)


def make_chat(**changes: Any) -> Chat:
    facts: dict[str, Any] = {"id": PRIVATE.chat, "kind": ChatKind.PRIVATE, "title": "Ada"}
    return Chat(**facts | changes)


def make_subscription(**changes: Any) -> Subscription:
    facts: dict[str, Any] = {
        "id": 1,
        "place": PRIVATE,
        "typed": "NATO",
        "query": "NATO",
        "query_id": 77,
        "created": NOW,
    }
    return Subscription(**facts | changes)


def make_alert(**changes: Any) -> Alert:
    facts: dict[str, Any] = {
        "id": 1,
        "place": PRIVATE,
        "story": 1,
        "article": 1,
        "created": NOW,
    }
    return Alert(**facts | changes)
