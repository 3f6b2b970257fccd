"""The demo newsroom: invented outlets that publish real feeds, one article every few seconds.

Which articles are out at a moment is a function of that moment: nothing is stored.
"""

import json
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import zip_longest
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.model import Section
from bot.domain.ports import CatalogueEntry

EVERY = 5.0
"""Seconds between two publications."""

IN_FEED = 15
_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as written, and who publishes it."""

    outlet: "Outlet"
    title: str
    summary: str
    section: str


@dataclass(frozen=True, slots=True)
class Outlet:
    """An invented newspaper."""

    name: str
    slug: str
    language: str
    format: str


@dataclass(frozen=True, slots=True)
class Item:
    """A published article; `number` counts all publications from 0."""

    number: int
    draft: Draft
    published: datetime


class Newsroom:
    """Publishes drafts in turn from `opened` on; some are out already when it opens."""

    def __init__(self, drafts: Sequence[Draft], opened: datetime, every: float = EVERY) -> None:
        self.drafts = _in_turn(drafts)
        self.every = every
        self.failing = False
        self._opened = opened
        self._already = len({draft.outlet.slug for draft in drafts})

    @property
    def outlets(self) -> list[Outlet]:
        """Each once."""
        return list(dict.fromkeys(draft.outlet for draft in self.drafts))

    def published(self, now: datetime) -> list[Item]:
        """Everything published so far, oldest first, within one round and a half."""
        out = self._already + int(max((now - self._opened).total_seconds(), 0) / self.every)
        start = max(0, out - len(self.drafts) * 3 // 2)
        return [self._item(number) for number in range(start, out)]

    def of(self, slug: str, now: datetime) -> list[Item]:
        """What one outlet's feed holds, newest first."""
        found = [one for one in self.published(now) if one.draft.outlet.slug == slug]
        return found[::-1][:IN_FEED]

    def _item(self, number: int) -> Item:
        seconds = (number - self._already + 1) * self.every
        round_, index = divmod(number, len(self.drafts))
        draft = self.drafts[index]
        if round_:
            draft = Draft(
                draft.outlet, f"{draft.title} ({round_ + 1})", draft.summary, draft.section
            )
        return Item(number, draft, self._opened + timedelta(seconds=seconds))


def read_drafts(text: str) -> list[Draft]:
    """The drafts of a TOML file of outlets."""
    drafts = []
    for one in tomllib.loads(text)["outlet"]:
        outlet = Outlet(one["name"], one["slug"], one["language"], one["format"])
        drafts += [Draft(outlet, a["title"], a["summary"], a["section"]) for a in one["article"]]
    return drafts


def newsroom_sources(room: Newsroom, base: str) -> tuple[CatalogueEntry, ...]:
    """The outlets' feeds, as sources of the catalogue."""
    return tuple(
        CatalogueEntry(
            url=f"{base}/newsroom/{one.slug}.feed",
            title=one.name,
            site=f"{base}/newsroom/{one.slug}",
            section=Section.WORLD,
            language=one.language,
        )
        for one in room.outlets
    )


def newsroom_routes(room: Newsroom, clock: Callable[[], datetime]) -> tuple[Route, ...]:
    """The outlets' feeds, with conditional answers, and a page for each article."""

    async def feed(request: Request) -> Response:
        if room.failing:
            return PlainTextResponse("the newsroom is on strike\n", 503)
        slug = request.path_params["slug"]
        outlet = next((one for one in room.outlets if one.slug == slug), None)
        if outlet is None:
            return PlainTextResponse("no such outlet\n", 404)
        base = f"{request.url.scheme}://{request.url.netloc}"
        body = _WRITERS[outlet.format](outlet, room.of(slug, clock()), base).encode()
        etag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"etag": etag})
        return Response(body, media_type=_TYPES[outlet.format], headers={"etag": etag})

    async def page(request: Request) -> Response:
        number = request.path_params["number"]
        found = next((one for one in room.published(clock()) if one.number == number), None)
        if found is None:
            return PlainTextResponse("no longer here\n", 404)
        return HTMLResponse(_page(found))

    async def home(request: Request) -> Response:
        return PlainTextResponse(f"{request.path_params['slug']}: an invented newspaper\n")

    return (
        Route("/newsroom/{slug}.feed", feed),
        Route("/newsroom/{slug}/{number:int}", page),
        Route("/newsroom/{slug}", home),
    )


def _in_turn(drafts: Sequence[Draft]) -> list[Draft]:
    """One of each outlet, then the next of each: neighbours differ."""
    by_outlet: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_outlet.setdefault(draft.outlet.slug, []).append(draft)
    return [draft for row in zip_longest(*by_outlet.values()) for draft in row if draft]


def _link(item: Item, base: str) -> str:
    return f"{base}/newsroom/{item.draft.outlet.slug}/{item.number}"


def _rss(outlet: Outlet, items: Sequence[Item], base: str) -> str:
    entries = "".join(
        f"<item><guid isPermaLink='false'>newsroom-{one.number}</guid>"
        f"<title>{escape(one.draft.title)}</title><link>{_link(one, base)}</link>"
        f"<description>{escape(one.draft.summary)}</description>"
        f"<category>{escape(one.draft.section)}</category>"
        f"<pubDate>{one.published:%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>"
        for one in items
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>"
        f"<title>{escape(outlet.name)}</title><link>{base}/newsroom/{outlet.slug}</link>"
        f"<description>An invented newspaper</description>"
        f"<language>{outlet.language}</language>{entries}</channel></rss>"
    )


def _atom(outlet: Outlet, items: Sequence[Item], base: str) -> str:
    entries = "".join(
        f"<entry><id>urn:newsroom:{one.number}</id><title>{escape(one.draft.title)}</title>"
        f"<link href='{_link(one, base)}'/><summary>{escape(one.draft.summary)}</summary>"
        f"<category term='{escape(one.draft.section)}'/>"
        f"<published>{one.published:%Y-%m-%dT%H:%M:%SZ}</published>"
        f"<updated>{one.published:%Y-%m-%dT%H:%M:%SZ}</updated></entry>"
        for one in items
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?>"
        f"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='{outlet.language}'>"
        f"<id>urn:newsroom:{outlet.slug}</id><title>{escape(outlet.name)}</title>"
        f"<link href='{base}/newsroom/{outlet.slug}'/>{entries}</feed>"
    )


def _json(outlet: Outlet, items: Sequence[Item], base: str) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{base}/newsroom/{outlet.slug}",
        "language": outlet.language,
        "items": [
            {
                "id": f"newsroom-{one.number}",
                "url": _link(one, base),
                "title": one.draft.title,
                "summary": one.draft.summary,
                "tags": [one.draft.section],
                "date_published": one.published.isoformat(),
            }
            for one in items
        ],
    }
    return json.dumps(feed, ensure_ascii=False)


_WRITERS = {"rss": _rss, "atom": _atom, "json": _json}


def _page(item: Item) -> str:
    draft = item.draft
    title = escape(draft.title)
    return (
        f"<!doctype html><html lang='{draft.outlet.language}'><meta charset='utf-8'>"
        f"<meta name='viewport' content='width=device-width'><title>{title}</title>"
        f"<main dir='auto'><h1>{title}</h1><p>{escape(draft.summary)}</p>"
        f"<p><small>{escape(draft.outlet.name)}, an invented newspaper · "
        f"{item.published:%Y-%m-%d %H:%M} UTC</small></p></main></html>"
    )
