"""Letting go of what is old: RETENTION_DAYS, and 30 days for chats that refuse us.

In small transactions with pauses between, so that nobody waits for it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.domain.ports import Clock, Storage, Tx

log = logging.getLogger(__name__)

SLICE = 100
"""Rows a transaction: 20 ms of writing on SQLite with a million articles (bench_archive)."""

PAUSE = 0.02
"""Seconds between transactions, in which others may write: SQLite's lock knows no queue."""

GONE_FOR = timedelta(days=30)
"""How long the data of a chat is kept that blocked or removed the bot (PRODUCT.md)."""

KEPT_QUERIES = timedelta(days=30)
"""How long a button of an old search goes on working."""

UNANSWERED = timedelta(hours=2)

Prune = Callable[[Tx], Awaitable[int]]
Forget = Callable[[int], Awaitable[None]]


class Housekeeper:
    """Runs now and then; what is left over is done the next time."""

    def __init__(
        self, storage: Storage, forget: Forget, clock: Clock, retention: timedelta
    ) -> None:
        self._storage = storage
        self._forget = forget
        self._clock = clock
        self._retention = retention

    async def tick(self) -> int:
        """Let go of all that is old; returns how many rows went."""
        now = self._clock()
        old = now - self._retention
        gone = 0
        for prune in _prunes(old, now - KEPT_QUERIES):
            gone += await self._all_of(prune)
        async with self._storage.write() as tx:
            await tx.housekeeping.prompts(now - UNANSWERED)
            chats = await tx.housekeeping.gone_chats(now - GONE_FOR)
        for chat in chats:
            await self._forget(chat)
        if gone or chats:
            log.info("let go of %s old rows and %s chats that left long ago", gone, len(chats))
        return gone

    async def _all_of(self, prune: Prune) -> int:
        gone = 0
        while True:
            async with self._storage.write() as tx:
                some = await prune(tx)
            gone += some
            if some < SLICE:
                return gone
            await asyncio.sleep(PAUSE)


def _prunes(old: datetime, unused: datetime) -> tuple[Prune, ...]:
    return (
        lambda tx: tx.housekeeping.articles(old, SLICE),
        lambda tx: tx.housekeeping.stories(old, SLICE),
        lambda tx: tx.housekeeping.translations(old, SLICE),
        lambda tx: tx.housekeeping.identities(old, SLICE),
        lambda tx: tx.housekeeping.queries(unused, SLICE),
        lambda tx: tx.housekeeping.offers(unused, SLICE),
    )
