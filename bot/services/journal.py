"""What Telegram brought us, written down before Telegram hears that we have it (T10).

An update that comes again is known by its number; one that a kill has interrupted is handled by
whoever asks Telegram for updates next.
"""

from datetime import timedelta

from bot.domain.ports import Clock, Storage

AT_ONCE = timedelta(0)
ABANDONED = timedelta(minutes=2)
"""An update that is not handled by then is nobody's: an answer waits for a minute at most."""


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

    async def left(self, age: timedelta = AT_ONCE) -> list[tuple[int, str]]:
        """Updates that were not handled to their end within `age`, in the order they came.

        They are the caller's now: another process gets them after another `age`.
        """
        now = self._clock()
        async with self._storage.write() as tx:
            return await tx.incoming.left(now - age, now)
