"""One publisher, one reader, and all that lies between: XML in, messages in Telegram out."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from starlette.applications import Starlette
from telegram import Bot

from bot.domain.errors import FetchError
from bot.domain.grammar import parse
from bot.domain.message import Message
from bot.domain.model import ChatKind, Delivery, Feed, Lane, Place, Source, Validators
from bot.domain.ports import CatalogueEntry, Fetched
from bot.playground.botapi import bot_api_routes
from bot.playground.world import Json, World
from bot.rendering.alert import render_alert
from bot.rendering.digest import render_digest
from bot.rendering.sentences import Sentences
from bot.sending.sender import TelegramSender
from bot.services.alarm import Watch
from bot.services.deliver import Deliverer
from bot.services.live_index import LiveIndex
from bot.services.poll import Manners, Poller
from bot.sources.parsing import parse_feed
from bot.web.server import serve
from storage.engine import PATIENCE, Database, open_storage
from tests.builders import NOW
from tests.databases import sqlite_url
from tests.fakes import FakeClock

ADA, OPERATOR = Place(1), Place(77)
FEED = "https://news.example.org/feed.xml"
NONE = Validators()

Item = dict[str, str]
"""The elements of an `<item>`, by their names."""


def item(number: int, **changes: str) -> Item:
    """News about talks that nothing else resembles; an element that is empty is left out."""
    facts = {
        "title": f"No. {number}: envoys on road {number * 7} of canton {number * 31}",
        "description": f"Talks of {number * 3} delegates about {number * 11} villages.",
        "link": f"https://news.example.org/{number}",
        "guid": f"https://news.example.org/{number}",
        "pubDate": "Sat, 08 Jan 2022 10:00:00 GMT",
    }
    return {name: text for name, text in (facts | changes).items() if text}


def document(items: Sequence[Item]) -> bytes:
    """An RSS feed."""
    told = "".join(
        "<item>" + "".join(f"<{name}>{escape(text)}</{name}>" for name, text in one.items())
        + "</item>"
        for one in items
    )  # fmt: skip
    return f"<rss version='2.0'><channel><title>T</title>{told}</channel></rss>".encode()


@dataclass
class Page:
    """What the publisher answers: a feed of these items, or an error."""

    items: Sequence[Item] = ()
    failure: FetchError | None = None

    async def fetch(self, url: str, validators: Validators = NONE) -> Fetched:
        """See `ports.Fetcher`."""
        del validators
        if self.failure is not None:
            raise self.failure
        return Fetched(url=url, body=document(self.items), content_type=None, validators=NONE)

    async def parse(self, body: bytes, content_type: str | None, url: str) -> Feed:
        """See `ports.FeedParser`: the real parser, without its process."""
        return parse_feed(body, content_type, url)


@dataclass
class Newsstand:
    """Ada subscribes to `talks`; time passes when told."""

    world: World
    events: asyncio.Queue[Json]
    clock: FakeClock
    watch: Watch
    database: Database
    sender: TelegramSender
    deliverer: Deliverer
    page: Page = field(default_factory=Page)
    index: LiveIndex = field(default_factory=LiveIndex)

    def __post_init__(self) -> None:
        self.poller = Poller(
            storage=self.database,
            fetcher=self.page,
            parser=self.page,
            index=self.index,
            clock=self.clock,
            manners=lambda _: Manners(interval=300, host_delay=0),
            rung=lambda: None,
        )

    async def open(self) -> None:
        """Know the source and the reader."""
        async with self.database.write() as tx:
            await tx.sources.add(CatalogueEntry(url=FEED, title="Wire"), None, NOW)
            await tx.chats.ensure(ADA.chat, ChatKind.PRIVATE, "Ada", "en")
            await tx.subscriptions.add(ADA, "talks", parse("talks"), NOW)
        await self.index.load(self.database, NOW)

    async def poll(self, *items: Item, failure: FetchError | None = None) -> list[str]:
        """A day later the publisher has these items; what is said until nothing waits."""
        self.page.items, self.page.failure = items, failure
        await self.poller.poll(await self.claim())
        return await self.said(timedelta(minutes=15))

    async def claim(self) -> Source:
        """A day later the source is due."""
        self.clock.advance(timedelta(days=1).total_seconds())
        async with self.database.write() as tx:
            (source,) = await tx.sources.claim(self.clock(), 1, 40)
        return source

    async def said(self, span: timedelta) -> list[str]:
        """What is said within this time."""
        before, end = len(self.told(ADA)), self.clock() + span
        while self.clock() < end:
            while await self.deliverer.run_once(self.clock()):
                pass
            self.clock.advance(30)
        return self.told(ADA)[before:]

    def told(self, place: Place) -> list[str]:
        """Every message there, as it reads now."""
        sent = self.world.sent
        return [message["text"] for message in sent if message["chat"]["id"] == place.chat]

    def refused(self) -> list[str]:
        """In which words Telegram has refused messages so far."""
        seen = [self.events.get_nowait() for _ in range(self.events.qsize())]
        return [one["detail"] for one in seen if one["kind"] == "call" and not one["ok"]]


@asynccontextmanager
async def open_newsstand(
    folder: Path, texts: Sentences, patience: float = PATIENCE
) -> AsyncIterator[Newsstand]:
    """Behind a Bot API over HTTP that refuses what Telegram refuses; `patience`: for a lock."""

    def render(delivery: Delivery, lane: Lane) -> Message:
        del lane
        return (render_digest if delivery.rest else render_alert)(delivery, texts)

    clock = FakeClock()
    watch, world = Watch(clock), World(clock)
    for place, name in ((ADA, "Ada"), (OPERATOR, "Grace")):
        world.person(place.chat, name)
        world.rooms[place.chat].members[world.bot["id"]] = "member"
    pages = Starlette(routes=bot_api_routes(world, "42:test"))
    async with (
        open_storage(sqlite_url(folder), watch.report, patience) as database,
        world.watch() as events,
        serve(pages, "127.0.0.1", 0) as port,
        Bot("42:test", base_url=f"http://127.0.0.1:{port}/bot") as bot,
    ):
        sender = TelegramSender(bot)
        deliverer = Deliverer(database, sender, render, clock)
        stand = Newsstand(world, events, clock, watch, database, sender, deliverer)
        await stand.open()
        yield stand
