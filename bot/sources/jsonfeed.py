"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1); the released feedparser has none."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.domain.errors import FeedError
from bot.domain.model import Entry, Feed
from bot.sources.cleaning import entry_id, plain, plain_title, web_address

MOST_ENTRIES = 500


def parse_json_feed(body: bytes, url: str) -> Feed:
    """Read a JSON Feed.

    Raises:
        FeedError: it is no JSON, or no JSON Feed.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FeedError("not-a-feed", "it is no feed that can be read") from error
    version = str(found.get("version", "")) if isinstance(found, dict) else ""
    if "jsonfeed.org/version/" not in version or not isinstance(found.get("items"), list):
        raise FeedError("not-a-feed", "it is JSON, but no JSON Feed")
    items = [one for one in found["items"] if isinstance(one, dict)]
    hubs = [hub.get("url") for hub in _dicts(found.get("hubs"))]
    return Feed(
        title=plain_title(str(found.get("title") or "")),
        link=web_address(found.get("home_page_url"), url),
        language=_text(found.get("language")) or None,
        format="json11" if version.endswith("1.1") else "json1",
        entries=tuple(_entry(one, url) for one in items[:MOST_ENTRIES]),
        hub=web_address(next(iter(hubs), None), url),
    )


def _entry(one: Mapping[str, Any], url: str) -> Entry:
    title = plain_title(_text(one.get("title")))
    content = _text(one.get("content_text")) or _text(one.get("content_html"))
    summary = plain(_text(one.get("summary")) or content)
    link = web_address(one.get("url") or one.get("external_url"), url)
    people = _dicts(one.get("authors")) or _dicts([one.get("author")])
    return Entry(
        id=entry_id(one.get("id"), link, title, summary),
        title=title,
        link=link,
        summary=summary,
        published=_moment(one.get("date_published")) or _moment(one.get("date_modified")),
        authors=tuple(
            name for person in people if (name := plain_title(_text(person.get("name"))))
        ),
        categories=tuple(
            plain_title(tag) for tag in one.get("tags") or () if isinstance(tag, str)
        ),
        image=web_address(one.get("image") or one.get("banner_image"), url),
        language=_text(one.get("language")) or None,
    )


def _moment(value: object) -> datetime | None:
    """RFC 3339."""
    try:
        found = datetime.fromisoformat(_text(value))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
