"""The rig of the end-to-end tests: Telegram and a publisher on loopback, the bot as a process."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from typing import IO, Any
from xml.sax.saxutils import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.domain.ports import CatalogueEntry
from bot.playground.botapi import bot_api_routes
from bot.playground.world import Json, World
from bot.sources.opml import write_opml
from bot.web.server import serve

TOKEN = "4242:end-to-end-test"
ADA, BEN = 101, 102
GROUP, CHANNEL = -100_1, -100_2
PATIENCE = 25.0


@dataclass
class Publisher:
    """Feeds whose items a test adds, and pages; `hits` counts the requests of each feed."""

    base: str = ""
    items: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)  # by the end of their address
    read: list[str] = field(default_factory=list)  # pages that were asked for
    hits: list[tuple[str, str | None]] = field(default_factory=list)
    asked: asyncio.Condition = field(default_factory=asyncio.Condition)
    held: asyncio.Event | None = None  # set: answers wait for it

    def publish(self, feed: str, title: str, summary: str = "", **more: str) -> str:
        """A new item on top; returns its link."""
        number = sum(map(len, self.items.values())) + 1
        link = f"{self.base}/news/{number}"
        item = {"title": title, "description": summary, "link": link, "guid": f"item-{number}"}
        self.items.setdefault(feed, []).insert(0, item | more)
        return link

    async def polled(self, feed: str, times: int = 1) -> None:
        """Wait until the feed has been asked for `times` more times."""
        wanted = self.count(feed) + times
        async with self.asked, asyncio.timeout(PATIENCE):
            await self.asked.wait_for(lambda: self.count(feed) >= wanted)

    def count(self, feed: str) -> int:
        return sum(name == feed for name, _ in self.hits)

    def document(self, feed: str) -> bytes:
        items = "".join(
            "<item>"
            + "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in one.items())
            + "</item>"
            for one in self.items.get(feed, [])
        )
        title = f"<title>{feed}</title><link>{self.base}</link>"
        return f"<rss version='2.0'><channel>{title}{items}</channel></rss>".encode()

    def routes(self) -> list[Route]:
        async def answer(request: Request) -> Response:
            feed = request.path_params["feed"]
            self.hits.append((feed, request.headers.get("if-none-match")))
            body = self.raw.get(feed) or self.document(feed)
            etag = f'W/"{len(body)}-{hash(body) & 0xFFFF:x}"'
            async with self.asked:
                self.asked.notify_all()
            if self.held is not None:
                await self.held.wait()
            if request.headers.get("if-none-match") == etag:
                return Response(status_code=304)
            return Response(body, media_type="application/rss+xml", headers={"etag": etag})

        async def page(request: Request) -> Response:
            name = request.path_params["name"]
            self.read.append(name)
            text = self.pages.get(name)
            return HTMLResponse(text) if text else Response(status_code=404)

        return [Route("/feeds/{feed}", answer), Route("/news/{name}", page)]


@dataclass
class Rig:
    """Everything a test drives."""

    world: World
    publisher: Publisher
    settings: dict[str, str]
    process: asyncio.subprocess.Process | None = None
    log: int | IO[bytes] = asyncio.subprocess.DEVNULL  # where the program's own words go

    def listen(self) -> None:
        """Telegram brings the updates instead of being asked."""
        with socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        self.settings |= {"WEB_PORT": str(port), "TELEGRAM_WEBHOOK_URL": address}

    async def start(self, seconds: float = 60) -> None:
        """Start the real program and wait until it asks Telegram for updates."""
        async with self.world.watch() as events, asyncio.timeout(seconds):
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                env=os.environ | self.settings,
                stderr=self.log,
            )
            while (await events.get())["kind"] != "poll":
                pass

    async def begin(self) -> None:
        """Start the program without waiting for updates (another's lease may still run)."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "run",
            env=os.environ | self.settings,
            stderr=self.log,
        )

    async def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        if self.process is None:
            return 0
        self.process.terminate()
        async with asyncio.timeout(15):
            status = await self.process.wait()
        self.process = None
        return status

    async def kill(self) -> None:
        """SIGKILL: as if the power went."""
        if self.process is not None:
            self.process.kill()
            await self.process.wait()
        self.process = None

    async def said(self, room: int, part: str, seconds: float = PATIENCE) -> Json:
        """The first message of the bot in this chat that has these words."""
        await self.world.until(lambda: bool(self.told(room, part)), seconds)
        return self.told(room, part)[0]

    def told(self, room: int, part: str = "") -> list[Json]:
        """The bot's messages in this chat with these words, in order."""
        return [
            m for m in self.world.sent if m["chat"]["id"] == room and part in m.get("text", "")
        ]

    async def ask(self, room: int, user: int, text: str, answer: str, **more: Any) -> Json:
        """Say something and wait for an answer with these words."""
        before = len(self.told(room, answer))
        self.world.say(room, user, text, **more)
        try:
            await self.world.until(lambda: len(self.told(room, answer)) > before, PATIENCE)
        except TimeoutError:
            raise AssertionError(
                f"no “{answer}” in {[m['text'] for m in self.told(room)]}"
            ) from None
        return self.told(room, answer)[-1]

    async def press(self, room: int, user: int, message: Json, label: str) -> Json:
        """Press the button with this label and wait for the answer to the press."""
        rows = message["reply_markup"]["inline_keyboard"]
        button = next(b for row in rows for b in row if label in b["text"])
        async with self.world.watch() as events, asyncio.timeout(PATIENCE):
            self.world.press(room, user, message["message_id"], button["callback_data"])
            while (event := await events.get())["kind"] != "toast":
                pass
        return event


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the process under test lives in real time


@asynccontextmanager
async def open_rig(folder: Path, database_url: str, feeds: tuple[str, ...]) -> AsyncIterator[Rig]:
    """Telegram with two people, a forum group and a channel; a publisher with `feeds`."""
    world = World(now)
    world.person(ADA, "Ada")
    world.person(BEN, "Ben")
    world.room(GROUP, "supergroup", "Desk", ("Ukraine", "Sport"))
    world.room(CHANNEL, "channel", "Wire")
    for room in (GROUP, CHANNEL):
        world.join(room, ADA, "creator")
        world.join(room, BEN)
        world.join(room, world.bot["id"], "administrator")
    publisher = Publisher()
    pages = Starlette(routes=[*bot_api_routes(world, TOKEN), *publisher.routes()])
    async with serve(pages, "127.0.0.1", 0) as port:
        publisher.base = f"http://127.0.0.1:{port}"
        catalogue = folder / "sources.opml"
        entries = [
            CatalogueEntry(url=f"{publisher.base}/feeds/{one}", title=f"The {one.title()}")
            for one in feeds
        ]
        catalogue.write_bytes(write_opml("test", entries))
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": publisher.base,
            "DATABASE_URL": database_url,
            "SOURCES_FILE": str(catalogue),
            "POLL_INTERVAL_SECONDS": "0.5",
            "HOST_DELAY_SECONDS": "0",
            "COMMANDS_PER_MINUTE": "10000",
            "FETCH_ALLOW": "127.0.0.0/8",
            "WEB_PORT": "0",
        }
        rig = Rig(world, publisher, settings)
        try:
            yield rig
        finally:
            await rig.kill()
