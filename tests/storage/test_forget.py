"""/forget: no byte of the chat's id is left."""

import asyncio
from pathlib import Path

from sqlalchemy import BigInteger, Text, select

from bot.domain.grammar import parse
from bot.domain.model import ChatKind, Place
from bot.domain.places import PlaceSettings
from bot.domain.ports import CatalogueEntry
from bot.services.chats import Chats
from bot.services.live_index import LiveIndex
from storage.engine import Database, open_storage
from storage.schema import metadata
from tests.builders import NOW, make_article
from tests.databases import sqlite_url
from tests.fakes import FakeClock

CANARY = 7_316_592_804_371
PLACE = Place(CANARY, 3)
QUERY = parse("canary")


async def live_in(database: Database) -> None:
    """A row in every table that can hold something of a chat."""
    async with database.write() as tx:
        await tx.chats.ensure(CANARY, ChatKind.PRIVATE, "Canary", "en")
        await tx.subscriptions.add(PLACE, "canary", QUERY, NOW)
        await tx.places.put(PLACE, PlaceSettings(cap=3))
        source = await tx.sources.add(
            CatalogueEntry(url="https://c.org/x", title="C"), CANARY, NOW
        )
        await tx.places.mute_source(PLACE, source.id)
        await tx.sourcing.report(source.id, CANARY, NOW)
        await tx.sourcing.offer(CANARY, [f"https://c.org/{CANARY}"], NOW)
        (article,) = await tx.articles.add([make_article(source=source.id, source_owner=CANARY)])
        await tx.articles.record_hits({article.id: [QUERY.id]})
        await tx.chats.ask(CANARY, 5, "subscribe", NOW)
        await tx.imports.start(PLACE, [{"query": "x"}], NOW)


async def rows_with(database: Database, number: int) -> list[str]:
    """Every table and column that has this number, as a number or as text."""
    found = []
    async with database.read() as tx:
        for table in metadata.sorted_tables:
            for column in table.c:
                if isinstance(column.type, BigInteger):
                    condition = column == number
                elif isinstance(column.type, Text):
                    condition = column.contains(str(number))
                else:
                    continue
                if (await tx.connection.execute(select(table).where(condition))).first():
                    found.append(f"{table.name}.{column.name}")
    return found


async def test_every_table_forgets(database: Database) -> None:
    await live_in(database)
    before = await rows_with(database, CANARY)
    await Chats(database, LiveIndex(), FakeClock()).forget(CANARY)
    assert (len(before) >= 6, await rows_with(database, CANARY)) == (True, [])


async def test_no_byte_is_left_in_sqlites_files(tmp_path: Path) -> None:
    mark = CANARY.to_bytes(6, "big")

    def bytes_left() -> bool:
        return any(mark in path.read_bytes() for path in tmp_path.iterdir())

    async with open_storage(sqlite_url(tmp_path)) as database:
        await live_in(database)
        before = await asyncio.to_thread(bytes_left)
        await Chats(database, LiveIndex(), FakeClock()).forget(CANARY)
        assert (before, await asyncio.to_thread(bytes_left)) == (True, False)
