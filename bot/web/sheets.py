"""How every page is drawn: one frame, one policy, as HTML and as Atom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import DictLoader, Environment
from starlette.requests import Request
from starlette.responses import Response

from bot.domain.model import Article, Section
from bot.domain.paging import LAST_PAGE
from bot.web.views import Entry, entry_of

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
FARTHEST = 10_000
"""Pages of a day, beyond which nothing is: a number in an address may be any."""

_CUT = "Pages end here. Ask more narrowly, or for a day, to see what is older."
_ATOM = "application/atom+xml"
_NEVER = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page before it is drawn; `template` and `more` say what stands on it."""

    title: str
    path: str  # without `.atom`
    template: str = "articles.html"
    entries: Sequence[Entry] = ()  # of its feed
    more: Mapping[str, Any]
    query: str = ""
    status: int = 200


def open_templates() -> Environment:
    """The templates, escaping everything."""
    folder = files("bot.web").joinpath("templates")
    texts = {one.name: one.read_text("utf-8") for one in folder.iterdir()}
    return Environment(
        loader=DictLoader(texts), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


class Frame:
    """Draws sheets."""

    def __init__(self, templates: Environment) -> None:
        self._templates = templates

    def drawn(self, request: Request, sheet: Sheet) -> Response:
        """As Atom where the address ends so, else as HTML."""
        if request.url.path.endswith(".atom") and sheet.status == 200:
            return self._atom(request, sheet)
        name, question, rest = sheet.path.partition("?")
        values = {
            "title": sheet.title,
            "feed": f"{name}.atom{question}{rest}" if sheet.entries else None,
            "sections": tuple(Section),
            "groups": (),
            "empty": "Nothing here yet.",
            "query": sheet.query,
        }
        text = self._templates.get_template(sheet.template).render(values | dict(sheet.more))
        return Response(text, sheet.status, HEADERS, "text/html")

    def nothing(self, request: Request, sentence: str) -> Response:
        """What cannot be shown, told in a sentence."""
        path, more = request.url.path, {"error": sentence}
        return self.drawn(request, Sheet(title="Not found", path=path, more=more, status=404))

    def _atom(self, request: Request, sheet: Sheet) -> Response:
        base = str(request.base_url).rstrip("/")
        text = self._templates.get_template("feed.atom").render(
            title=sheet.title,
            base=base,
            path=str(request.url)[len(base) :],
            page=sheet.path,
            updated=max((one.iso for one in sheet.entries), default=_NEVER),
            entries=sheet.entries,
        )
        return Response(text, 200, HEADERS, _ATOM)


def entries_of(articles: Sequence[Article]) -> tuple[Entry, ...]:
    """A feed's entries: one an article."""
    return tuple(map(entry_of, articles))


def page_number(request: Request) -> int:
    """The page, counted from 0."""
    text = request.query_params.get("page", "0")
    return min(int(text), FARTHEST) if text.isascii() and text.isdecimal() else 0


def turning(
    request: Request, number: int, more: bool, last: int = LAST_PAGE, **keep: str
) -> dict[str, str | None]:
    """Addresses of the pages beside this one; `cut`: why there is none where there is more."""

    def at(page: int) -> str:
        return f"{request.url.path}?{urlencode({**keep, 'page': page})}"

    return {
        "before": at(number - 1) if number else None,
        "after": at(number + 1) if more and number < last else None,
        "cut": _CUT if more and number >= last else None,
    }


def long_date(day: date) -> str:
    """`Sunday, 9 January 2022`, whatever the machine's locale."""
    return f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
