"""What operators may do: figures, back-ups, and the switch that stops all sending."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.ports import Clock, Storage
from storage.backup import FOLDER, back_up, database_file

KEPT = timedelta(days=30)
"""How long back-ups are kept: what /forget deleted must not live on in them (PRODUCT.md)."""

HALF_DONE = timedelta(hours=1)
"""After which a back-up that has not become one never will."""


class Operators:
    """The operator's own commands."""

    def __init__(self, storage: Storage, url: str, clock: Clock) -> None:
        self._storage = storage
        self._url = url
        self._clock = clock

    async def pause_sending(self, *, paused: bool) -> None:
        """Stop alerts of all chats, in all processes, from the next claim on; or go on."""
        async with self._storage.write() as tx:
            await tx.leases.switch("sending", on=paused)

    async def broadcast(self, chat: int, text: str) -> None:
        """Begin to tell every chat; the progress shows in `chat`."""
        async with self._storage.write() as tx:
            await tx.broadcasts.add(chat, text, self._clock())

    async def back_up(self) -> tuple[Path, int]:
        """A new back-up beside the database; returns it with its size in bytes.

        Raises:
            StorageError: it cannot be made; the reason says why.
        """
        now = self._clock()
        database = database_file(self._url)
        folder = database.parent / FOLDER
        target = folder / f"newsbell-{now:%Y%m%d-%H%M%S}.db"
        size = await asyncio.to_thread(back_up, database, target)
        await asyncio.to_thread(_expire, folder, now)
        return target, size


def _expire(folder: Path, now: datetime) -> None:
    """Old back-ups go, and so does what a kill left half-done: it holds what is forgotten, too."""
    for old in folder.glob("newsbell-*.db*"):
        kept = KEPT if old.suffix == ".db" else HALF_DONE
        if old.stat().st_mtime < (now - kept).timestamp():
            old.unlink()
