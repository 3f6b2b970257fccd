"""The migrations make exactly the tables that the code believes in, and can be undone."""

from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import column, insert, inspect, make_url, table, text
from sqlalchemy.engine import Connection

from bot.domain.errors import StorageError
from bot.domain.model import Habit, Wishes
from bot.domain.polling import host_of
from storage.engine import make_engine, open_storage
from storage.migrate import downgrade, upgrade
from storage.revision import up_to_date
from storage.schema import metadata
from storage.upgrading import upgrade_apart
from tests.builders import NOW

HOUR = timedelta(hours=1)


def is_ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
    """The full-text index is each database's own kind, with tables of its own behind it."""
    return not (kind in ("table", "index") and "article_words" in (name or ""))


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"include_object": is_ours})
    return list(compare_metadata(context, metadata))


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


async def test_a_process_of_its_own_makes_the_tables_and_leaves_faults_to_the_opening(
    database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "broken.db").write_bytes(b"not a database at all " * 100)
    await upgrade_apart(f"sqlite+aiosqlite:///{tmp_path / 'broken.db'}")
    await upgrade_apart(database_url)
    engine = make_engine(make_url(database_url))
    async with engine.connect() as connection:
        current = await connection.run_sync(up_to_date)
    await engine.dispose()
    assert current


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


async def test_sources_of_the_first_version_are_kept_and_their_hosts_are_known(
    database_url: str,
) -> None:
    engine = make_engine(make_url(database_url))
    old = table("source", column("url"), column("title"), column("due"))
    urls = ["https://me:pw@A.example.org/feed", "https://b.example.org:8443/feed"]
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, "0001")
        rows = [{"url": url, "title": "T", "due": 7.0} for url in urls]
        await connection.execute(insert(old), rows)
    await engine.dispose()
    async with open_storage(database_url) as database, database.write() as tx:
        kept = await tx.sources.claim(NOW, 9, 40)
        held = [await tx.sources.hold_host(host_of(url), NOW + HOUR, 1) for url in urls]
    assert ([one.url for one in kept], held) == (urls, [1, 1])
    assert [(one.wishes, one.habit, one.moving, one.closed) for one in kept] == [
        (Wishes(), Habit(), None, False)
    ] * 2
