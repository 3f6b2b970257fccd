"""How many commands a person is answered: loops and floods must not starve the others."""

from collections.abc import Callable
from typing import Literal

from bot.domain.pacing import Limit

Spent = Literal["within", "over", "silence"]


class Quota:
    """Counts what each person or chat has written lately; forgets who has been quiet."""

    def __init__(self, monotonic: Callable[[], float], limit: Limit) -> None:
        self._monotonic = monotonic
        self._limit = limit
        self._written: dict[int, tuple[float, ...]] = {}  # in the order of the last command
        self._told: dict[int, float] = {}

    @property
    def per_minute(self) -> int:
        """What the refusal says."""
        return round(self._limit.count * 60 / self._limit.seconds)

    def spend(self, who: int) -> Spent:
        """One more: within the limit, the first over it, or one to be passed over in silence."""
        now = self._monotonic()
        self._forget(now)
        written = self._written.get(who, ())
        if self._limit.free(written, now) > now:
            return self._refuse(who, now)
        self._written.pop(who, None)
        self._written[who] = (*written, now)[-self._limit.count :]
        return "within"

    def _refuse(self, who: int, now: float) -> Spent:
        """Told once in a window, however long the flood."""
        if who in self._told and now - self._told[who] < self._limit.seconds:
            return "silence"
        self._told[who] = now
        return "over"

    def _forget(self, now: float) -> None:
        while self._written:
            who = next(iter(self._written))
            if self._written[who][-1] > now - self._limit.seconds:
                return
            del self._written[who]
            self._told.pop(who, None)
