"""Letting go of what is old: RETENTION_DAYS, and 30 days for chats that refuse us.

In small transactions with pauses between, so that nobody waits for it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.domain.ports import Clock, Storage
from bot.domain.retaining import FIRST_SLICE, Stale, next_slice

log = logging.getLogger(__name__)

FOUND = 5_000
"""Old rows that are looked for at once; looking holds nobody up."""

PAUSE = 0.02
"""Seconds between transactions, in which others may write: SQLite's lock knows no queue."""

GONE_FOR = timedelta(days=30)
"""How long the data of a chat is kept that blocked or removed the bot (PRODUCT.md)."""

KEPT_QUERIES = timedelta(days=30)
"""How long a button of an old search goes on working."""

UNANSWERED = timedelta(hours=2)

REDELIVERED = timedelta(days=2)
"""Telegram keeps an update for a day (Bot API, getUpdates)."""

_UNUSED = frozenset({Stale.QUERIES, Stale.OFFERS})
Forget = Callable[[int], Awaitable[None]]


class Housekeeper:
    """Runs now and then; what is left over is done the next time."""

    def __init__(
        self,
        storage: Storage,
        forget: Forget,
        clock: Clock,
        retention: timedelta,
        timer: Callable[[], float],
    ) -> None:
        self._storage = storage
        self._forget = forget
        self._clock = clock
        self._retention = retention
        self._timer = timer  # in seconds
        self._slice = FIRST_SLICE

    async def tick(self) -> int:
        """Let go of all that is old; returns how many rows went."""
        now = self._clock()
        old, unused = now - self._retention, now - KEPT_QUERIES
        gone = 0
        for what in Stale:
            gone += await self._drop(what, unused if what in _UNUSED else old)
        async with self._storage.write() as tx:
            await tx.housekeeping.prompts(now - UNANSWERED)
            await tx.incoming.forget(now - REDELIVERED)
            chats = await tx.housekeeping.gone_chats(now - GONE_FOR)
        for chat in chats:
            await self._forget(chat)
        if gone or chats:
            log.info("let go of %s old rows and %s chats that left long ago", gone, len(chats))
        return gone

    async def _drop(self, what: Stale, before: datetime) -> int:
        """All that is old of one kind, in slices."""
        gone = 0
        while True:
            async with self._storage.read() as tx:
                found = await tx.housekeeping.stale(what, before, FOUND)
            left = found
            while left:
                some, left = left[: self._slice], left[self._slice :]
                gone += await self._let_go(what, some, before)
                await asyncio.sleep(PAUSE)
            if len(found) < FOUND:
                return gone

    async def _let_go(self, what: Stale, keys: Sequence[tuple[Any, ...]], before: datetime) -> int:
        """One transaction, and how large the next may be."""
        async with self._storage.write() as tx:
            start = self._timer()  # the writer is ours from here to the end of the commit
            gone = await tx.housekeeping.drop(what, keys, before)
        self._slice = next_slice(len(keys), self._timer() - start)
        return gone
