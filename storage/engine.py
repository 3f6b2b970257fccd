"""Opening the database: SQLite in one file, or PostgreSQL; migrations run first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url, text
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.domain.errors import StorageError, StorageTrouble
from storage.backup import examine
from storage.one_hop import connect_in_one_hop
from storage.presence import Presence
from storage.revision import up_to_date
from storage.transaction import Transaction
from storage.trouble import Report, deaf, troubles

PATIENCE = 30.0
"""Seconds that work waits for a lock."""
HASTE = 2.0
"""Seconds that a person's command waits for its turn, and for the lock, before we are busy."""

PRAGMAS = (
    "journal_mode=WAL",  # readers do not wait for the writer
    "synchronous=FULL",  # an alert that was marked as sent stays so through a power cut
    "foreign_keys=ON",
    "secure_delete=ON",  # /forget leaves no byte behind
)


class Database:
    """`ports.Storage` over one engine."""

    def __init__(
        self,
        engine: AsyncEngine,
        report: Report = deaf,
        turn: asyncio.Lock | None = None,
        patience: float | None = None,
        hasty: "Database | None" = None,
    ) -> None:
        self._engine = engine
        self._report = report
        self._begin = "IMMEDIATE" if engine.dialect.name == "sqlite" else ""
        self._turn = turn
        self._patience = patience
        self.hasty = hasty or self  # for those whom a person waits for

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """A transaction that only reads."""
        with troubles(self._report):
            async with self._engine.connect() as connection, connection.begin():
                yield Transaction(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """A transaction that may write: on SQLite it is one from its first statement on."""
        with troubles(self._report):
            async with self._in_turn(), self._engine.connect() as connection:
                await connection.execution_options(newsbell_begin=self._begin)
                async with connection.begin():
                    yield Transaction(connection)
        self._report(None)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """SQLite lets one write, and the others look again after ever longer pauses, in no order.

        Within this process they queue, which wastes no time and is fair.
        """
        if self._turn is None:
            yield
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._turn.acquire()
        except TimeoutError as late:
            raise StorageTrouble("busy") from late
        try:
            yield
        finally:
            self._turn.release()

    async def scrub(self) -> bool:
        """Empty SQLite's write-ahead log: its pages hold what was deleted (PostgreSQL: nothing).

        False: a reader in the middle of a transaction keeps its pages. SQLite reports that as a
        row, not as an error (sqlite.org/pragma.html, wal_checkpoint: "busy").
        """
        if not self._begin:
            return True
        async with self._engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            if driver is None:  # cannot be: it has just connected
                return False
            row = await (await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")).fetchone()
        return bool(row[0] == 0)

    async def ping(self) -> str | None:
        """What is wrong with the database; None when it answers."""
        try:
            async with self._engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            return f"the database does not answer: {type(error).__name__}"
        return None


@asynccontextmanager
async def open_storage(
    url: str, report: Report = deaf, patience: float = PATIENCE
) -> AsyncIterator[Database]:
    """Open the database at `url`, its tables brought up to date, and close it at the end.

    `report` hears of every failure, and of every write that worked. Work waits `patience` seconds
    for a lock.

    Raises:
        StorageError: it cannot be opened, or was written by a newer Newsbell.
    """
    parsed = make_url(url)
    file = file_of(parsed)
    with ExitStack() as stack:
        presence = None
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            presence = stack.enter_context(Presence(file))
            await asyncio.to_thread(examine, file)
        engine, hasty = make_engine(parsed, patience), make_engine(parsed, HASTE)
        turn = asyncio.Lock() if engine.dialect.name == "sqlite" else None
        quick = Database(hasty, report, turn, HASTE)
        database = Database(engine, report, turn, hasty=quick)
        try:
            await bring_up(engine, parsed)
            if presence is not None and presence.alone:
                await _begin_anew(database)
                presence.share()
            yield database
        finally:
            await hasty.dispose()
            await engine.dispose()


async def bring_up(engine: AsyncEngine, url: URL) -> None:
    """Today's tables."""
    try:
        async with engine.connect() as connection:
            await connection.execution_options(
                newsbell_begin="IMMEDIATE" if url.get_backend_name() == "sqlite" else ""
            )
            async with connection.begin():
                if not await connection.run_sync(up_to_date):
                    from storage.migrate import upgrade  # noqa: PLC0415 - see storage.revision

                    await connection.run_sync(upgrade)
    except SQLAlchemyError as error:
        where = url.render_as_string(hide_password=True)
        raise StorageError(f"the database {where} cannot be opened: {error}") from error


async def _begin_anew(database: Database) -> None:
    """What a killed process left: leases, and in the log perhaps what somebody had deleted."""
    async with database.write() as tx:
        await tx.leases.free()
    await database.scrub()


def file_of(url: URL) -> Path | None:
    """The file of a SQLite database; None: it has none."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


def make_engine(url: URL, patience: float = PATIENCE) -> AsyncEngine:
    """The engine with what has to be said on every connection; `patience` in seconds."""
    if url.get_backend_name() != "sqlite":
        waits = {"options": f"-c lock_timeout={int(patience * 1_000)}", "connect_timeout": 5}
        pool = {"pool_size": 10, "pool_timeout": patience, "pool_pre_ping": True}
        return create_async_engine(url, connect_args=waits, hide_parameters=True, **pool)
    hop = {"async_creator_fn": connect_in_one_hop, "timeout": patience}
    # Errors go to logs, and ids must not: hide_parameters.
    engine = create_async_engine(url, connect_args=hop, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _on_connect)
    event.listen(engine.sync_engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: Any) -> None:  # SQLAlchemy's hook: a DBAPI connection
    # sqlite3 opens no transaction before "WITH … UPDATE": a rollback would keep the claim.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("newsbell_begin", "")
    connection.exec_driver_sql(f"BEGIN {mode}")
