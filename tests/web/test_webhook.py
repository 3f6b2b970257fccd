"""The webhook: only who knows the path and the secret brings anything."""

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.web.webhook import HEADER, Inbox, path_of

SECRET = "s" * 40


async def bring(inbox: Inbox, path: str, secret: str, body: str = '{"update_id": 1}') -> int:
    transport = httpx.ASGITransport(app=Starlette(routes=inbox.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.example") as client:
        return (await client.post(path, content=body, headers={HEADER: secret})).status_code


@pytest.mark.parametrize(
    ("path", "secret", "body", "status", "taken"),
    [
        (path_of(SECRET), SECRET, '{"update_id": 1}', 200, 1),
        (path_of(SECRET), "", '{"update_id": 1}', 403, 0),
        (path_of(SECRET), "wrong", '{"update_id": 1}', 403, 0),
        ("/telegram/guess", SECRET, '{"update_id": 1}', 404, 0),
        (path_of(SECRET), SECRET, "no json", 400, 0),
    ],
)
async def test_an_update_is_taken_with_path_and_secret_alone(
    path: str, secret: str, body: str, status: int, taken: int
) -> None:
    updates: list[Any] = []

    async def take(update: Any) -> None:
        updates.append(update)

    inbox = Inbox()
    inbox.open(SECRET, take)
    assert (await bring(inbox, path, secret, body), len(updates)) == (status, taken)


async def test_without_a_webhook_there_is_no_such_address() -> None:
    assert await bring(Inbox(), path_of(""), "") == 404


def test_the_path_does_not_show_the_secret() -> None:
    assert SECRET not in path_of(SECRET)
