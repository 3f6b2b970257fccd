"""Where Telegram brings updates instead of being asked: an unguessable path, a secret header."""

from collections.abc import Awaitable, Callable
from hashlib import blake2b
from hmac import compare_digest
from json import JSONDecodeError
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

HEADER = "x-telegram-bot-api-secret-token"
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
        if not _same(request.headers.get(HEADER, ""), self._secret):
            return Response(status_code=403)
        try:
            update = await request.json()
        except (JSONDecodeError, UnicodeDecodeError):
            return Response(status_code=400)
        await self._take(update)
        return Response(status_code=200)


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode())
