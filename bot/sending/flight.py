"""Messages between their request and our note that Telegram has them: a kill doubles these alone.

Telegram has no idempotency key, so what was accepted and not yet written down is said again. Hence
the next message begins when the last one is written down. Where Telegram answers more slowly than
we send, and many wait, as many are under way as the pace needs (Little's law).
"""

from collections.abc import Callable
from itertools import count
from math import ceil

SLOW = 1.0
"""Seconds: who is not answered by then holds nobody up."""

CROWD = 40
"""Waiting for so many messages, we need our pace; a few may go one after the other."""

WEIGHT = 1 / 8
"""Of the newest in the means."""


class Flight:
    """Counts them; `clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._numbers = count()
        self._begun: dict[int, float] = {}
        self._owed = 0  # accepted, and not written down
        self._owed_since = 0.0
        self._answer = 0.0  # mean seconds to Telegram's answer
        self._write = 0.0  # mean seconds until nothing is owed

    def begin(self) -> int:
        """A request is made; returns its number."""
        number = next(self._numbers)
        self._begun[number] = self._clock()
        return number

    def land(self, number: int) -> None:
        """It was answered, or failed."""
        took = min(self._clock() - self._begun.pop(number), SLOW)
        self._answer += (took - self._answer) * WEIGHT

    def owe(self, messages: int) -> None:
        """So many are accepted and not written down now."""
        now = self._clock()
        if messages and not self._owed:
            self._owed_since = now
        if self._owed and not messages:
            took = min(now - self._owed_since, SLOW)
            self._write += (took - self._write) * WEIGHT
        self._owed = messages

    def full(self, spacing: float, waiting: int = 1) -> bool:
        """Whether the next of `waiting` waits; `spacing`: seconds between two at our pace."""
        recent = self._clock() - SLOW
        flying = sum(at > recent for at in self._begun.values())
        needed = (self._answer + self._write) / spacing * waiting / CROWD
        return flying + self._owed >= max(1, ceil(needed))
