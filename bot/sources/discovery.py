"""The feeds that a page names. Runs in the parse worker only: pages are as hostile as feeds."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import regex

TYPES = frozenset(
    {
        "application/atom+xml",
        "application/feed+json",
        "application/json",
        "application/rdf+xml",
        "application/rss+xml",
    }
)
MOST = 5
"""Addresses that are tried at most: a page may name a feed for each of a thousand tags."""

_MOST_CHARACTERS = 500_000
_TAG = regex.compile(r"<(?:link|a|base)\s[^<>]{1,2000}+>", regex.IGNORECASE)
"""html.parser sees these tags alone: whole pages make it raise (`<![CDA[`) or take 40 s (`<a`)."""

_TELLING = ("rss", "atom.xml", "feed")


def feeds_of_page(text: str, url: str) -> tuple[str, ...]:
    """Addresses of feeds, those the page declares first, then links that look like feeds.

    At most `MOST`, absolute, http and https alone.
    """
    page = _Page(url)
    for tag in _TAG.finditer(text[:_MOST_CHARACTERS]):
        page.feed(tag.group())
    found = dict.fromkeys([*page.declared, *page.linked])
    return tuple(one for one in found if one.startswith(("http://", "https://")))[:MOST]


class _Page(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._base = url
        self.declared: list[str] = []
        self.linked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        href = values.get("href", "").strip()
        if not href:
            return
        if tag == "base":
            self._base = self._absolute(href)
        elif tag == "link" and _declares(values):
            self.declared.append(self._absolute(href))
        elif tag == "a" and any(one in href.casefold() for one in _TELLING):
            self.linked.append(self._absolute(href))

    def _absolute(self, href: str) -> str:
        try:
            return urljoin(self._base, href)
        except ValueError:  # a bracket that opens no IPv6 address
            return ""


def _declares(values: dict[str, str]) -> bool:
    kind = values.get("type", "").partition(";")[0].strip().casefold()
    relation = values.get("rel", "").casefold().split()
    return ("alternate" in relation and kind in TYPES) or "feed" in relation
