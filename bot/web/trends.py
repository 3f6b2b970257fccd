"""/trends as a page: each term with its rise, one tap from its articles."""

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain.model import Section
from bot.domain.trends import DAY, WEEK
from bot.services.trending import Trending
from bot.web.paper import HEADERS

_TALL = 22
LANGUAGE = "en"
"""The pages are in English; names count in every language."""


class TrendsPage:
    """What rises, of a day or a week."""

    def __init__(self, trending: Trending, templates: Environment) -> None:
        self._trending = trending
        self._templates = templates

    def routes(self) -> tuple[Route, ...]:
        """The page."""
        return (Route("/trends", self._page),)

    async def _page(self, request: Request) -> Response:
        span = "7d" if request.query_params.get("span") == "7d" else "24h"
        found = await self._trending.of(WEEK if span == "7d" else DAY, LANGUAGE)
        young = "What is usual is known after three days of reading; please come back."
        rises = [
            {
                "label": one.label,
                "asked": one.query.text,
                "count": one.trend.count,
                "bars": _bars(one.trend.series),
            }
            for one in found.rises
        ]
        text = self._templates.get_template("trends.html").render(
            title=f"Trends {span}",
            here="trends",
            sections=tuple(Section),
            span=span,
            rises=[] if found.young else rises,
            empty=young if found.young else "Nothing rises above its usual level.",
        )
        return Response(text, 200, HEADERS, "text/html")


def _bars(counts: tuple[int, ...]) -> list[dict[str, float]]:
    most = max(counts, default=0) or 1
    heights = [max(round(_TALL * count / most, 1), 0.5) for count in counts]
    return [
        {"x": 10 * n + 1, "y": round(24 - height, 1), "height": height}
        for n, height in enumerate(heights)
    ]
