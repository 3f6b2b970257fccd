"""/healthz: the process lives and its loop turns. /readyz: it does its work."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

Check = Callable[[], Awaitable[str | None]]
"""Returns what is missing, None when all is well."""


def health_routes(check: Check) -> tuple[Route, ...]:
    """Liveness and readiness, as orchestrators and people at 3 a.m. ask for them."""

    async def healthz(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> PlainTextResponse:
        missing = await check()
        if missing is None:
            return PlainTextResponse("ready\n")
        return PlainTextResponse(f"{missing}\n", status_code=503)

    return Route("/healthz", healthz), Route("/readyz", readyz)
