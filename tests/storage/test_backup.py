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
    (tmp_path / "newsbell.db-shm").write_bytes(b"and its index")
    await asyncio.to_thread(restore, copy, file)
    assert (size > 0, await words_in(file), await words_in(copy)) == (True, ["NATO"], ["NATO"])


async def test_a_running_bot_is_not_restored_under_its_feet(tmp_path: Path) -> None:
    file, copy = tmp_path / "newsbell.db", tmp_path / "copy.db"
    async with open_storage(sqlite_url(tmp_path)):
        await asyncio.to_thread(back_up, file, copy)
        with pytest.raises(StorageError, match="running"):
            await asyncio.to_thread(restore, copy, file)
    await asyncio.to_thread(restore, copy, file)


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\x00" * 400])
def test_what_is_no_sound_back_up_is_refused_and_changes_nothing(
    tmp_path: Path, content: bytes
) -> None:
    bad, file = tmp_path / "bad.db", tmp_path / "newsbell.db"
    bad.write_bytes(content)
    file.write_bytes(b"precious")
    with pytest.raises(StorageError):
        restore(bad, file)
    assert (file.read_bytes(), sorted(one.name for one in tmp_path.iterdir())) == (
        b"precious",
        ["bad.db", "newsbell.db", "newsbell.db.lock"],
    )


@pytest.mark.parametrize("seed", range(8))
async def test_f20_a_damaged_database_is_seen_at_the_start_and_the_way_back_is_named(
    tmp_path: Path, seed: int
) -> None:
    file, copy = tmp_path / "newsbell.db", tmp_path / "backups" / "newsbell-1.db"
    async with open_storage(sqlite_url(tmp_path)) as database:
        await subscribe(database, "NATO")
        await asyncio.to_thread(back_up, file, copy)
        await subscribe(database, *(f"word {number}" for number in range(300)))
    damage(file, seed)
    with pytest.raises(StorageError) as refused:
        async with open_storage(sqlite_url(tmp_path)):
            pass
    await asyncio.to_thread(restore, copy, file)
    assert (f"newsbell restore {copy}" in str(refused.value), await words_in(file)) == (
        True,
        ["NATO"],
    )


def damage(file: Path, seed: int) -> None:
    """Overwrite the heads of a few pages, as a failing disk does; the first tells what it is."""
    content = bytearray(file.read_bytes())
    pages = len(content) // 4_096
    for page in range(seed, pages, 9):
        content[page * 4_096 : page * 4_096 + 100] = bytes([seed + 1]) * 100
    file.write_bytes(content)


async def test_f20_a_lost_database_beside_its_back_ups_is_not_begun_anew(tmp_path: Path) -> None:
    file, copy = tmp_path / "newsbell.db", tmp_path / "backups" / "newsbell-1.db"
    async with open_storage(sqlite_url(tmp_path)):
        await asyncio.to_thread(back_up, file, copy)
    file.unlink()
    with pytest.raises(StorageError, match="begin anew"):
        async with open_storage(sqlite_url(tmp_path)):
            pass
    assert not file.exists()


async def test_f20_a_log_that_was_cut_off_loses_its_end_alone(tmp_path: Path) -> None:
    file, wal = tmp_path / "newsbell.db", tmp_path / "newsbell.db-wal"
    async with open_storage(sqlite_url(tmp_path)) as database:
        await subscribe(database, "NATO")
        await subscribe(database, "derby")
        content, log = file.read_bytes(), wal.read_bytes()
    file.write_bytes(content)
    wal.write_bytes(log[: len(log) - 2_000])
    assert (await words_in(file))[:1] == ["NATO"]


def test_postgresql_has_tools_of_its_own() -> None:
    with pytest.raises(StorageError, match="pg_dump"):
        database_file("postgresql+psycopg://me@host/name")
