"""A connection to SQLite whose statements take one hop to its thread each, instead of four.

aiosqlite sends every call to a thread: open a cursor, execute, fetch, close. Each hop wakes two
threads, which costs more than most statements of ours do, and waits its turn twice on a machine
that is busy. SQLAlchemy fetches all rows at once anyway, so all of it fits into one call. BEGIN
goes along with the first statement, and a connection that comes back to its pool with nothing open
is not asked to roll that back.
"""

import sqlite3
import time
from collections.abc import Awaitable, Callable
from typing import Any, Self

from aiosqlite import Connection

LOOK = 0.002
"""Seconds between two tries for the lock. SQLite’s own pauses grow to a tenth of a second, in
which a process that writes all the time takes it again and again (bench_writers.py)."""


class Cursor:
    """What SQLAlchemy asks of a cursor (`AsyncIODBAPICursor`); rows are there after `execute`."""

    def __init__(self, connection: "OneHop") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """As `close`."""

    async def execute(self, operation: Any, parameters: Any = ()) -> None:
        if operation.startswith("BEGIN"):
            self._connection.begin(operation)
        else:
            await self._at_once("execute", operation, parameters)

    async def executemany(self, operation: Any, parameters: Any) -> None:
        await self._at_once("executemany", operation, parameters)

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        """The driver's own cursor was closed when its rows were read."""

    async def _at_once(self, verb: str, operation: Any, parameters: Any) -> None:
        found = await self._connection.in_its_thread(verb, operation, parameters)
        self.description, self._rows, self.rowcount, self.lastrowid = found


class OneHop(Connection):
    """aiosqlite's connection with cursors that hop once."""

    patience = 0.0  # seconds that a transaction waits for the lock
    _begin: str | None = None  # said, and to be done with the next statement
    _open = False  # something was asked since the last transaction ended

    def begin(self, operation: str) -> None:
        """The next statement begins a transaction; one without statements takes no hop."""
        self._begin = operation

    async def commit(self) -> None:
        await self._end(super().commit)

    async def rollback(self) -> None:
        await self._end(super().rollback)

    async def _end(self, ending: Callable[[], Awaitable[None]]) -> None:
        self._begin = None
        if self._open:
            await ending()
            self._open = False

    def cursor(self, factory: type[sqlite3.Cursor] | None = None) -> Any:
        del factory  # SQLAlchemy gives none
        return Cursor(self)

    async def in_its_thread(
        self, verb: str, operation: str, parameters: Any
    ) -> tuple[Any, list[Any], int, int | None]:
        """Description, rows, how many were changed, and the last row's id."""
        first, self._begin, self._open = self._begin, None, True

        def at_once() -> tuple[Any, list[Any], int, int | None]:
            cursor = self._conn.cursor()
            try:
                if first:
                    _begin(cursor, first, self.patience)
                getattr(cursor, verb)(operation, parameters)
                rows = cursor.fetchall() if cursor.description else []
                return cursor.description, rows, cursor.rowcount, cursor.lastrowid
            finally:
                cursor.close()

        # aiosqlite has no public way to run a function in its thread; SQLAlchemy reaches for its
        # queue as well (sqlalchemy.dialects.sqlite.aiosqlite, isolation_level).
        execute: Any = self._execute
        found: tuple[Any, list[Any], int, int | None] = await execute(at_once)
        return found


def _begin(cursor: sqlite3.Cursor, operation: str, patience: float) -> None:
    """Begin a transaction as soon as the lock is free.

    Raises:
        OperationalError: somebody else has held it all the time.
    """
    if operation.strip() == "BEGIN":  # takes no lock
        cursor.execute(operation)
        return
    end = time.monotonic() + patience
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        while not _taken(cursor, operation, last=time.monotonic() >= end):
            time.sleep(LOOK)
    finally:
        cursor.execute(f"PRAGMA busy_timeout={int(patience * 1_000)}")


def _taken(cursor: sqlite3.Cursor, operation: str, *, last: bool) -> bool:
    """Whether the lock was free.

    The low byte of an extended code is what it is a kind of: another process is at recovery after
    a crash (SQLITE_BUSY_RECOVERY), or has written since our look began (SQLITE_BUSY_SNAPSHOT; the
    next try looks anew). SQLite's own wait goes on in these cases, too (sqlite.org/rescode.html).
    """
    try:
        cursor.execute(operation)
    except sqlite3.OperationalError as error:
        if last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


async def connect_in_one_hop(database: str, *, timeout: float = 5.0, **options: Any) -> OneHop:  # noqa: ASYNC109 - sqlite3 calls it so
    """Open a database; `options` are those of `sqlite3.connect`, `timeout` the wait for a lock."""
    connection = OneHop(
        lambda: sqlite3.connect(database, timeout=timeout, **options), iter_chunk_size=64
    )
    connection.patience = timeout
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does: no connection keeps us
    await connection
    return connection
