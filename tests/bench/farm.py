"""Telegram and publishers for the benches, in a process of their own: their CPU does not count.

`python -m tests.bench.farm` prints its port and serves until its stdin ends:

- `POST /bot…/<method>`: a message is accepted, or, once `/limits?rate=30` was asked, refused with
  429 where Telegram's limits (so many a second over all, one a second in a chat) are exceeded;
- `GET /calm/N`: a feed that has not changed (304 to whoever brings its ETag);
- `GET /busy/N`: a feed of 30 items, one of them new each time;
- `GET /whole/N`: the same with 50 items of 500 words and their markup, as performance.md 2.1 has
  full texts (there feedparser takes 73 ms of CPU for one, and 20 where it does not clean markup);
- `GET /asked`: how often feeds and getUpdates were asked; `/ledger`: what was accepted and
  refused, as JSON; `/forget` begins a new one.

Moments are those of CLOCK_MONOTONIC, which all processes of a machine share.
"""

import asyncio
import json
import random
import re
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import count
from urllib.parse import parse_qs, urlsplit

from tests.bench.work import Work, word

ITEMS, WHOLE_ITEMS = 30, 50
LONG_POLL = 10.0
"""Seconds until getUpdates says that there is nothing."""

WORDS = 30_000
TINY = 1e-6
"""Seconds that float arithmetic may take from a window: thirty thirtieths are a second."""


@dataclass
class Telegram:
    """Accepts messages under Telegram's limits, if any are set, and remembers each."""

    rate: int = 0  # messages in any second over all chats; 0: no limit
    accepted: list[tuple[float, int, str]] = field(default_factory=list)  # moment, chat, mark
    refused: int = 0
    inside: int = 0  # sent while a wait that had been told was running
    waits: dict[int, float] = field(default_factory=dict)
    last: dict[int, float] = field(default_factory=dict)
    window: deque[float] = field(default_factory=deque)

    def wait(self, chat: int, now: float, mark: str = "") -> float:
        """Seconds that the sender has to wait; 0: accepted."""
        while self.window and self.window[0] <= now - 1 + TINY:
            self.window.popleft()
        over = len(self.window) >= self.rate
        soon = now - self.last.get(chat, now - 10) < 0.98  # a hundredth of slack, as Telegram has
        if not self.rate or not (over or soon):
            self.window.append(now)
            self.last[chat] = now
            self.accepted.append((now, chat, mark))
            return 0
        self.refused += 1
        self.inside += now < self.waits.get(chat, 0)
        self.waits[chat] = now + 1
        return 1

    def as_json(self) -> bytes:
        found = {"accepted": self.accepted, "refused": self.refused, "inside": self.inside}
        return json.dumps(found).encode()


class Farm:
    """Answers requests by their path."""

    def __init__(self) -> None:
        self.telegram = Telegram()
        self._asked = 0
        self.updates = 0
        self._ids = count(1)
        self._turns: dict[str, int] = {}
        self._items: dict[tuple[str, int], str] = {}
        self._work = Work(5)

    def answer(self, method: str, target: str, head: bytes, body: bytes) -> tuple[int, bytes, str]:
        """Status, body and ETag."""
        path = urlsplit(target).path
        kind, _, name = path.lstrip("/").partition("/")
        match kind:
            case "calm":
                self._asked += 1
                known = b'"calm"' in head
                return (304, b"", '"calm"') if known else (200, feed(name, 0), '"calm"')
            case "busy" | "whole":
                self._asked += 1
                turn = self._turns[path] = self._turns.get(path, 0) + 1
                told = (
                    feed(name, turn) if kind == "busy" else document(name, self._whole(name, turn))
                )
                return 200, told, ""
            case "asked":
                return 200, json.dumps(self._counts()).encode(), ""
            case "ledger":
                return 200, self.telegram.as_json(), ""
            case "limits" | "forget":
                asked = parse_qs(urlsplit(target).query)
                self.telegram = Telegram(int(asked.get("rate", ["0"])[0]))
                return 200, b"{}", ""
            case _:
                return self._call(name.rpartition("/")[2], body) if method == "POST" else NOTHING

    def _whole(self, name: str, turn: int) -> Iterator[str]:
        """Items of 500 words with the frequencies of natural language, the newest first."""
        for number in range(turn, turn - WHOLE_ITEMS, -1):
            if (name, number) not in self._items:
                (one,) = self._work.articles(1)
                self._items[name, number] = entry(name, number, one.title, marked_up(one.summary))
            yield self._items[name, number]

    def _counts(self) -> dict[str, int]:
        return {"feeds": self._asked, "updates": self.updates}

    def _call(self, method: str, body: bytes) -> tuple[int, bytes, str]:
        asked = {key: found[0] for key, found in parse_qs(body.decode()).items()}
        if method.lower() == "getme":
            me = {"id": 4242, "is_bot": True, "first_name": "Newsbell", "username": "newsbell_bot"}
            return 200, packed(me), ""
        if method.lower() == "getupdates":
            return 200, packed([]), ""
        if method.lower() != "sendmessage":
            return 200, packed(True), ""
        chat = int(asked["chat_id"])
        mark = MARK.search(asked.get("text", ""))
        wait = self.telegram.wait(chat, time.monotonic(), mark[0] if mark else "")
        if wait:
            told = {"ok": False, "error_code": 429, "description": "Too Many Requests"}
            return 429, json.dumps(told | {"parameters": {"retry_after": wait}}).encode(), ""
        sent = {
            "message_id": next(self._ids),
            "date": 1_700_000_000,
            "chat": {"id": chat, "type": "private", "first_name": "Ada"},
            "text": asked.get("text", ""),
        }
        return 200, packed(sent), ""


