"""/trends as a page: each term with its rise, one tap from its articles."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain.trends import DAY, WEEK
from bot.services.trending import Trending, Trends
from bot.web.sheets import Frame, Sheet
from bot.web.views import Entry, bars

LANGUAGE = "en"
"""The pages are in English; names count in every language."""

TALL = 24
_YOUNG = "What is usual is known after three days of reading; please come back."
_COUNTING = "The headlines of two weeks are being counted; please come back in a minute."
_CALM = "Nothing rises above its usual level."


@dataclass(frozen=True, slots=True)
class Row:
    """A rising term on a page."""

    label: str
    link: str
    count: int
    bars: Sequence[dict[str, float]]


class TrendsPage:
    """What rises, of a day or a week."""

    def __init__(self, trending: Trending, frame: Frame) -> None:
        self._trending = trending
        self._frame = frame

    def routes(self) -> tuple[Route, ...]:
        """The page and its feed."""
        return Route("/trends.atom", self._page), Route("/trends", self._page)

    async def _page(self, request: Request) -> Response:
        span = "7d" if request.query_params.get("span") == "7d" else "24h"
        found = await self._trending.of(WEEK if span == "7d" else DAY, LANGUAGE)
        rows = rows_of(found)
        more = {
            "here": "trends",
            "span": span,
            "rises": rows,
            "at": f"{found.at:%H:%M} UTC" if found else "",
            "empty": _why_empty(found),
        }
        sheet = Sheet(
            title=f"Trends {span}", path=f"/trends?span={span}", template="trends.html", more=more,
            entries=[_entry(one, found) for one in rows] if found else [],
        )  # fmt: skip
        return self._frame.drawn(request, sheet)


def rows_of(found: Trends | None) -> list[Row]:
    """The terms as pages show them; none while nobody knows what is usual."""
    return [
        Row(
            label=one.label,
            link=f"/search?{urlencode({'q': one.query.text})}",
            count=one.trend.count,
            bars=bars(one.trend.series, TALL),
        )
        for one in (() if found is None or found.young else found.rises)
    ]


def _why_empty(found: Trends | None) -> str:
    if found is None:
        return _COUNTING
    return _YOUNG if found.young else _CALM


def _entry(row: Row, found: Trends) -> Entry:
    return Entry(
        id=f"{row.link}#{found.at:%Y-%m-%d}",
        title=row.label,
        link=row.link,
        text=f"{row.count} articles, above the usual level.",
        author="Newsbell",
        iso=f"{found.at:%Y-%m-%dT%H:%M:%SZ}",
        section=None,
    )
