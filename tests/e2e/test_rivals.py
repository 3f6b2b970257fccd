"""What stops other bots, or makes them ask their own machine: the real program beside all of it.

All rows of the measurements of three other bots are in `tests/test_rivals_map.py`.
"""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zlib import Z_FULL_FLUSH, compressobj

import pytest

from bot.domain.ports import CatalogueEntry
from bot.sources.opml import write_opml
from tests.databases import sqlite_url
from tests.e2e.crowd import Ledger, gather
from tests.e2e.rig import ADA, Rig, open_rig
from tests.servers import Answer, RawServer, raw_server

GOOD = ("daily", "herald", "gazette")
NEWS = (
    ("Ceasefire holds in the valley", "Farmers went back to their fields on Monday morning."),
    ("Parliament debates the ceasefire", "Deputies quarrelled over money until midnight."),
    ("Schools open after the ceasefire", "Teachers counted forty pupils, fewer than before."),
)
ON_TIME = 35.0
"""Seconds; the others came 38 to 115 seconds late beside one such file, or never."""

REFUSED = "cannot be subscribed to"

MOST = 1024 * 1024 * 1024
"""Bytes in all processes; the others took 1.3 to 5.2 GB."""


def rss(items: str, before: str = "") -> bytes:
    return f"{before}<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()


def titled(title: str, before: str = "") -> bytes:
    return rss(f"<item><title>{title}</title></item>", before)


def entities(*declared: str) -> str:
    return f"<!DOCTYPE rss [{''.join(declared)}]>"


LAUGHS = entities(
    "<!ENTITY e0 'ha'>", *(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
)
XML = {
    "laughs": titled("&e9;", LAUGHS),
    "quadratic": titled("&a;" * 100_000, entities(f"<!ENTITY a '{'x' * 10_000}'>")),
    "a file": titled("&x;", entities("<!ENTITY x SYSTEM 'file:///etc/hostname'>")),
    "a web page": titled("&x;", entities("<!ENTITY x SYSTEM 'http://127.0.0.2:9/'>")),
    "a foreign DTD": titled("x", "<!DOCTYPE rss SYSTEM 'http://127.0.0.2:9/'>"),
    "huge charref": titled("&#99999999999;"),
    "surrogate charref": titled("&#xD83D;"),
    "redos author": rss(f"<item><title>x</title><author>{'a' * 100_000}</author></item>"),
    "comment storm": rss(f"<item><description>{'&lt;!--' * 35_000}</description></item>"),
    "tags without end": rss(f"<item><description>{'&lt;a ' * 100_000}</description></item>"),
    "nesting": titled("<b>" * 20_000),
    "control characters": titled("a\0b\x0b\x1b[2J\ufffe"),
    "cut off": titled("A title that never")[:-30],
    "another charset": b"<?xml version='1.0' encoding='utf-16'?>" + titled("жар"),
    "many items": rss("<item><title>x</title></item>" * 8_000),
    "no dates": rss("<item/><item><pubDate>Never</pubDate></item><item><guid/></item>"),
}
"""Sixteen documents that slow parsers down, make them read elsewhere, or end them."""


def bomb(mebibytes: int) -> bytes:
    """A gzip file that is so large when it is opened."""
    press = compressobj(9, wbits=31)
    first = press.compress(bytes(1 << 20)) + press.flush(Z_FULL_FLUSH)
    again = press.compress(bytes(1 << 20)) + press.flush(Z_FULL_FLUSH)
    return first + again * (mebibytes - 1)


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
    while not writer.is_closing():
        writer.write(bytes(100_000))
        await writer.drain()


async def drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"<rss    ")
        await writer.drain()
        await asyncio.sleep(0.5)  # a server's pace


