"""An event loop whose time passes only while nothing is at work: a night takes a minute."""

import asyncio
import selectors
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Jumps to the next timer when every task waits for one.

    Work that other threads do for the loop (the database's) is invisible to it: it stands still
    while such work is announced by `at_work`.
    """

    def __init__(self) -> None:
        self._now = 1_000.0
        self._works = 0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        """Seconds, simulated."""
        return self._now

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """What happens inside takes no simulated time."""
        self._works += 1
        try:
            yield
        finally:
            self._works -= 1

    def jump(self, seconds: float) -> bool:
        """Let time pass, unless somebody is at work."""
        if not self._works:
            self._now += seconds
        return not self._works


class _Jumping(selectors.DefaultSelector):
    """Where a loop would wait for a timer, time jumps; it waits only for other threads."""

    def __init__(self, loop: SimulatedLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        return super().select(0 if self._loop.jump(timeout) else None)
