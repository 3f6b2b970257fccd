"""Back-ups are made beside a running bot, checked, and put back whole."""

import asyncio
from pathlib import Path

import pytest

from bot.domain.errors import StorageError
from bot.domain.grammar import parse
from bot.domain.model import ChatKind
from storage.backup import back_up, database_file, restore
from storage.engine import Database, open_storage
from tests.builders import NOW, PRIVATE
from tests.databases import sqlite_url

NOW_SECONDS = NOW.timestamp()


async def subscribe(database: Database, *words: str) -> None:
    async with database.write() as tx:
        await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
        for one in words:
            await tx.subscriptions.add(PRIVATE, one, parse(one), NOW)


async def words_in(path: Path) -> list[str]:
    async with open_storage(f"sqlite+aiosqlite:///{path}") as database, database.read() as tx:
        return [one.typed for one in await tx.subscriptions.of_place(PRIVATE)]


async def test_a_back_up_of_an_open_database_is_put_back_over_a_later_one(tmp_path: Path) -> None:
    file, copy = tmp_path / "newsbell.db", tmp_path / "deep" / "copy.db"
    async with open_storage(sqlite_url(tmp_path)) as database:
        await subscribe(database, "NATO")
        size = await asyncio.to_thread(back_up, file, copy)
        await subscribe(database, "derby")
    (tmp_path / "newsbell.db-wal").write_bytes(b"a log of another time")
    await asyncio.to_thread(restore, copy, file, NOW_SECONDS)
    assert (size > 0, await words_in(file), await words_in(copy)) == (True, ["NATO"], ["NATO"])


async def test_a_running_bot_is_not_restored_under_its_feet(tmp_path: Path) -> None:
    file, copy = tmp_path / "newsbell.db", tmp_path / "copy.db"
    async with open_storage(sqlite_url(tmp_path)) as database:
        async with database.write() as tx:
            await tx.leases.take("getUpdates", "me", NOW, 30)
        await asyncio.to_thread(back_up, file, copy)
        with pytest.raises(StorageError, match="running"):
            await asyncio.to_thread(restore, copy, file, NOW_SECONDS)
    await asyncio.to_thread(restore, copy, file, NOW_SECONDS + 31)


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\x00" * 400])
def test_what_is_no_sound_back_up_is_refused_and_changes_nothing(
    tmp_path: Path, content: bytes
) -> None:
    bad, file = tmp_path / "bad.db", tmp_path / "newsbell.db"
    bad.write_bytes(content)
    file.write_bytes(b"precious")
    with pytest.raises(StorageError):
        restore(bad, file, NOW_SECONDS)
    assert (file.read_bytes(), sorted(one.name for one in tmp_path.iterdir())) == (
        b"precious",
        ["bad.db", "newsbell.db"],
    )


def test_postgresql_has_tools_of_its_own() -> None:
    with pytest.raises(StorageError, match="pg_dump"):
        database_file("postgresql+psycopg://me@host/name")
