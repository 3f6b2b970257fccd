"""A chat with a row of everything that a command or a button can touch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert

from bot.domain.grammar import parse
from bot.domain.model import ChatKind, Place
from bot.domain.places import PlaceSettings
from bot.domain.ports import CatalogueEntry
from storage import schema
from tests.builders import NOW, make_article
from tests.handlers.stage import Stage


@dataclass(frozen=True)
class Furniture:
    """Where things are: numbers of rows and of messages."""

    chat: int
    word: str
    subscription: int
    query: int
    source: int
    catalogue: int  # a source that serves everybody
    article: int
    job: int
    offer: int
    horse: int  # a query that nobody subscribes to
    named: int  # a subscription with names of its own and known ones
    known: str
    alert_message: int
    page_message: int

    @property
    def place(self) -> Place:
        return Place(self.chat)


KINDS: Mapping[str, ChatKind] = {one.value: one for one in ChatKind}


async def furnish(
    stage: Stage, chat: int, word: str = "zebra", *, importing: bool = True
) -> Furniture:
    """Two subscriptions, a mute, an own source with an article, a sent alert, an import."""
    room = stage.world.rooms[chat]
    room.members.setdefault(stage.world.bot["id"], "member")
    alert = stage.world.bot_message(room, 0, None, {"text": f"alert {word}"})["message_id"]
    plain = stage.world.bot_message(room, 0, None, {"text": f"page {word}"})["message_id"]
    query = parse(word)
    async with stage.database.write() as tx:
        await tx.chats.ensure(chat, KINDS[room.type], room.title, "en")
        one, _ = await tx.subscriptions.add(Place(chat), word, query, NOW)
        names = f"Geneva | quagga{word}"
        named, _ = await tx.subscriptions.add(Place(chat), names, parse(names), NOW)
        muted = PlaceSettings(muted_until=NOW + timedelta(days=10_000))
        await tx.places.put(Place(chat), muted)
        entry = CatalogueEntry(url=f"https://{word}.example/feed", title=f"The {word}")
        source = await tx.sources.add(entry, chat, NOW)
        shared = CatalogueEntry(url="https://catalogue.example/feed", title="The catalogue")
        common = await tx.sources.add(shared, None, NOW)
        (article,) = await tx.articles.add(
            [make_article(source=source.id, key=word, title=f"News of {word}")]
        )
        await tx.articles.record_hits({article.id: [query.id]})
        sent = insert(schema.alert).values(
            chat=chat, topic=0, story=article.story, round=0, article=article.id, created=NOW,
            sent=NOW, message=alert,
        )  # fmt: skip
        await tx.connection.execute(sent)
        wanted = [{"query": "x", "typed": "x"}]
        job = await tx.imports.start(Place(chat), wanted, NOW) if importing else None
        (offer,) = await tx.sourcing.offer(chat, ["https://good.example/x"], NOW)
        horse = parse(f"horse {word}")
        await tx.subscriptions.keep_query(horse, NOW)
    things = stage.deps.naming.things(named)
    return Furniture(
        offer=offer, catalogue=common.id, named=named.id, known=things[0].known[0],
        chat=chat, word=word, subscription=one.id, query=query.id, source=source.id,
        article=article.id, job=job or 0, horse=horse.id, alert_message=alert,
        page_message=plain,
    )  # fmt: skip


async def clear(stage: Stage) -> None:
    """As if nobody had ever been here."""
    async with stage.database.write() as tx:
        for table in reversed(schema.metadata.sorted_tables):
            if table is not schema.kept:
                await tx.connection.execute(table.delete())
    await stage.deps.access.refresh()
