"""What a feed document says, cleaned: runs inside the worker process."""

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import feedparser
from feedparser.mixin import _FeedParserMixin

from bot.domain.errors import FeedError
from bot.domain.model import Entry, Feed
from bot.domain.pushing import Hub
from bot.sources.charsets import as_text
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
from bot.sources.jsonfeed import parse_json_feed
from bot.sources.mending import mended
from bot.sources.rhythm import period, skipped, ttl

MOST_ENTRIES = 500
_HEADERS = {"content-type": "application/xml; charset=utf-8"}
_FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What feedparser raises on documents that are broken in ways of their own (found by mutation)."""

_AUTHOR = 300
"""Characters of an author that are looked at."""

_MAIL = re.compile(r"(?:mailto:)?[^\s@<>()\[\]]+@[\w.-]+")
_AMPERSAND = re.compile(r"&amp;|&amp(?=[A-Za-z])")
_DATES = ("published", "updated", "created")

# feedparser would make an address of a guid such as "7"; an id is what the feed says.
_FeedParserMixin.can_be_relative_uri -= {"id"}


def parse_feed(body: bytes, content_type: str | None, url: str) -> Feed:
    """Read RSS, RDF, Atom, CDF or JSON Feed, at most 500 entries of it.

    Raises:
        FeedError: it is none of them.
    """
    text = as_text(body, content_type)
    if not text.strip():
        raise FeedError("empty", "there is nothing in it")
    if text.lstrip().startswith("{"):
        return parse_json_feed(text, url)
    document = mended(text)
    found = _parsed(document)
    if not found.get("version") and not found.get("entries"):
        raise FeedError("not-a-feed", _what_it_is(text))
    return _feed(found, document, url)


def _parsed(document: str) -> Mapping[str, Any]:
    """What feedparser sees, or the designed error: it breaks on its own dictionaries at times."""
    try:
        found: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(document.encode()),
            response_headers=_HEADERS,
            resolve_relative_uris=False,  # of texts: we keep none of their links
            sanitize_html=False,
        )
    except _FAULTS as error:
        raise FeedError("not-a-feed", "it is too broken to be read") from error
    return found


def _feed(found: Mapping[str, Any], document: str, url: str) -> Feed:
    feed, version = found["feed"], str(found.get("version") or "")
    hours, days = skipped(document)
    loose, count = bool(found.get("bozo")), len(found["entries"])
    came = [_as_read(one) for one in found["entries"][:MOST_ENTRIES]]
    site = web_address(_reference(feed.get("link"), loose=loose), url)
    base = url if version.startswith("atom") else _base(url, site)  # RFC 4287, 2: the document's
    entries = tuple(_entry(one, version, url, base, loose=loose) for one in came)
    return Feed(
        title=plain_title(_words(feed, "title", version)),
        link=site,
        language=language_tag(feed.get("language")),
        format=version or "unknown",
        entries=entries,
        ttl=ttl(feed),
        period=period(feed),
        skip_hours=hours,
        skip_days=days,
        hub=_hub(feed, url),
        cut=cuts(entries, map(_links, came), count),
    )


def _as_read(one: Mapping[str, Any]) -> dict[str, Any]:
    """What feedparser has read of an entry, without what it guesses from something else.

    Its own dictionary takes a microsecond for each look, and more where there is nothing.
    """
    return dict(one)  # of a dict's descendant the items as they are stored


def _base(url: str, site: str | None) -> str:
    """What an entry's address is relative to where no xml:base says it: the feed's own address.

    Or its site's, where the feed is served for it from another host: nothing of the site is there.
    """
    return site if site and _domain(site) != _domain(url) else url


def _domain(url: str) -> list[str]:
    """The last two labels of the host: who serves both serves what is beside the feed."""
    return (urlsplit(url).hostname or "").split(".")[-2:]


def _entry(one: Mapping[str, Any], version: str, url: str, base: str, *, loose: bool) -> Entry:
    title = plain_title(_words(one, "title", version))
    given = _reference(one.get("id"), loose=loose)
    named = web_address(given, url) if given.startswith("/") else given
    link = next((good for some in _links(one) if (good := web_address(some, base))), None)
    said = plain(_words(one, "summary", version) or _content(one, version))
    dates = (moment(one[key]) for key in _DATES if key in one)
    return Entry(
        id=entry_id(named or given, link, title, said),
        title=title,
        link=link,
        summary=said or plain(_content(one, version)),  # where it is a picture alone
        published=next((date for date in dates if date), None),
        authors=_people(one),
        categories=names(tag.get("term") for tag in one.get("tags", ())),
        image=_image(one, base),
        language=language_tag(one.get("title_detail", {}).get("language")),
    )


def _reference(value: object, *, loose: bool) -> str:
    """An id or address; feedparser's parser for broken XML leaves "&amp;" in them, or half of it.

    A feed that is broken at times must have the same ids at all times.
    """
    return _AMPERSAND.sub("&", str(value or "")) if loose else str(value or "")


def _words(one: Mapping[str, Any], key: str, version: str) -> str:
    return _as_markup(one.get(f"{key}_detail") or {"value": one.get(key, "")}, version)


def _as_markup(part: Mapping[str, Any], version: str) -> str:
    """Atom says whether a text is markup (RFC 4287, 3.1); RSS leaves it to us to see.

    In text a "<" is a "<". References are decoded all the same: nobody means "&amp;amp;".
    """
    value = str(part.get("value") or "")
    literal = version.startswith("atom") and part.get("type") == "text/plain"
    return value.replace("<", "&lt;") if literal else value


def _content(one: Mapping[str, Any], version: str) -> str:
    return next((_as_markup(part, version) for part in one.get("content", ())), "")


def _people(one: Mapping[str, Any]) -> tuple[str, ...]:
    """Names without addresses; feedparser takes ".example" for ".exam" and "ple"."""
    authors = one.get("authors", ())
    alone = str(one.get("author") or "")[:_AUTHOR] if len(authors) < 2 else ""
    if "@" in alone:
        return names([_MAIL.sub(" ", alone).strip(" \t\n,;:-()<>[]")])
    return names(author.get("name") for author in authors)


def _links(one: Mapping[str, Any]) -> Iterator[object]:
    """Addresses of the entry, the best first.

    FeedBurner counts clicks on its own and names the real one; a podcast may have nothing but
    its recording.
    """
    yield one.get("feedburner_origlink")
    yield one.get("link")
    yield from (
        link.get("href") for link in one.get("links", ()) if link.get("rel") == "alternate"
    )
    given = str(one.get("id", ""))
    if given.startswith(("http://", "https://", "/")) and one.get("guidislink", True):
        yield given
    yield from (enclosure.get("href") for enclosure in _enclosures(one))


def _image(one: Mapping[str, Any], url: str) -> str | None:
    return next((good for some in _images(one) if (good := web_address(some, url))), None)


def _images(one: Mapping[str, Any]) -> Iterator[object]:
    """What Media RSS, iTunes and enclosures call an image, in this order."""
    for key in ("media_content", "media_thumbnail"):
        for media in one.get(key, ()):
            if str(media.get("type") or media.get("medium") or "image").startswith("image"):
                yield media.get("url")
    yield one.get("image", {}).get("href")
    for enclosure in _enclosures(one):
        if str(enclosure.get("type", "")).startswith("image/"):
            yield enclosure.get("href")


def _enclosures(one: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [link for link in one.get("links", ()) if link.get("rel") == "enclosure"]


def _hub(feed: Mapping[str, Any], url: str) -> Hub | None:
    named = {link.get("rel"): link.get("href") for link in reversed(feed.get("links", ()))}
    hub = web_address(named.get("hub"), url)
    return Hub(hub, web_address(named.get("self"), url) or url) if hub else None


def _what_it_is(text: str) -> str:
    head = text[:2_000].lower()
    if "<html" in head or "<!doctype html" in head:
        return "it is a web page, not a feed"
    return "it is no feed that can be read"
