"""A deliverer over a real database and a Telegram that answers from a script."""

from typing import Any

from bot.domain.figures import Freshness
from bot.domain.grammar import parse
from bot.domain.message import Message
from bot.domain.model import Alert, ChatKind, Delivery, Lane, Place
from bot.domain.ports import CatalogueEntry
from bot.services.deliver import Deliverer
from storage.engine import Database
from tests.builders import GROUP, NOW, make_article
from tests.fakes import FakeClock, FakeSender

OTHER = Place(1002)
QUERY = parse("nato")


def kind_of(place: Place) -> ChatKind:
    if place.chat > 0:
        return ChatKind.PRIVATE
    return ChatKind.GROUP if place == GROUP else ChatKind.SUPERGROUP


def render(delivery: Delivery, lane: Lane) -> Message:
    del lane
    return Message(text=delivery.article.title)


class Desk:
    """Two articles queued for each place; `seconds_of` says when Telegram heard of a chat."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock()
        self.sender = FakeSender(self.clock)
        self.deliverer = self.restarted()
        self._articles = 0

    def restarted(self, **options: Any) -> Deliverer:
        return Deliverer(self.database, self.sender, render, self.clock, **options)

    async def subscribe(self, *places: Place) -> None:
        async with self.database.write() as tx:
            for place in places:
                await tx.chats.ensure(place.chat, kind_of(place), "a chat", "en")
                await tx.subscriptions.add(place, "nato", QUERY, NOW)

    async def ring(self, articles: int = 2) -> None:
        """So many articles are stored, and queued for every place that subscribes."""
        numbers = range(self._articles + 1, self._articles + articles + 1)
        self._articles += articles
        async with self.database.write() as tx:
            entry = CatalogueEntry(url="https://e.org/x", title="E")
            source = await tx.sources.add(entry, None, NOW)
            news = [
                make_article(source=source.id, key=f"k{n}", title=f"news {n}") for n in numbers
            ]
            stored = await tx.articles.add(news)
            await tx.articles.record_hits({article.id: [QUERY.id] for article in stored})
            for article in stored:
                await tx.alerts.enqueue(article, [QUERY.id], self.clock())

    async def queue(self, *places: Place) -> None:
        await self.subscribe(*places)
        await self.ring()

    async def rounds(self, number: int, seconds: float = 1.0) -> None:
        for _ in range(number):
            await self.deliverer.run_once(self.clock())
            self.clock.advance(seconds)

    def seconds_of(self, chat: int) -> list[float]:
        ledger = self.sender.ledger
        return [(said.at - NOW).total_seconds() for said in ledger if said.place.chat == chat]

    async def told(self, place: Place, message_id: int) -> Alert | None:
        async with self.database.read() as tx:
            return await tx.alerts.by_message(place.chat, message_id)

    async def queued(self) -> int:
        return (await self.figures()).queued

    async def figures(self) -> Freshness:
        async with self.database.read() as tx:
            return await tx.status.freshness(None, self.clock())
