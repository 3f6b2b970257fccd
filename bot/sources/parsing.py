"""What a feed document says, cleaned: runs inside the worker process."""

import calendar
import codecs
import io
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import feedparser
from feedparser.mixin import _FeedParserMixin

from bot.domain.errors import FeedError
from bot.domain.model import Entry, Feed
from bot.sources.cleaning import entry_id, plain, plain_title, web_address
from bot.sources.jsonfeed import parse_json_feed
from bot.sources.quiet import skip_days, skip_hours

MOST_ENTRIES = 500
_BAD_REFERENCES = re.compile(rb"&#(?:[xX][dD][89a-fA-F][0-9a-fA-F]{2}|[xX]?[0-9a-fA-F]{7,});")
_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000}
_YEARS = range(1970, 2200)
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

# feedparser would make an address of a guid such as "7"; an id is what the feed says.
_FeedParserMixin.can_be_relative_uri -= {"id"}


def parse_feed(body: bytes, content_type: str | None, url: str) -> Feed:
    """Read RSS, RDF, Atom or JSON Feed.

    Raises:
        FeedError: it is none of them.
    """
    if not body.strip():
        raise FeedError("empty", "there is nothing in it")
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return parse_json_feed(body, url)
    headers = {"content-location": url} if url else {}
    if content_type:
        headers["content-type"] = content_type
    text = _as_utf8(body)
    # Numbers that are no characters raise out of feedparser: they are dropped, the feed is kept.
    found = feedparser.parse(
        io.BytesIO(_BAD_REFERENCES.sub(b"", text)),
        response_headers=headers,
        sanitize_html=False,
    )
    if not found.version and not found.entries:
        raise FeedError("not-a-feed", _what_it_is(body))
    return Feed(
        title=plain_title(found.feed.get("title", "")),
        link=web_address(found.feed.get("link"), url),
        language=_language(found.feed.get("language")),
        format=found.version or "unknown",
        entries=tuple(_entry(one, url) for one in found.entries[:MOST_ENTRIES]),
        ttl=_ttl(found.feed),
        hub=_hub(found.feed, url),
        period=_period(found.feed),
        skip_hours=skip_hours(text),
        skip_days=skip_days(text),
    )


def _as_utf8(body: bytes) -> bytes:
    """UTF-16 that only its byte order mark declares: feedparser takes it for UTF-8."""
    for mark, name in _BOMS:
        if body.startswith(mark) and b"e\0n\0c\0o\0d\0i\0n\0g" not in body[:200]:
            return body.decode(name, "replace").encode()
    return body


def _entry(one: Mapping[str, Any], url: str) -> Entry:
    title = plain_title(one.get("title", ""))
    link = web_address(one.get("link") or _permalink(one), url)
    summary = plain(one.get("summary") or _content(one))
    return Entry(
        id=entry_id(one.get("id"), link, title, summary),
        title=title,
        link=link,
        summary=summary,
        published=_moment(one, "published_parsed") or _moment(one, "updated_parsed"),
        authors=_names(author.get("name") for author in one.get("authors", ())),
        categories=_names(tag.get("term") for tag in one.get("tags", ())),
        image=_image(one, url),
        language=_language(one.get("title_detail", {}).get("language")),
    )


def _content(one: Mapping[str, Any]) -> str:
    return next((str(part.get("value", "")) for part in one.get("content", ())), "")


def _permalink(one: Mapping[str, Any]) -> str | None:
    """An id that is an address, where there is no link."""
    given = str(one.get("id", ""))
    return given if given.startswith(("http://", "https://")) else None


def _moment(one: Mapping[str, Any], key: str) -> datetime | None:
    parts = one[key] if key in one else None  # noqa: SIM401 - `get` guesses from another date
    if not parts or parts[0] not in _YEARS:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parts), UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _image(one: Mapping[str, Any], url: str) -> str | None:
    for key in ("media_content", "media_thumbnail"):
        for media in one.get(key, ()):
            kind = str(media.get("type") or media.get("medium") or "image")
            if kind.startswith("image"):
                return web_address(media.get("url"), url)
    for enclosure in one.get("enclosures", ()):
        if str(enclosure.get("type", "")).startswith("image/"):
            return web_address(enclosure.get("href"), url)
    return None


def _names(values: Iterable[object]) -> tuple[str, ...]:
    found = (plain_title(str(value))[:128] for value in values if value)
    return tuple(dict.fromkeys(name for name in found if name))[:20]


def _language(value: object) -> str | None:
    text = str(value or "").strip().replace("_", "-")
    return text if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text) else None


def _ttl(feed: Mapping[str, Any]) -> int | None:
    minutes = str(feed.get("ttl", "")).strip()
    if minutes.isdecimal() and len(minutes) < 7:
        return int(minutes) * 60
    return None


def _period(feed: Mapping[str, Any]) -> int | None:
    """How often it is published, as it says: a habit (often a program's default), no wish."""
    period = _PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower())
    frequency = str(feed.get("sy_updatefrequency", "1")).strip()
    if period is None:
        return None
    usable = frequency.isdecimal() and len(frequency) < 6
    return period // max(int(frequency) if usable else 1, 1)


def _hub(feed: Mapping[str, Any], url: str) -> str | None:
    links = (link.get("href") for link in feed.get("links", ()) if link.get("rel") == "hub")
    return web_address(next(links, None), url)


def _what_it_is(body: bytes) -> str:
    head = body[:2_000].lower()
    if b"<html" in head or b"<!doctype html" in head:
        return "it is a web page, not a feed"
    return "it is no feed that can be read"
