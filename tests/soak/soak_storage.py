"""D1 and F5 in numbers: writers that contend, and back-ups that are killed (`make soak`)."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest

from bot.domain.model import ChatKind
from storage.backup import restore
from storage.engine import open_storage
from tests.databases import sqlite_url

SECONDS = 60.0
WRITERS = 50
KILLED = 100

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1_800)]


async def test_d1_fifty_writers_in_two_processes_worth_of_connections_never_find_it_locked(
    tmp_path: Path,
) -> None:
    took: list[float] = []
    url = sqlite_url(tmp_path)
    async with open_storage(url) as one, open_storage(url) as other:

        async def write(number: int) -> None:
            database = one if number % 2 else other
            while perf_counter() < end:
                began = perf_counter()
                async with database.write() as tx:
                    await tx.chats.ensure(number, ChatKind.PRIVATE, f"{began}", "en")
                took.append(perf_counter() - began)

        end = perf_counter() + SECONDS
        await asyncio.gather(*(write(number) for number in range(1, WRITERS + 1)))
    took.sort()
    p99 = took[int(len(took) * 0.99)] * 1_000
    print(f"\n{len(took)} writes in {SECONDS:.0f} s, none refused; p99 {p99:.0f} ms")
    assert p99 < 500


async def test_f5_a_back_up_that_is_killed_is_none_and_harms_nothing(tmp_path: Path) -> None:
    url, file = sqlite_url(tmp_path), tmp_path / "newsbell.db"
    async with open_storage(url) as database:
        for start in range(0, 40_000, 2_000):
            async with database.write() as tx:
                for number in range(start + 1, start + 2_001):
                    await tx.chats.ensure(number, ChatKind.PRIVATE, "A long name " * 9, "en")
    target, whole = tmp_path / "copy.db", 0
    for number in range(KILLED):
        command = [sys.executable, "-m", "bot", "backup", str(target)]
        with subprocess.Popen(command, env={"DATABASE_URL": url, "PATH": ""}) as process:
            await asyncio.sleep(0.1 + number * 0.006)  # a whole one takes about half a second
            process.kill()
        if target.exists():
            whole += 1
            await asyncio.to_thread(restore, target, tmp_path / "restored.db")
            target.unlink()
    with sqlite3.connect(file) as connection:
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
    print(f"\n{KILLED} back-ups killed, {whole} of them too late; the database: {verdict}")
    assert verdict == "ok"
