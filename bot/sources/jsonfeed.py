"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1); the released feedparser has none.

Versions to come are read as 1.1: what they call otherwise is missing.

Nothing is believed to have the type it should have: a field of another type is a missing one.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.domain.errors import FeedError
from bot.domain.model import Entry, Feed
from bot.domain.pushing import Hub
from bot.sources.cleaning import (
    cuts,
    entry_id,
    language_tag,
    names,
    plain,
    plain_title,
    web_address,
)
from bot.sources.dates import moment

MOST_ENTRIES = 500
_FORMATS = {"1": "json1", "1.0": "json1", "1.1": "json11"}
_VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/([0-9][0-9.]{0,9})/?")


def parse_json_feed(text: str, url: str) -> Feed:
    """Read a JSON Feed, at most 500 items of it.

    Raises:
        FeedError: it is no JSON, or no JSON Feed.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FeedError("not-a-feed", "it is no feed that can be read") from error
    version = _text(found.get("version")) if isinstance(found, dict) else ""
    number = _VERSION.fullmatch(version)
    if number is None or not isinstance(found.get("items"), list):
        raise FeedError("not-a-feed", "it is JSON, but no JSON Feed")
    hubs = (_text(hub.get("url")) for hub in _dicts(found.get("hubs")))
    hub = web_address(next(hubs, None), url)
    topic = web_address(_text(found.get("feed_url")), url) or url
    came = _dicts(found["items"])
    entries = tuple(_entry(one, url) for one in came[:MOST_ENTRIES])
    return Feed(
        title=plain_title(_text(found.get("title"))),
        link=web_address(_text(found.get("home_page_url")), url),
        language=language_tag(_text(found.get("language"))),
        format=_FORMATS.get(number[1], "json"),
        entries=entries,
        hub=Hub(hub, topic) if hub else None,
        cut=cuts(entries, ([one.get("url")] for one in came), len(came)),
    )


def _entry(one: Mapping[str, Any], url: str) -> Entry:
    text = {key: _text(value) for key, value in one.items()}
    title = plain_title(_literal(text.get("title", "")))
    content = _literal(text.get("content_text", "")) or text.get("content_html", "")
    said = plain(_literal(text.get("summary", "")) or content)
    link = web_address(text.get("url") or text.get("external_url"), url)
    people = _dicts(one.get("authors")) or _dicts([one.get("author")])
    tags = one.get("tags")
    return Entry(
        id=entry_id(_id(one.get("id")), link, title, said),
        title=title,
        link=link,
        summary=said or plain(content),
        published=moment(text.get("date_published")) or moment(text.get("date_modified")),
        authors=names(_text(person.get("name")) for person in people),
        categories=names(_text(tag) for tag in tags) if isinstance(tags, list) else (),
        image=web_address(text.get("image") or text.get("banner_image"), url),
        language=language_tag(text.get("language")),
    )


def _id(value: object) -> str:
    """A string; a number is taken for one, as the specification asks."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if number else _text(value)


def _literal(text: str) -> str:
    """All but content_html is plain text: a "<" is a "<"."""
    return text.replace("<", "&lt;")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
