"""WebSub by the real program: a hub on loopback confirms, pushes, and the alert comes (W4)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import HMAC
from socket import socket

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.server import serve
from tests.e2e.rig import ADA, PATIENCE, Rig


@dataclass
class Hub:
    """Confirms every subscription as the specification has it, and pushes when told."""

    base: str = ""
    forms: list[dict[str, str]] = field(default_factory=list)
    confirmed: asyncio.Event = field(default_factory=asyncio.Event)
    confirming: set[asyncio.Task[None]] = field(default_factory=set)

    async def subscribe(self, request: Request) -> Response:
        async with request.form() as form:
            self.forms.append({name: str(value) for name, value in form.items()})
        task = asyncio.create_task(self._confirm(self.forms[-1]))
        self.confirming.add(task)
        return Response(status_code=202)

    async def _confirm(self, form: dict[str, str]) -> None:
        said = {
            "hub.mode": "subscribe",
            "hub.topic": form["hub.topic"],
            "hub.challenge": "challenge-4711",
            "hub.lease_seconds": form["hub.lease_seconds"],
        }
        async with httpx.AsyncClient() as client:
            answer = await client.get(form["hub.callback"], params=said)
        if (answer.status_code, answer.text) == (200, "challenge-4711"):
            self.confirmed.set()

    async def push(self, body: bytes, secret: str | None = None) -> int:
        form = self.forms[-1]
        mac = HMAC((secret or form["hub.secret"]).encode(), body, sha256)
        headers = {"x-hub-signature": f"sha256={mac.hexdigest()}"}
        async with httpx.AsyncClient() as client:
            done = await client.post(form["hub.callback"], content=body, headers=headers)
        return done.status_code


@asynccontextmanager
async def open_hub() -> AsyncIterator[Hub]:
    hub = Hub()
    pages = Starlette(routes=[Route("/hub", hub.subscribe, methods=["POST"])])
    async with serve(pages, "127.0.0.1", 0) as port:
        hub.base = f"http://127.0.0.1:{port}/hub"
        yield hub


async def test_w4_a_publication_is_pushed_polled_and_rung_long_before_its_next_poll(
    rig: Rig,
) -> None:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = f"{rig.publisher.base}/feeds/own"
    async with open_hub() as hub:
        rig.settings |= {
            "WEB_PORT": str(port),
            "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}",
            "POLL_INTERVAL_SECONDS": "3600",
        }
        _tell(rig, hub, "Old news")
        await rig.start()
        await rig.ask(ADA, ADA, f"/subscribe {own}", "own")
        async with asyncio.timeout(PATIENCE):
            await hub.confirmed.wait()
        polls = rig.publisher.count("own")
        _tell(rig, hub, "NATO meets in Geneva")
        forged = await hub.push(rig.publisher.raw["own"], secret="guess")
        pushed = await hub.push(b"<rss>whatever the hub says</rss>")
        await rig.said(ADA, "NATO meets in Geneva")
    assert (forged, pushed) == (200, 200)
    assert [form["hub.topic"] for form in hub.forms] == [own]
    assert rig.publisher.count("own") == polls + 1


def _tell(rig: Rig, hub: Hub, title: str) -> None:
    """The feed with one item more, and its hub."""
    rig.publisher.publish(
        "own", title, "Delegates of the alliance and of Russia meet on Monday, officials say."
    )
    link = f'<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="hub" href="{hub.base}"/>'
    document = rig.publisher.document("own")
    rig.publisher.raw["own"] = document.replace(b"<channel>", b"<channel>" + link.encode())
