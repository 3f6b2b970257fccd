"""The program's clock. The two composition roots hand it on; nobody else reads it."""

import time
from datetime import UTC, datetime

from bot.domain.steady import Steady


class SteadyClock:
    """The current moment, aware UTC, whatever jumps the machine's clock makes; one a process."""

    def __init__(self) -> None:
        self._last = Steady(_wall(), time.monotonic())

    def __call__(self) -> datetime:
        self._last = self._last.after(_wall(), time.monotonic())
        return datetime.fromtimestamp(self._last.now, UTC)


def _wall() -> float:
    return time.time()  # noqa: TID251 - this is the place


utc_now = SteadyClock()
