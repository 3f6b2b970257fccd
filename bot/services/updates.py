"""Who asks Telegram for updates: one process at a time, held by a lease in the database."""

import logging
from collections.abc import Awaitable, Callable

from bot.domain.ports import Clock, Storage

log = logging.getLogger(__name__)

LEASE_NAME = "getUpdates"
LEASE_SECONDS = 30.0
"""PRODUCT.md: another process takes over within 45 s: the lease, and a beat of 10 s."""


class Updates:
    """Starts and stops the polling of updates as the lease comes and goes."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        holder: str,
        start: Callable[[], Awaitable[object]],
        stop: Callable[[], Awaitable[object]],
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._holder = holder
        self._start = start
        self._stop = stop
        self._polling = False

    async def beat(self) -> None:
        """Take or renew the lease, and poll exactly while it is ours."""
        async with self._storage.write() as tx:
            ours = await tx.leases.take(LEASE_NAME, self._holder, self._clock(), LEASE_SECONDS)
        if ours and not self._polling:
            log.info("this process asks Telegram for updates")
            await self._start()
        if self._polling and not ours:
            log.warning("another process asks Telegram for updates now")
            await self._stop()
        self._polling = ours

    async def close(self) -> None:
        """Stop polling and give the lease back, so that another process need not wait."""
        if self._polling:
            await self._stop()
            async with self._storage.write() as tx:
                await tx.leases.take(LEASE_NAME, self._holder, self._clock(), 0)
        self._polling = False
