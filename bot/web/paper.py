"""The paper as web pages, and each page as an Atom feed: server-rendered, without a script.

Only what the catalogue brought is shown: sources that a chat added serve that chat alone.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import DictLoader, Environment
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.domain.errors import QueryError
from bot.domain.grammar import parse
from bot.domain.model import Article, Section
from bot.services.read import Reader
from bot.web.views import by_section, days_beside, item, one_group, shown_at

EVERYBODY = 0
"""No chat has this id: what serves it is the catalogue."""

PAGE = 30
MOST_PAGES = 100
SEARCHES = 2
"""Searches at once: a stranger's must not take the bell's time."""

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "public, max-age=30",
}
_ATOM = "application/atom+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page before it is drawn; the same as HTML and as Atom."""

    title: str
    path: str  # without `.atom`
    articles: Sequence[Article] = ()
    more: dict[str, Any]
    query: str = ""
    status: int = 200


def open_templates() -> Environment:
    """The templates, escaping everything."""
    folder = files("bot.web").joinpath("templates")
    texts = {one.name: one.read_text("utf-8") for one in folder.iterdir()}
    return Environment(loader=DictLoader(texts), autoescape=True, trim_blocks=True)


class Paper:
    """The pages."""

    def __init__(self, reader: Reader, templates: Environment) -> None:
        self._reader = reader
        self._templates = templates
        self._searching = asyncio.Semaphore(SEARCHES)

    def routes(self) -> tuple[BaseRoute, ...]:
        """Every page, and what they need."""
        pages = (
            ("/", self._latest),
            ("/latest", self._latest),
            ("/category/{section}", self._section),
            ("/date/{day}", self._day),
            ("/story/{story:int}", self._story),
            ("/search", self._search),
        )
        both = [Route(path, endpoint) for path, endpoint in pages]
        atoms = [Route(f"{path}.atom", endpoint) for path, endpoint in pages[1:]]
        return (*atoms, *both, Mount("/static", _static()))

    async def _latest(self, request: Request) -> Response:
        number = _number(request)
        page = await self._reader.latest(EVERYBODY, number, size=PAGE)
        more = {"groups": one_group(page.articles), "pages": _turning(request, number, page.more)}
        sheet = Sheet(title="Latest", path="/latest", articles=page.articles, more=more)
        return self._drawn(request, sheet)

    async def _section(self, request: Request) -> Response:
        name = request.path_params["section"].removesuffix(".atom")
        found = next((one for one in Section if one.casefold() == name.casefold()), None)
        if found is None:
            return self._nothing(request, "There is no such section.")
        number = _number(request)
        page = await self._reader.section(EVERYBODY, found, number, size=PAGE)
        more = {
            "groups": one_group(page.articles),
            "here": str(found),
            "pages": _turning(request, number, page.more),
        }
        path = f"/category/{found.lower()}"
        sheet = Sheet(title=str(found), path=path, articles=page.articles, more=more)
        return self._drawn(request, sheet)

    async def _day(self, request: Request) -> Response:
        try:
            day = date.fromisoformat(request.path_params["day"].removesuffix(".atom"))
        except ValueError:
            return self._nothing(request, "There is no such day: try /date/2022-01-09.")
        number, today = _number(request), self._reader.today()
        if not date.min < day < date.max:
            return self._nothing(request, "There is no such day.")
        page = await self._reader.day(EVERYBODY, day, number, size=PAGE)
        more = {
            "groups": by_section(page.articles),
            "days": days_beside(day, today),
            "pages": _turning(request, number, page.more),
        }
        title, path = f"All news articles on {day}", f"/date/{day}"
        sheet = Sheet(title=title, path=path, articles=page.articles, more=more)
        return self._drawn(request, sheet)

    async def _story(self, request: Request) -> Response:
        told = await self._reader.story(EVERYBODY, request.path_params["story"])
        if not told:
            return self._nothing(request, "There is no such story, or it is too old.")
        found = await self._reader.related(EVERYBODY, told[0].id)
        liked = found[1] if found else []
        more: dict[str, Any] = {
            "groups": (
                *one_group(told, f"Told by {len({one.source for one in told})}"),
                *one_group(liked, "You may like"),
            )
        }
        title, path = item(told[0]).title, f"/story/{told[0].story}"
        return self._drawn(request, Sheet(title=title, path=path, articles=told, more=more))

    async def _search(self, request: Request) -> Response:
        words = request.query_params.get("q", "").strip()
        path = f"/search?{urlencode({'q': words})}"
        try:
            query = parse(words) if words else None
        except QueryError as error:
            more = {"error": f"{error.message} (character {error.position})"}
            sheet = Sheet(title="Search", path=path, more=more, query=words, status=400)
            return self._drawn(request, sheet)
        if query is None:
            more = {"empty": "Which words shall I look for? For example: Geneva talks -football"}
            return self._drawn(request, Sheet(title="Search", path=path, more=more))
        number = _number(request)
        async with self._searching:
            page = await self._reader.latest(EVERYBODY, number, query, size=PAGE)
        found: dict[str, Any] = {
            "groups": one_group(page.articles),
            "pages": _turning(request, number, page.more, q=words),
            "empty": "Nothing in the archive meets this query.",
        }
        sheet = Sheet(title=words, path=path, articles=page.articles, more=found, query=words)
        return self._drawn(request, sheet)

    def _nothing(self, request: Request, sentence: str) -> Response:
        more = {"error": sentence}
        return self._drawn(
            request, Sheet(title="Not found", path=request.url.path, more=more, status=404)
        )

    def _drawn(self, request: Request, sheet: Sheet) -> Response:
        """As Atom where the address ends so, else as HTML."""
        if request.url.path.endswith(".atom") and sheet.status == 200:
            return self._atom(request, sheet)
        name, question, rest = sheet.path.partition("?")
        values = {
            "title": sheet.title,
            "feed": f"{name}.atom{question}{rest}" if sheet.articles else None,
            "sections": tuple(Section),
            "groups": (),
            "empty": "Nothing here yet.",
            "query": sheet.query,
        }
        text = self._templates.get_template("articles.html").render(values | sheet.more)
        return Response(text, sheet.status, HEADERS, "text/html")

    def _atom(self, request: Request, sheet: Sheet) -> Response:
        newest = max(map(shown_at, sheet.articles), default=None)
        text = self._templates.get_template("feed.atom").render(
            title=sheet.title,
            base=str(request.base_url).rstrip("/"),
            path=str(request.url)[len(str(request.base_url)) - 1 :],
            updated=f"{newest:%Y-%m-%dT%H:%M:%SZ}" if newest else "1970-01-01T00:00:00Z",
            articles=[item(one) for one in sheet.articles],
        )
        return Response(text, 200, HEADERS, _ATOM)


def _static() -> StaticFiles:
    return StaticFiles(packages=[("bot.web", "static")])


def _number(request: Request) -> int:
    """The page, counted from 0."""
    text = request.query_params.get("page", "0")
    return min(int(text), MOST_PAGES) if text.isascii() and text.isdecimal() else 0


def _turning(request: Request, number: int, more: bool, **keep: str) -> dict[str, str | None]:
    """Addresses of the pages beside this one."""

    def at(page: int) -> str:
        return f"{request.url.path}?{urlencode({**keep, 'page': page})}"

    return {
        "before": at(number - 1) if number else None,
        "after": at(number + 1) if more and number < MOST_PAGES else None,
    }
