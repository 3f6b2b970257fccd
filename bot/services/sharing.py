"""Several processes share one token's rate: each takes its part, by how many there are."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.domain.errors import StorageTrouble
from bot.domain.ports import Clock, Storage

BEAT = 10.0
"""Seconds between two looks who is there."""

ALIVE = 30.0
"""Seconds a killed process keeps its part."""

Share = Callable[[int], None]
"""Take one part of so many from now on."""


class Sharing:
    """Says that this process lives, and hears how many others do."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        holder: str,
        share: Share,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._holder = holder
        self._share = share
        self._sleep = sleep

    async def beat(self) -> int:
        """Take our part; returns how many processes there are."""
        async with self._storage.write() as tx:
            living = await tx.leases.present(self._holder, self._clock(), ALIVE)
        self._share(living)
        return living

    async def join(self) -> None:
        """Where others are, begin when they have seen us: until then all the rate is theirs."""
        with suppress(StorageTrouble):
            if await self.beat() > 1:
                await self._sleep(BEAT)

    async def keep(self) -> None:
        """Beat until cancelled, then leave our part to the others."""
        try:
            while True:
                await self._sleep(BEAT)
                with suppress(StorageTrouble):
                    await self.beat()
        finally:
            with suppress(StorageTrouble):
                async with self._storage.write() as tx:
                    await tx.leases.leave(self._holder)
