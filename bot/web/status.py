"""/status for people, /metrics for Prometheus: the figures that storage gives."""

from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain.figures import Freshness
from bot.domain.ports import Clock, Storage
from bot.web.sheets import Frame, Sheet
from bot.web.views import bars, moment

HOURS = 24
TALL = 80


class StatusPages:
    """How fresh the news is, and how the bell does."""

    def __init__(self, storage: Storage, clock: Clock, frame: Frame) -> None:
        self._storage = storage
        self._clock = clock
        self._frame = frame

    def routes(self) -> tuple[Route, ...]:
        """Both pages."""
        return Route("/status", self._status), Route("/metrics", self._metrics)

    async def _status(self, request: Request) -> Response:
        now = self._clock()
        async with self._storage.read() as tx:
            figures = await tx.status.freshness(None, now)
            hours = await tx.status.alerts_per_hour(now, HOURS)
            troubled = await tx.status.troubled(20)
        more = {
            "here": "status",
            "figures": _figures(figures, now),
            "hours": hours,
            "bars": bars(hours, TALL),
            "most": max(hours, default=0),
            "first": f"{now - timedelta(hours=HOURS):%H:%M}",
            "last": f"{now:%H:%M}",
            "failing": [(one.title, one.error) for one in troubled],
        }
        sheet = Sheet(title="Status", path="/status", template="status.html", more=more)
        return self._frame.drawn(request, sheet)

    async def _metrics(self, _request: Request) -> Response:
        now = self._clock()
        async with self._storage.read() as tx:
            figures = await tx.status.freshness(None, now)
        return Response(metrics_of(figures, now), 200, None, CONTENT_TYPE_LATEST)


def metrics_of(figures: Freshness, now: datetime) -> bytes:
    """The figures in Prometheus' text format; what is unknown is left out."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    for name, what, value in (
        ("sources", "Sources that are polled", figures.sources),
        ("sources_failing", "Sources whose last poll failed", figures.failing),
        ("articles_24h", "Articles first seen in 24 hours", figures.articles_24h),
        ("alerts_24h", "Alerts sent in 24 hours", figures.alerts_24h),
        ("alerts_queued", "Alerts that wait", figures.queued),
        ("alerts_dead", "Alerts that Telegram refused for good", figures.dead),
        ("subscriptions", "Subscriptions", figures.subscriptions),
        ("chats", "Chats that can be reached", figures.chats),
        ("oldest_queued_seconds", "Age of the alert that waits longest", _age(figures, now)),
        ("last_article_seconds", "Age of the newest article", _last(figures, now)),
    ):
        if value is not None:
            Gauge(f"newsbell_{name}", what, registry=registry).set(value)
    return generate_latest(registry)


def _age(figures: Freshness, now: datetime) -> float | None:
    oldest = figures.oldest_queued
    return 0.0 if oldest is None else (now - oldest).total_seconds()


def _last(figures: Freshness, now: datetime) -> float | None:
    return None if figures.last_article is None else (now - figures.last_article).total_seconds()


def _figures(figures: Freshness, now: datetime) -> list[tuple[str, str]]:
    last, oldest = figures.last_article, figures.oldest_queued
    return [
        ("Last article", moment(last) if last else "none yet"),
        ("Articles in 24 hours", str(figures.articles_24h)),
        ("Sources", f"{figures.sources}, {figures.failing} with trouble"),
        ("Alerts in 24 hours", str(figures.alerts_24h)),
        ("Alerts waiting", str(figures.queued)),
        ("The longest waits", f"{(now - oldest).total_seconds():.0f} s" if oldest else "nobody"),
        ("Refused for good", str(figures.dead)),
    ]
