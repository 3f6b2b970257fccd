"""Which revision a database is at, and which is the newest: told without Alembic.

Alembic takes 11 MB of memory for good, and is needed only when a new version starts first.
"""

from importlib.resources import files

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection


def up_to_date(connection: Connection) -> bool:
    """Whether nothing is left to do."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    current: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return current == newest()


def newest() -> str:
    """The revision of the last migration, by its file's name: `v0019_incoming.py` is 0019."""
    found = files("storage.migrations.versions").iterdir()
    names = sorted(one.name for one in found if one.name.startswith("v0"))
    return names[-1].removeprefix("v").partition("_")[0]
