"""What an orchestrator may rely on."""

import httpx
from starlette.applications import Starlette

from bot.web.health import health_routes


async def get(path: str, missing: str | None) -> httpx.Response:
    async def check() -> str | None:
        return missing

    transport = httpx.ASGITransport(app=Starlette(routes=health_routes(check)))
    async with httpx.AsyncClient(transport=transport, base_url="http://newsbell") as client:
        return await client.get(path)


async def test_a_process_that_is_not_ready_is_alive_all_the_same() -> None:
    answer = await get("/healthz", "Telegram does not answer")
    assert (answer.status_code, answer.text) == (200, "ok\n")


async def test_readiness_names_what_is_missing() -> None:
    answer = await get("/readyz", "Telegram does not answer")
    assert (answer.status_code, answer.text) == (503, "Telegram does not answer\n")


async def test_ready_when_nothing_is_missing() -> None:
    answer = await get("/readyz", None)
    assert (answer.status_code, answer.text) == (200, "ready\n")
