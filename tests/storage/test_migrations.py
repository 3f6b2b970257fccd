"""The migrations make exactly the tables that the code believes in, and can be undone."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, make_url, text
from sqlalchemy.engine import Connection

from bot.domain.errors import StorageError
from storage.engine import make_engine, open_storage
from storage.migrate import downgrade
from storage.schema import metadata


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def tables(connection: Connection) -> list[str]:
    return [name for name in inspect(connection).get_table_names() if name != "alembic_version"]


async def test_migrated_tables_are_the_schema(database_url: str) -> None:
    async with open_storage(database_url):
        pass
    engine = make_engine(make_url(database_url))
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert found == []


async def test_opening_again_changes_nothing(database_url: str) -> None:
    for _ in range(2):
        async with open_storage(database_url) as database:
            assert await database.ping() is None


async def test_every_migration_can_be_undone(database_url: str) -> None:
    async with open_storage(database_url):
        pass
    engine = make_engine(make_url(database_url))
    async with engine.begin() as connection:
        await connection.run_sync(downgrade, "base")
        left = await connection.run_sync(tables)
    await engine.dispose()
    assert left == []


async def test_a_database_of_a_newer_version_is_refused_with_what_to_do(database_url: str) -> None:
    async with open_storage(database_url):
        pass
    engine = make_engine(make_url(database_url))
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(StorageError, match="start the newer Newsbell"):
        async with open_storage(database_url):
            pass
