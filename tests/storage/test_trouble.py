"""F18, F19: a database that fails is named, changes nothing, and works again by itself."""

import asyncio
import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from bot.domain.errors import StorageTrouble
from bot.domain.incidents import Kind
from bot.domain.model import ChatKind
from storage.engine import Database, open_storage
from tests.builders import PRIVATE
from tests.databases import postgres_url, sqlite_url


async def know(database: Database, *chats: int) -> None:
    async with database.write() as tx:
        for chat in chats:
            await tx.chats.ensure(chat, ChatKind.PRIVATE, "A long name " * 50, "en")


async def known(database: Database, chat: int) -> bool:
    async with database.read() as tx:
        return await tx.chats.get(chat) is not None


async def fill(database: Database) -> None:
    """Write more than there is room for."""
    async with database.write() as tx:
        await tx.connection.execute(text("PRAGMA max_page_count = 1"))
        for chat in range(2, 500):
            await tx.chats.ensure(chat, ChatKind.PRIVATE, "A long name " * 50, "en")


async def cut_off(database: Database, url: str) -> None:
    """Lose the connection in the middle of a transaction."""
    async with database.write() as tx:
        await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
        await asyncio.to_thread(end_all_others, url)
        await tx.chats.get(PRIVATE.chat)


async def test_f18_a_full_disk_is_named_and_what_was_written_half_is_not_there(
    tmp_path: Path,
) -> None:
    heard: list[Kind | None] = []
    async with open_storage(sqlite_url(tmp_path), heard.append) as database:
        await know(database, 1)
        with pytest.raises(StorageTrouble) as trouble:
            await fill(database)
        there = [await known(database, chat) for chat in (1, 2)]
    assert (trouble.value.kind, heard[-1], there) == ("disk", "disk", [True, False])


async def test_f19_a_lock_of_another_process_is_waited_for_and_a_person_hears_soon(
    tmp_path: Path,
) -> None:
    async with open_storage(sqlite_url(tmp_path)) as database:
        await know(database, 1)
        with sqlite3.connect(tmp_path / "newsbell.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            patient = asyncio.create_task(know(database, 2))
            with pytest.raises(StorageTrouble) as trouble:
                await know(database.hasty, 3)
            other.execute("COMMIT")
        await patient
        there = [await known(database, chat) for chat in (2, 3)]
    assert (trouble.value.kind, there) == ("busy", [True, False])


async def test_f19_connections_that_postgresql_ends_are_named_and_made_anew() -> None:
    url = postgres_url()
    async with open_storage(url) as database:
        with pytest.raises(StorageTrouble) as trouble:
            await cut_off(database, url)
        await know(database, 2)
        there = [await known(database, chat) for chat in (PRIVATE.chat, 2)]
    assert (trouble.value.kind, there) == ("unreachable", [False, True])


def end_all_others(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )


async def test_a_statement_of_ours_that_is_wrong_is_no_trouble_of_the_database(
    database: Database,
) -> None:
    with pytest.raises(Exception, match="no_such_table"):
        async with database.read() as tx:
            await tx.connection.execute(text("SELECT * FROM no_such_table"))
