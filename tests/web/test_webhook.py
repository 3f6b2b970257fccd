"""The webhook: only who knows the path and the secret brings anything (W1)."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.web.webhook import HEADER, MOST_BYTES, Inbox, path_of

SECRET = "s" * 40
UPDATE = b'{"update_id": 1}'
RIGHT = [(HEADER, SECRET)]
Headers = list[tuple[str, str]]


class Door:
    """An inbox and what came in."""

    def __init__(self) -> None:
        self.updates: list[Any] = []
        self.inbox = Inbox()
        self.inbox.open(SECRET, self.take)

    async def take(self, update: Any) -> None:
        self.updates.append(update)

    async def bring(
        self,
        headers: Headers,
        body: bytes | AsyncIterator[bytes] = UPDATE,
        path: str = path_of(SECRET),
    ) -> tuple[int, int]:
        """The status and how many updates were taken."""
        transport = httpx.ASGITransport(app=Starlette(routes=self.inbox.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://bot.example") as client:
            answer = await client.post(path, content=body, headers=headers)
        return answer.status_code, len(self.updates)


async def test_an_update_with_path_and_secret_is_taken() -> None:
    door = Door()
    assert (await door.bring(RIGHT), door.updates) == ((200, 1), [{"update_id": 1}])


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(HEADER, "")],
        [(HEADER, "wrong")],
        [(HEADER, SECRET[:-1])],
        [(HEADER, SECRET + "s")],
        [(HEADER, "s" * 60_000)],
        [(HEADER, SECRET), (HEADER, SECRET)],
        [(HEADER, SECRET), (HEADER, "wrong")],
        [(HEADER, f"{SECRET},{SECRET}")],
        [("x-telegram-bot-api-secret", SECRET)],
    ],
    ids=[
        "missing",
        "empty",
        "wrong",
        "short",
        "one longer",
        "long",
        "twice",
        "two",
        "list",
        "name",
    ],
)
async def test_any_other_header_is_refused_and_no_handler_runs(headers: Headers) -> None:
    assert await Door().bring(headers) == (403, 0)


async def test_a_secret_of_other_letters_is_refused() -> None:
    transport = httpx.ASGITransport(app=Starlette(routes=Door().inbox.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.example") as client:
        request = client.build_request("POST", path_of(SECRET), content=UPDATE)
        request.headers = httpx.Headers([(b"host", b"b"), (HEADER.encode(), b"\xff\x00")])
        assert (await client.send(request)).status_code == 403


@pytest.mark.parametrize("path", ["/telegram/guess", "/telegram/" + SECRET, path_of("other")])
async def test_another_path_is_not_there(path: str) -> None:
    assert await Door().bring(RIGHT, path=path) == (404, 0)


@pytest.mark.parametrize("body", [b"no json", b"\xff\xfe", b"[1]", b"7", b"", b"[" * 100_000])
async def test_what_is_no_update_is_refused(body: bytes) -> None:
    assert await Door().bring(RIGHT, body) == (400, 0)


async def test_more_than_a_megabyte_is_refused_before_all_of_it_is_read() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while read < 50 * MOST_BYTES:
            read += 100_000
            yield b" " * 100_000

    assert await Door().bring(RIGHT, b" " * (MOST_BYTES + 1)) == (413, 0)
    assert (await Door().bring(RIGHT, endless()), read) == ((413, 0), MOST_BYTES + 100_000)


async def test_without_the_secret_not_even_a_large_body_is_read() -> None:
    assert await Door().bring([(HEADER, "wrong")], b" " * (MOST_BYTES + 1)) == (403, 0)


async def test_without_a_webhook_there_is_no_such_address() -> None:
    door = Door()
    door.inbox = Inbox()
    assert await door.bring([(HEADER, "")], path=path_of("")) == (404, 0)


def test_the_path_does_not_show_the_secret() -> None:
    assert SECRET not in path_of(SECRET)
