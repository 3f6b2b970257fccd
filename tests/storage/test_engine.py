"""How the databases are talked to: in turn, and with one hop a statement."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import pytest

from storage.engine import Database, open_storage
from storage.one_hop import OneHop
from tests.builders import NOW
from tests.databases import sqlite_url


class Counted(OneHop):
    """Counts what goes to the connection's thread."""

    hops = 0

    async def _execute(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        self.hops += 1
        execute: Any = super()._execute
        return await execute(fn, *args, **kwargs)


async def test_writers_take_their_turns_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    done: list[int] = []
    async with open_storage(sqlite_url(tmp_path)) as database:

        async def write(number: int) -> None:
            async with database.write() as tx:
                await tx.leases.take(f"lease {number}", "a", NOW, 30)
                done.append(number)

        await asyncio.gather(*(write(number) for number in range(20)))
    assert done == list(range(20))


async def test_a_writer_that_gives_up_holds_nobody_up(database: Database) -> None:
    async with database.write() as tx:
        waiting = asyncio.create_task(_take(database))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await tx.leases.take("mine", "a", NOW, 30)
    async with asyncio.timeout(10):
        assert await _take(database)


@pytest.fixture
async def counted(tmp_path: Path) -> AsyncIterator[Counted]:
    connection = Counted(lambda: sqlite3.connect(tmp_path / "x.db"), 64)
    connection._thread.daemon = True
    await connection
    try:
        yield connection
    finally:
        await connection.close()


async def test_a_statement_takes_one_hop_and_tells_all_that_sqlalchemy_asks(
    counted: Counted,
) -> None:
    before = counted.hops
    async with counted.cursor() as cursor:
        await cursor.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)")
        await cursor.executemany("INSERT INTO t (name) VALUES (?)", [("a",), ("b",)])
        many = cursor.rowcount
        await cursor.execute("UPDATE t SET name = ? RETURNING id", ("c",))
        changed, names = await cursor.fetchall(), [one[0] for one in cursor.description]
        await cursor.execute("INSERT INTO t (name) VALUES ('d')")
    told = (counted.hops - before, many, sorted(changed), names, cursor.lastrowid)
    assert told == (4, 2, [(1,), (2,)], ["id"], 3)


async def test_a_transaction_takes_a_hop_for_each_statement_and_one_for_its_end(
    counted: Counted,
) -> None:
    before = counted.hops
    await counted.cursor().execute("BEGIN IMMEDIATE")
    await counted.rollback()
    empty = counted.hops - before
    await counted.cursor().execute("BEGIN IMMEDIATE")
    await counted.cursor().execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    begun = counted.in_transaction
    await counted.commit()
    await counted.rollback()  # as a pool does
    assert (empty, begun, counted.hops - before, counted.in_transaction) == (0, True, 2, False)


async def test_what_a_cancelled_statement_began_is_rolled_back(counted: Counted) -> None:
    await counted.cursor().execute("BEGIN IMMEDIATE")
    asked = asyncio.create_task(counted.cursor().execute("SELECT 1"))
    await asyncio.sleep(0)
    asked.cancel()
    await counted.rollback()
    assert not counted.in_transaction


async def test_a_lock_of_another_is_asked_for_again_and_again_until_patience_ends(
    counted: Counted, tmp_path: Path
) -> None:
    counted.patience = 0.4
    asked: list[str] = []
    await counted.set_trace_callback(asked.append)
    await counted.cursor().execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await counted.cursor().execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await counted.cursor().execute("SELECT 1")
    await counted.rollback()
    other.close()
    await counted.cursor().execute("BEGIN IMMEDIATE")
    await counted.cursor().execute("SELECT 2")
    assert (asked.count("BEGIN IMMEDIATE") >= 10, counted.in_transaction) == (True, True)


class Refusing(sqlite3.Cursor):
    """Meets what its connection has in store at each BEGIN."""

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        connection = self.connection
        if sql.startswith("BEGIN") and isinstance(connection, Refused) and connection.codes:
            refusal = sqlite3.OperationalError("refused")
            refusal.sqlite_errorcode = connection.codes.pop()
            raise refusal
        return super().execute(sql, parameters)


class Refused(sqlite3.Connection):
    """A database that cannot be had for a while: for what reasons, by SQLite's codes."""

    codes: list[int]

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or Refusing)


@pytest.fixture
async def refused() -> AsyncIterator[OneHop]:
    connection = OneHop(lambda: sqlite3.connect(":memory:", factory=Refused), 64)
    connection._thread.daemon = True
    await connection
    connection.patience = 5.0
    try:
        yield connection
    finally:
        await connection.close()


def in_store(connection: OneHop, code: int) -> list[int]:
    """Let the next two BEGIN fail so; returns what is left to meet, as it goes."""
    inner = connection._conn
    assert isinstance(inner, Refused)
    inner.codes = [code, code]
    return inner.codes


@pytest.mark.parametrize(
    "code",
    [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY, sqlite3.SQLITE_BUSY_SNAPSHOT],
)
async def test_who_is_at_recovery_or_has_just_written_is_waited_for(
    refused: OneHop, code: int
) -> None:
    in_store(refused, code)
    await refused.cursor().execute("BEGIN IMMEDIATE")
    await refused.cursor().execute("SELECT 1")
    assert refused.in_transaction


async def test_a_database_that_cannot_be_read_is_not_waited_for(refused: OneHop) -> None:
    codes = in_store(refused, sqlite3.SQLITE_IOERR_READ)
    await refused.cursor().execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="refused"):
        await refused.cursor().execute("SELECT 1")
    assert codes == [sqlite3.SQLITE_IOERR_READ]


async def test_a_fault_is_raised_where_it_was_asked(counted: Counted) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await counted.cursor().execute("SELECT * FROM nobody")


async def _take(database: Database) -> bool:
    async with database.write() as tx:
        return await tx.leases.take("another", "a", NOW, 30)
