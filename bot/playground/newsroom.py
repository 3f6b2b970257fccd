"""The demo newsroom: invented outlets that publish real feeds, one article every few seconds.

Which articles are out at a moment is a function of that moment (`schedule`): nothing is stored.
"""

import tomllib
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import blake2b

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.model import Section
from bot.domain.ports import CatalogueEntry
from bot.playground import schedule
from bot.playground.newsfeeds import MEDIA_TYPES, STYLE, write_feed, write_page
from bot.playground.schedule import Draft, Item, Outlet

EVERY = 5.0
"""Seconds between two publications."""

IN_FEED = 15
REMEMBERED = 200
"""How many articles keep their page."""

_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"


class Newsroom:
    """Publishes drafts in order from `opened` on; the first of each outlet is out already.

    Somebody may pause it, have it publish at once, or make its feeds fail.
    """

    def __init__(self, drafts: Sequence[Draft], opened: datetime, every: float = EVERY) -> None:
        self.drafts = list(drafts)
        self.every = every
        self.failing = False
        self._schedule = schedule.opening(opened, len(self.outlets), every)

    @property
    def outlets(self) -> list[Outlet]:
        """Each once."""
        return list(dict.fromkeys(draft.outlet for draft in self.drafts))

    @property
    def paused(self) -> bool:
        """Whether nothing is published by itself."""
        return schedule.is_paused(self._schedule)

    def pause(self, now: datetime, *, on: bool) -> None:
        """Stop publishing, or go on."""
        if on != self.paused:
            change = schedule.paused if on else schedule.resumed
            self._schedule = change(self._schedule, now)

    def publish(self, now: datetime) -> None:
        """Publish the next article at once."""
        self._schedule = schedule.pressed(self._schedule, now)

    def published(self, now: datetime) -> list[Item]:
        """What is out, oldest first: the newest two hundred."""
        return schedule.items(self._schedule, self.drafts, now, REMEMBERED)

    def of(self, slug: str, now: datetime) -> list[Item]:
        """What one outlet's feed holds, newest first."""
        found = [one for one in self.published(now) if one.draft.outlet.slug == slug]
        return found[::-1][:IN_FEED]


def read_drafts(text: str) -> list[Draft]:
    """The drafts of a TOML file with `outlet` and `article` tables, in its order."""
    found = tomllib.loads(text)
    outlets = {one["slug"]: Outlet(**one) for one in found["outlet"]}
    return [Draft(**one | {"outlet": outlets[one["outlet"]]}) for one in found["article"]]


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
        body = write_feed(outlet, room.of(slug, clock()), base)
        return _unless_known(request, body, MEDIA_TYPES[outlet.format])

    async def page(request: Request) -> Response:
        asked = request.path_params["number"], request.path_params["slug"]
        out = room.published(clock())
        found = next((one for one in out if (one.number, one.draft.outlet.slug) == asked), None)
        if found is None:
            return PlainTextResponse("no longer here\n", 404)
        return HTMLResponse(write_page(found), headers={"content-security-policy": _POLICY})

    return (
        Route("/newsroom/{slug}.feed", feed),
        Route("/newsroom/article.css", _style),
        Route("/newsroom/{slug}/{number:int}", page),
        Route("/newsroom/{slug}", _home),
    )


def _unless_known(request: Request, body: bytes, media_type: str) -> Response:
    """The body, or 304 to somebody who has it."""
    headers = {"etag": f'"{blake2b(body, digest_size=8).hexdigest()}"'}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


async def _style(_request: Request) -> Response:
    return Response(STYLE, media_type="text/css")


async def _home(request: Request) -> Response:
    return PlainTextResponse(f"{request.path_params['slug']}: an invented newspaper\n")
