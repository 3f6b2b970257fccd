"""/forget leaves no byte of the chat's id, and /export has every row: no column can be missed."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, insert, select, update

from bot.domain.grammar import parse
from bot.domain.model import ChatKind, Place
from bot.domain.places import PlaceSettings
from bot.domain.portable import Item
from bot.domain.ports import CatalogueEntry
from bot.services.chats import Chats
from bot.services.housekeeping import Housekeeper
from bot.services.live_index import LiveIndex
from bot.services.portability import Portability
from storage import schema
from storage.belongings import MENTIONS, own_columns
from storage.engine import Database, open_storage
from storage.schema import metadata
from storage.types import RowId
from tests.builders import NOW, make_article
from tests.databases import named, rows_with, sqlite_url
from tests.fakes import FakeClock

CANARY = 7_316_592_804_371
GROUP_CANARY = -1_009_876_543_210
OTHER = 55
QUERY = parse("canary")

NO_CHATS = {
    "query.id", "hit.query", "subscription.query",  # a hash of the question
    "subscription.topic", "place.topic", "muted_source.topic", "alert.topic", "import_job.topic",
    "prompt.message", "card.message", "alert.message", "import_job.message", "broadcast.message",
    "translated_characters.characters", "incoming.id",
}  # fmt: skip
"""Columns of large numbers that are no chat's id. A new one must be put here, or be one."""


class Unread:
    """Nothing is imported here."""

    async def read_list(self, data: bytes) -> tuple[Item, ...]:
        raise AssertionError(data)


def holders() -> set[str]:
    """Every column that holds a chat's id (a person's is that of their private chat)."""
    return {named(one) for one in (*own_columns().values(), *MENTIONS)}


def large_numbers() -> Iterator[Column[Any]]:
    for table in metadata.sorted_tables:
        yield from (one for one in table.columns if isinstance(one.type, BigInteger))


def test_every_large_number_of_the_schema_is_known_for_what_it_is() -> None:
    given_out = {named(one) for one in large_numbers() if one.type is RowId}
    unknown = {named(one) for one in large_numbers()} - given_out - NO_CHATS - holders()
    assert unknown == set()


async def live_in(database: Database, chat: int = CANARY) -> None:
    """A row in every table that can hold something of a chat."""
    place = Place(chat, 3)
    async with database.write() as tx:
        await tx.chats.ensure(chat, ChatKind.PRIVATE, "", "en")
        await tx.chats.ensure(OTHER, ChatKind.PRIVATE, "", "en")
        await tx.subscriptions.add(place, "canary", QUERY, NOW)
        await tx.places.put(place, PlaceSettings(cap=3))
        source = await tx.sources.add(CatalogueEntry(url="https://c.org/x", title="C"), chat, NOW)
        await tx.places.mute_source(place, source.id)
        await tx.sourcing.report(source.id, chat, NOW)
        await tx.sourcing.offer(chat, [f"https://c.org/{chat}"], NOW)
        (article,) = await tx.articles.add([make_article(source=source.id, source_owner=chat)])
        await tx.articles.record_hits({article.id: [QUERY.id]})
        alert = {"chat": chat, "topic": 3, "story": article.story, "round": 0,
                 "article": article.id, "created": NOW}  # fmt: skip
        await tx.connection.execute(insert(schema.alert).values(alert))
        await tx.connection.execute(
            update(schema.chat).where(schema.chat.c.id == OTHER).values(keeper=chat)
        )
        await tx.chats.ask(chat, 5, "subscribe", NOW)
        await tx.cards.put(chat, 6, OTHER)
        await tx.cards.put(OTHER, 7, chat)
        await tx.imports.start(place, [{"query": "x"}], NOW)
        await tx.notices.queue(chat, "gone", {"title": "C"}, NOW)
        await tx.broadcasts.add(chat, "Hello", NOW)
        pressed = {"from": {"id": chat}, "message": {"chat": {"type": "private", "id": chat}}}
        await tx.incoming.note(1, json.dumps(pressed), NOW)
        told = {"chat": OTHER, "text": "Hello", "created": NOW, "due": 0.0, "after": chat}
        await tx.connection.execute(insert(schema.broadcast).values(told))


async def test_every_table_forgets(database: Database) -> None:
    await live_in(database)
    before = await rows_with(database, CANARY)
    await Chats(database, LiveIndex(), FakeClock()).forget(CANARY)
    assert (holders() - before, await rows_with(database, CANARY)) == (set(), set())


async def test_a_broadcast_goes_on_behind_who_was_told_before(database: Database) -> None:
    await live_in(database)
    await Chats(database, LiveIndex(), FakeClock()).forget(CANARY)
    async with database.read() as tx:
        after = await tx.connection.scalar(select(schema.broadcast.c.after))
    assert after == OTHER


@pytest.mark.parametrize("chat", [CANARY, GROUP_CANARY])
async def test_no_byte_is_left_in_sqlites_files(tmp_path: Path, chat: int) -> None:
    marks = (chat.to_bytes(6, "big", signed=True), str(chat).encode())

    def bytes_left() -> set[str]:
        files = [path for path in tmp_path.iterdir() if any(m in path.read_bytes() for m in marks)]
        return {path.name for path in files}

    async with open_storage(sqlite_url(tmp_path)) as database:
        await live_in(database, chat)
        before = await asyncio.to_thread(bytes_left)
        await Chats(database, LiveIndex(), FakeClock()).forget(chat)
        assert (bool(before), await asyncio.to_thread(bytes_left)) == (True, set())


async def test_behind_a_long_reader_the_bytes_go_as_soon_as_it_has_ended(tmp_path: Path) -> None:
    marks = (CANARY.to_bytes(6, "big"), str(CANARY).encode())

    def bytes_left() -> bool:
        files = [path.read_bytes() for path in tmp_path.iterdir()]
        return any(mark in content for mark in marks for content in files)

    async with open_storage(sqlite_url(tmp_path)) as database:
        chats = Chats(database.hasty, LiveIndex(), FakeClock())
        await live_in(database)
        async with database.read() as tx:
            await tx.chats.get(CANARY)
            await chats.forget(CANARY)
            behind = await asyncio.to_thread(bytes_left)
        await chats.scrub_again()
        assert (behind, await asyncio.to_thread(bytes_left)) == (True, False)


async def test_an_export_has_every_row_of_the_chat_and_none_of_another(
    database: Database,
) -> None:
    await live_in(database)
    document, _ = await Portability(database, Unread(), FakeClock()).export(CANARY)
    records = json.loads(document.data)["records"]
    own = {named(one) for one in own_columns().values()}
    found = {
        f"{table}.{name}"
        for table, rows in records.items()
        for row in rows
        for name, value in row.items()
        if value == CANARY
    }
    assert (own - found, found - own) == (set(), set())
    assert {one["about"] for one in records["card"]} == {OTHER}
    assert records["keeper_of"] == [{"id": OTHER, "title": ""}]
    assert records["import_item"][0]["payload"] == '{"query": "x"}'


async def test_who_blocked_the_bot_is_forgotten_after_thirty_days(database: Database) -> None:
    await live_in(database)
    clock = FakeClock()
    chats = Chats(database, LiveIndex(), clock)
    keeper = Housekeeper(database, chats.forget, clock, timedelta(days=90), time.monotonic)
    await chats.gone(CANARY)
    clock.advance(timedelta(days=30).total_seconds() - 1)
    await keeper.tick()
    kept = await rows_with(database, CANARY)
    clock.advance(2)
    await keeper.tick()
    assert (bool(kept), await rows_with(database, CANARY)) == (True, set())
