"""Back-ups of a SQLite database: made while the bot runs, checked, put back in one step.

Copying the file alone would miss what is still in the write-ahead log (`-wal`), and a restored
file beside an old log would be corrupted by it; SQLite's online backup API knows both
(sqlite.org, "SQLite Backup API").
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from bot.domain.errors import BackupError, StorageError
from storage.presence import nobody_there

PAGES = 2_000
"""Copied at a time (8 MB): writers wait no longer than that takes."""

FOLDER = "backups"
"""Beside the database; what /backup makes is there."""


def database_file(url: str) -> Path:
    """The file behind a database address.

    Raises:
        StorageError: it is no SQLite database; PostgreSQL has tools of its own.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise BackupError(
            "no-sqlite", "only SQLite is backed up this way; for PostgreSQL use pg_dump"
        )
    return Path(parsed.database)


def back_up(database: Path, target: Path) -> int:
    """Write a checked copy to `target`, replacing it; returns its size in bytes.

    Raises:
        StorageError: there is no such database, the disk is full, or the copy is not sound.
    """
    if not database.is_file():
        raise BackupError("no-database", f"there is no database at {database}")
    _copy(database, target)
    return target.stat().st_size


def examine(database: Path) -> None:
    """Look whether this file can be trusted, before anything is written into it.

    Raises:
        StorageError: it is damaged, or lost beside its back-ups; the message says what to do.
    """
    newest = max(database.parent.glob(f"{FOLDER}/newsbell-*.db"), default=None)
    mend = f"newsbell restore {newest}" if newest else "newsbell restore FILE, with a back-up"
    if not database.exists():
        if newest is not None:
            raise StorageError(
                f"there is no database at {database}, but there are back-ups. To go on: {mend}. "
                f"To begin anew, move {newest.parent} away"
            )
        return
    try:
        with closing(sqlite3.connect(database)) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        if "malformed" not in str(error) and "not a database" not in str(error):
            return  # locked, or out of reach: whoever opens it says so
        verdict = str(error)
    if verdict != "ok":
        raise StorageError(
            f"the database {database} is damaged ({verdict}). To go on: {mend}. What else is in "
            f"it: sqlite3 {database} .recover"
        )


def restore(backup: Path, database: Path) -> None:
    """Put a back-up in the database's place; the bot must not run.

    Raises:
        StorageError: it is no sound back-up of Newsbell's, or the bot is running.
    """
    if not backup.is_file():
        raise StorageError(f"there is no back-up at {backup}")
    database.parent.mkdir(parents=True, exist_ok=True)
    with nobody_there(database):
        fresh = database.with_name(f"{database.name}.restored")
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
        raise BackupError(
            "not-copied", f"{source} cannot be copied to {target}: {error}"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _check(copy: sqlite3.Connection, source: Path) -> None:
    (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
    tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
    if verdict != "ok" or not {"alembic_version", "subscription"} <= tables:
        raise BackupError("not-sound", f"{source} is no sound database of Newsbell's ({verdict})")