NOTHING = (404, b"", "")
MARK = re.compile(r"mark\d+x\d+")
"""A word by which a message is known to be about an item of a feed."""


def packed(result: object) -> bytes:
    """An answer of the Bot API."""
    return json.dumps({"ok": True, "result": result}).encode()


def feed(name: str, turn: int, items: int = ITEMS) -> bytes:
    """RSS of some 30 kB: the newest item is number `turn`, then the ones before it."""
    return document(name, (item(name, number) for number in range(turn, turn - items, -1)))


def document(name: str, items: Iterable[str]) -> bytes:
    """RSS of these items."""
    told = "".join(items)
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>Outlet {name}</title><link>http://127.0.0.1/{name}</link>"
        f"<description>News</description>{told}</channel></rss>"
    ).encode()


def item(name: str, number: int) -> str:
    """One item of 80 words; like news, two have few words in common that are not everybody's."""
    rng = random.Random(f"{name} {number}")  # noqa: S311 - the same words every time
    words = [word(rng.randrange(WORDS)) for _ in range(80)]
    title = " ".join(words[:8])
    text = ". ".join(" ".join(words[at : at + 16]).capitalize() for at in range(0, 80, 16))
    return entry(name, number, title, text)


def marked_up(text: str) -> str:
    """Sentences as publishers write them: a picture, then paragraphs with a link in each."""
    sentences = text.split(". ")
    parts = [". ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3)]
    told = "".join(
        f'<p>{first} <a href="/about/{first.lower()}" rel="tag">{second}</a> {rest}.</p>'
        for first, second, rest in (part.split(" ", 2) for part in parts)
    )
    return escape('<figure><img src="/a.jpg" alt="" width="640" /></figure>' + told)


def entry(name: str, number: int, title: str, text: str) -> str:
    """An item as RSS writes it."""
    return (
        f"<item><title>Report mark{name}x{number % 1_000_000} {title}</title>"
        f"<guid>{name}-{number}</guid><link>http://127.0.0.1/{name}/{number}</link>"
        "<pubDate>Sun, 09 Jan 2022 10:57:14 GMT</pubDate>"
        f"<description>&lt;p&gt;About outlet{name}: {text}.&lt;/p&gt;</description></item>"
    )


class Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as little of it as the clients of the benches need."""

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        peer = str(transport.get_extra_info("peername")[0])
        if not peer.startswith("127."):  # listening on all of 127.0.0.0/8 means on everything
            transport.close()
        self._transport = transport if isinstance(transport, asyncio.Transport) else None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            size = _length(head)
            if len(self._buffer) < end + 4 + size:
                return
            body = self._buffer[end + 4 : end + 4 + size]
            self._buffer = self._buffer[end + 4 + size :]
            self._respond(head, body)

    def _respond(self, head: bytes, body: bytes) -> None:
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        wait = LONG_POLL if target.endswith("/getUpdates") else 0
        self._farm.updates += bool(wait)
        asyncio.get_running_loop().call_later(wait, self._reply, method, target, head, body)

    def _reply(self, method: str, target: str, head: bytes, body: bytes) -> None:
        status, answer, etag = self._farm.answer(method, target, head, body)
        tag = f"etag: {etag}\r\n" if etag else ""
        told = f"HTTP/1.1 {status} x\r\n{tag}content-length: {len(answer)}\r\n\r\n".encode()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(told + answer)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


async def main() -> None:
    """Serve until stdin ends, as it does when the bench is gone."""
    farm, loop = Farm(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(farm), "0.0.0.0", 0, backlog=1_000)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
