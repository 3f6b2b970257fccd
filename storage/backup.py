"""Back-ups of a SQLite database: made while the bot runs, checked, put back in one step.

Copying the file alone would miss what is still in the write-ahead log (`-wal`), and a restored
file beside an old log would be corrupted by it; SQLite's online backup API knows both
(sqlite.org, "SQLite Backup API").
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from bot.domain.errors import StorageError

PAGES = 2_000
"""Copied at a time (8 MB): writers wait no longer than that takes."""

HELD = "SELECT max(until) FROM lease WHERE name = 'getUpdates'"


def database_file(url: str) -> Path:
    """The file behind a database address.

    Raises:
        StorageError: it is no SQLite database; PostgreSQL has tools of its own.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise StorageError("only SQLite is backed up this way; for PostgreSQL use pg_dump")
    return Path(parsed.database)


def back_up(database: Path, target: Path) -> int:
    """Write a checked copy to `target`, replacing it; returns its size in bytes.

    Raises:
        StorageError: there is no such database, the disk is full, or the copy is not sound.
    """
    if not database.is_file():
        raise StorageError(f"there is no database at {database}")
    _copy(database, target)
    return target.stat().st_size


def restore(backup: Path, database: Path, now: float) -> None:
    """Put a back-up in the database's place; the bot must not run (`now`: unix seconds).

    Raises:
        StorageError: it is no sound back-up of Newsbell's, or the bot is running.
    """
    if not backup.is_file():
        raise StorageError(f"there is no back-up at {backup}")
    if database.is_file() and _held(database) > now:
        raise StorageError("Newsbell is running: stop it first, and try again after half a minute")
    fresh = database.with_name(f"{database.name}.restored")
    database.parent.mkdir(parents=True, exist_ok=True)
    _copy(backup, fresh)
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    fresh.replace(database)


def _copy(source: Path, target: Path) -> None:
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with closing(_open(source)) as old, closing(sqlite3.connect(part)) as new:
            old.backup(new, pages=PAGES)
            new.execute("PRAGMA journal_mode=DELETE")
            _check(new, source)
        part.replace(target)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(f"{source} cannot be copied to {target}: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _check(copy: sqlite3.Connection, source: Path) -> None:
    (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
    tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
    if verdict != "ok" or not {"alembic_version", "subscription"} <= tables:
        raise StorageError(f"{source} is no sound database of Newsbell's ({verdict})")


def _held(database: Path) -> float:
    """Until when a running bot holds the updates; 0 for a database that tells nothing."""
    try:
        with closing(_open(database)) as connection:
            return float(connection.execute(HELD).fetchone()[0] or 0)
    except sqlite3.Error:
        return 0.0
