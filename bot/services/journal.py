"""What Telegram brought us, written down before Telegram hears that we have it (T10).

An update that comes again is known by its number; one that a kill has interrupted is handled by
whoever asks Telegram for updates next.
"""

from bot.domain.ports import Clock, Storage


class Journal:
    """Numbers of updates, and the content of those that are not handled yet."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def note(self, number: int, content: str) -> bool:
        """Write an update down; False: we had it before."""
        async with self._storage.write() as tx:
            return await tx.incoming.note(number, content, self._clock())

    async def done(self, number: int) -> None:
        """It is handled, or what it changes is written: its content goes."""
        async with self._storage.write() as tx:
            await tx.incoming.done(number)

    async def pending(self) -> list[tuple[int, str]]:
        """Updates that were never handled to their end, in the order they came."""
        async with self._storage.read() as tx:
            return await tx.incoming.pending()
