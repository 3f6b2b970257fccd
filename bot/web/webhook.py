"""Where Telegram brings updates instead of being asked: an unguessable path, a secret header."""

from collections.abc import Awaitable, Callable
from hashlib import blake2b
from hmac import compare_digest
from json import loads
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

HEADER = "x-telegram-bot-api-secret-token"
MOST_BYTES = 1_000_000
Take = Callable[[Any], Awaitable[None]]


def path_of(secret: str) -> str:
    """The webhook's path: only who has the secret can work it out."""
    digest = blake2b(secret.encode(), digest_size=16, person=b"newsbell-path").hexdigest()
    return f"/telegram/{digest}"


class Inbox:
    """Closed until it is told its secret and who takes the updates."""

    def __init__(self) -> None:
        self._secret = ""
        self._take: Take | None = None

    def open(self, secret: str, take: Take) -> None:
        """Take updates from now on."""
        self._secret, self._take = secret, take

    def routes(self) -> tuple[Route, ...]:
        """The one address."""
        return (Route("/telegram/{path}", self._receive, methods=["POST"]),)

    async def _receive(self, request: Request) -> Response:
        if self._take is None or not _same(request.url.path, path_of(self._secret)):
            return Response(status_code=404)
        given = request.headers.getlist(HEADER)
        if len(given) != 1 or not _same(given[0], self._secret):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            update = loads(body)
        except (ValueError, RecursionError):
            return Response(status_code=400)
        if not isinstance(update, dict):
            return Response(status_code=400)
        await self._take(update)
        return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """What was brought; None where it is larger than any update (reliability: W1)."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode())