async def silence(_writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


SERVERS: dict[str, Answer] = {"endless": endless, "drip": drip, "silence": silence}


@dataclass
class Scene:
    """Three good feeds, twenty hostile ones on hosts of their own, a canary on another address."""

    rig: Rig
    canary: RawServer
    hostile: dict[str, RawServer] = field(default_factory=dict)

    async def add(self, stack: AsyncExitStack, kind: str) -> str:
        """A hostile server; returns its feed's address."""
        server = self.hostile[kind] = await stack.enter_async_context(raw_server())
        if kind in SERVERS:
            server.answers["/feed"] = SERVERS[kind]
        elif kind == "bomb":
            server.plain("/feed", bomb(300), content_encoding="gzip")
        else:
            server.plain("/feed", XML[kind], content_type="application/rss+xml")
        return f"{server.base}/feed"

    async def all_asked(self) -> None:
        publisher = self.rig.publisher
        async with publisher.asked, asyncio.timeout(60):
            await publisher.asked.wait_for(
                lambda: (
                    all(server.requests for server in self.hostile.values())
                    and all(publisher.count(feed) > 1 for feed in GOOD)
                )
            )

    def inner(self) -> tuple[str, ...]:
        """Addresses that lead to a machine inside: as they are, as numbers, by a redirect."""
        server = self.hostile["cut off"]
        server.plain("/away", status="302 Found", location=f"{self.canary.base}/feed")
        return (
            *("http://127.0.0.2/feed", "http://2130706434/feed", f"{self.canary.base}/feed"),
            f"{server.base}/away",
        )

    def peak(self) -> int:
        """Bytes that the program's processes have had at most, each at its own worst moment."""
        assert self.rig.process is not None
        found = [self.rig.process.pid]
        for pid in found:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
            found += [int(child) for child in children.split()]
        told = (Path(f"/proc/{pid}/status").read_text() for pid in found)
        return sum(int(re.findall(r"VmHWM:\s+(\d+) kB", one)[0]) * 1024 for one in told)


@asynccontextmanager
async def open_scene(folder: Path) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(open_rig(folder, sqlite_url(folder), GOOD))
        scene = Scene(rig, await stack.enter_async_context(raw_server(host="127.0.0.2")))
        kinds = ("bomb", *SERVERS, *XML)
        addresses = [f"{rig.publisher.base}/feeds/{feed}" for feed in GOOD]
        addresses += [await scene.add(stack, kind) for kind in kinds]
        entries = [CatalogueEntry(url=one, title=f"Source {n}") for n, one in enumerate(addresses)]
        Path(rig.settings["SOURCES_FILE"]).write_bytes(write_opml("test", entries))
        rig.settings["FETCH_ALLOW"] = "127.0.0.1"
        yield scene


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path) as opened:
        yield opened


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no /proc and no 127.0.0.2")
@pytest.mark.timeout(200)
async def test_twenty_hostile_feeds_delay_no_other_and_none_has_the_bot_ask_its_own_machine(
    scene: Scene,
) -> None:
    rig = scene.rig
    ledger = Ledger(rig.world)
    people = await gather(rig, "ceasefire", 4, 2_000)
    await rig.start()
    await scene.all_asked()
    for feed, (title, lede) in zip(GOOD, NEWS, strict=True):
        ledger.expect(people, rig.publisher.publish(feed, title, lede))
    await ledger.complete(ON_TIME)
    said = [await rig.ask(ADA, ADA, f"/subscribe {one}", "") for one in scene.inner()]
    await rig.ask(ADA, ADA, f"/subscribe {rig.publisher.base}/feeds/later", "I ring when")
    await rig.publisher.polled("later", 2)  # a feed that comes while those bodies stand
    rig.publisher.publish("later", "Rain in Oslo")
    await rig.said(ADA, "Rain in Oslo", ON_TIME)
    assert (ledger.lost(), ledger.doubled(), scene.peak() < MOST) == (set(), [], True)
    assert ([REFUSED in one["text"] for one in said], scene.canary.requests) == ([True] * 4, [])
    assert await rig.stop() == 0
