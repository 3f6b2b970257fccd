"""Bringing the tables up to date in a process of its own: `python -m storage.upgrading`.

Alembic takes 8 MB of memory for good where it was needed once, at a new version's first start. The
address comes on stdin, because others can read a command line and it may hold a password.
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.errors import StorageError
from storage.engine import bring_up, file_of, make_engine
from storage.revision import up_to_date


async def upgrade_apart(url: str) -> None:
    """Do it, if anything is left to do. Whatever fails here is said by `open_storage`."""
    if await _is_current(url):
        return
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "storage.upgrading", stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL
    )
    await process.communicate(url.encode())


async def _is_current(url: str) -> bool:
    """Also where that cannot be told."""
    file = file_of(make_url(url))
    if file is not None and not file.exists():
        return False
    engine = make_engine(make_url(url))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(up_to_date)
    except SQLAlchemyError:
        return True
    finally:
        await engine.dispose()


async def upgrade(url: str) -> int:
    """Bring the tables up to date here; returns the exit status."""
    file = file_of(make_url(url))
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    engine = make_engine(make_url(url))
    try:
        await bring_up(engine, make_url(url))
    except StorageError:
        return 1
    finally:
        await engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(upgrade(sys.stdin.read())))
