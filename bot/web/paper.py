"""The paper as web pages, and each page as an Atom feed: server-rendered, without a script.

Only what the catalogue brought is shown: sources that a chat added serve that chat alone.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.domain.days import read_day
from bot.domain.errors import QueryError
from bot.domain.grammar import parse
from bot.domain.model import Article, Section
from bot.domain.trends import DAY
from bot.services.front import FrontPage
from bot.services.read import Reader
from bot.services.searching import Page
from bot.services.trending import Trending
from bot.web.sheets import (
    FARTHEST,
    HEADERS,
    Frame,
    Sheet,
    entries_of,
    long_date,
    page_number,
    turning,
)
from bot.web.trends import LANGUAGE, rows_of
from bot.web.views import by_section, days_beside, item, one_group

EVERYBODY = 0
"""No chat has this id: what serves it is the catalogue."""

PAGE = 30
ARCHIVE = 7
"""Days that the front page leads to."""

MOST_ID = 2**63 - 1
"""What a database takes for a number."""

SEARCHES = 2
"""Searches at once: a stranger's must not take the bell's time."""


class Paper:
    """The pages."""

    def __init__(self, reader: Reader, front: FrontPage, trending: Trending, frame: Frame) -> None:
        self._reader = reader
        self._front_page = front
        self._trending = trending
        self._frame = frame
        self._searching = asyncio.Semaphore(SEARCHES)

    def routes(self) -> tuple[BaseRoute, ...]:
        """Every page, and what they need."""
        both = (
            ("/latest", self._latest),
            ("/category/{section}", self._section),
            ("/date/{day}", self._day),
            ("/story/{story:int}", self._story),
            ("/search", self._search),
        )
        atoms = [Route(f"{path}.atom", endpoint) for path, endpoint in both]
        pages = [Route(path, endpoint) for path, endpoint in both]
        alone = (Route("/", self._front), Route("/date", self._any_day))
        return (
            *alone,
            *atoms,
            *pages,
            Mount("/static", _Static(packages=[("bot.web", "static")])),
        )

    async def _front(self, request: Request) -> Response:
        front = await self._front_page.of(EVERYBODY)
        told = [*front.top, *front.latest, *(one for _, some in front.sections for one in some)]
        counts, today = await self._reader.outlets(told), self._reader.today()
        found = await self._trending.of(DAY, LANGUAGE)
        top = [item(one, counts) for one in front.top]
        more: dict[str, Any] = {
            "here": "front",
            "today": long_date(today),
            "lead": top[0] if top else None,
            "top": top[1:],
            "latest": [item(one, counts) for one in front.latest],
            "groups": [
                (name, [item(one, counts) for one in some]) for name, some in front.sections
            ],
            "rises": rows_of(found),
            "days": [(today - timedelta(days=n)).isoformat() for n in range(ARCHIVE)],
        }
        sheet = Sheet(
            title="Newsbell", path="/latest", template="front.html", more=more,
            entries=entries_of(front.latest),
        )  # fmt: skip
        return self._frame.drawn(request, sheet)

    async def _latest(self, request: Request) -> Response:
        number = page_number(request)
        page = await self._reader.latest(EVERYBODY, number, size=PAGE)
        return await self._list(request, page, "Latest", "/latest")

    async def _section(self, request: Request) -> Response:
        name = request.path_params["section"].removesuffix(".atom")
        found = next((one for one in Section if one.casefold() == name.casefold()), None)
        if found is None:
            return self._frame.nothing(request, "There is no such section.")
        page = await self._reader.section(EVERYBODY, found, page_number(request), size=PAGE)
        path = f"/category/{found.lower()}"
        return await self._list(request, page, str(found), path, here=str(found))

    async def _list(
        self, request: Request, page: Page, title: str, path: str, **more: str
    ) -> Response:
        """A page of articles, newest first."""
        counts = await self._reader.outlets(page.articles)
        values = {
            **more,
            "groups": one_group(page.articles, counts=counts),
            "pages": turning(request, page.number, page.more),
        }
        entries = entries_of(page.articles)
        sheet = Sheet(title=title, path=path, entries=entries, more=values)
        return self._frame.drawn(request, sheet)

    async def _any_day(self, request: Request) -> Response:
        """`/date?day=2022-01-09`, as the form asks; without: today."""
        today = self._reader.today()
        day = read_day(request.query_params.get("day") or "today", today)
        if day is None:
            return self._frame.nothing(request, "There is no such day: try /date/2022-01-09.")
        return RedirectResponse(f"/date/{day}", 303, HEADERS)

    async def _day(self, request: Request) -> Response:
        try:
            day = date.fromisoformat(request.path_params["day"].removesuffix(".atom"))
        except ValueError:
            return self._frame.nothing(request, "There is no such day: try /date/2022-01-09.")
        if not date.min < day < date.max:
            return self._frame.nothing(request, "There is no such day.")
        page = await self._reader.day(EVERYBODY, day, page_number(request), size=PAGE)
        counts = await self._reader.outlets(page.articles)
        more = {
            "groups": by_section(page.articles, counts),
            "days": days_beside(day, self._reader.today()),
            "day": day.isoformat(),
            "subtitle": f"{long_date(day)}, times in UTC",
            "pages": turning(request, page.number, page.more, FARTHEST),
        }
        title, path = f"All news articles on {day}", f"/date/{day}"
        entries = entries_of(page.articles)
        sheet = Sheet(title=title, path=path, entries=entries, more=more)
        return self._frame.drawn(request, sheet)

    async def _story(self, request: Request) -> Response:
        number = request.path_params["story"]
        told = await self._reader.story(EVERYBODY, number) if number <= MOST_ID else []
        if not told:
            return self._frame.nothing(request, "There is no such story, or it is too old.")
        first = item(told[0])
        more: dict[str, Any] = {
            "lead": first,
            "told": [item(one) for one in told],
            "outlets": len({one.source for one in told}),
            "liked": await self._liked(told),
        }
        sheet = Sheet(
            title=first.title, path=f"/story/{first.story}", template="story.html", more=more,
            entries=entries_of(told),
        )  # fmt: skip
        return self._frame.drawn(request, sheet)

    async def _liked(self, told: Sequence[Article]) -> list[Any]:
        found = await self._reader.related(EVERYBODY, told[0].id)
        liked = found[1] if found else []
        counts = await self._reader.outlets(liked)
        return [item(one, counts) for one in liked]

    async def _search(self, request: Request) -> Response:
        words = request.query_params.get("q", "").strip()
        path = f"/search?{urlencode({'q': words})}"
        try:
            query = parse(words) if words else None
        except QueryError as error:
            message = f"Character {error.position}: {error.message}."
            more = {"error": message, "instead": error.suggestion}
            sheet = Sheet(title="Search", path=path, more=more, query=words, status=400)
            return self._frame.drawn(request, sheet)
        if query is None:
            more = {"empty": "Which words shall I look for? For example: Geneva talks -football"}
            return self._frame.drawn(request, Sheet(title="Search", path=path, more=more))
        async with self._searching:
            page = await self._reader.latest(EVERYBODY, page_number(request), query, size=PAGE)
        return self._frame.drawn(request, await self._found(request, page, words, path))

    async def _found(self, request: Request, page: Page, words: str, path: str) -> Sheet:
        counts = await self._reader.outlets(page.articles)
        more: dict[str, Any] = {
            "groups": one_group(page.articles, counts=counts),
            "pages": turning(request, page.number, page.more, q=words),
            "subtitle": "Found in the archive, newest first",
            "empty": "Nothing in the archive meets this query.",
        }
        entries = entries_of(page.articles)
        return Sheet(title=words, path=path, entries=entries, more=more, query=words)


class _Static(StaticFiles):
    """Files of ours, under the same policy as the pages."""

    def file_response(self, *args: Any, **more: Any) -> Response:
        response = super().file_response(*args, **more)
        response.headers.update(HEADERS | {"cache-control": "public, max-age=3600"})
        return response
