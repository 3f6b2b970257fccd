"""What a database that fails is called, whichever of the two it is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from bot.domain.errors import StorageTrouble
from bot.domain.incidents import Kind

Report = Callable[[Kind | None], None]
"""Hears of every failure, and (None) of every write that worked."""

# Fragments of SQLite's messages (sqlite.org/rescode.html), and PostgreSQL's SQLSTATE codes.
_DISK = ("disk is full", "disk i/o", "readonly database", "unable to open")
_LOCKED = ("locked", "busy")
_STATES: dict[str, Kind] = {
    "53100": "disk",
    "53300": "busy",  # too many connections
    "55P03": "busy",  # lock not available
    "40P01": "busy",  # deadlock
    "40001": "busy",
}


def deaf(_kind: Kind | None) -> None:
    """Nobody wants to know."""


@contextmanager
def troubles(report: Report) -> Iterator[None]:
    """Give a failing database its name.

    Raises:
        StorageTrouble: instead of the driver's error, where it is the database that fails.
    """
    try:
        yield
    except (DBAPIError, NoConnectionFree) as error:
        kind = kind_of(error)
        if kind is None:
            raise
        report(kind)
        raise StorageTrouble(kind) from error


def kind_of(error: DBAPIError | NoConnectionFree) -> Kind | None:
    """None: the database works, and it is our statement that is wrong."""
    if isinstance(error, NoConnectionFree):
        return "busy"
    state = getattr(error.orig, "sqlstate", None)
    if state is not None and state in _STATES:
        return _STATES[state]
    text = str(error.orig).lower()
    if any(part in text for part in _DISK):
        return "disk"
    if any(part in text for part in _LOCKED):
        return "busy"
    gone = state is None or state.startswith(("08", "57"))
    remote = type(error.orig).__module__.startswith("psycopg")
    lost = remote and gone and isinstance(error, OperationalError | InterfaceError)
    return "unreachable" if lost or error.connection_invalidated else None
