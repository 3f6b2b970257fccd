"""Which processes have a SQLite database open: a lock on a file beside it, shared by all of them.

The lock of a process ends with it, however it ends. So who finds nobody else there knows that
every lease in the database is a dead process's, and need not wait for it to run out. PostgreSQL
has no such file: there leases run out.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.domain.errors import StorageError


class Presence:
    """Held while the database is open; `alone` tells whether nobody else had it open at first."""

    def __init__(self, database: Path) -> None:
        self._path = _lock_of(database)
        self.alone = False

    def __enter__(self) -> Self:
        self._file = self._path.open("ab")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.alone = True
        except BlockingIOError:
            fcntl.flock(self._file, fcntl.LOCK_SH)
        return self

    def share(self) -> None:
        """Let others in: what may only be done alone has been done."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()


@contextmanager
def nobody_there(database: Path) -> Iterator[None]:
    """Keep everybody out.

    Raises:
        StorageError: a process has the database open.
    """
    with _lock_of(database).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StorageError("Newsbell is running: stop it first") from error
        yield


def _lock_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.lock")
