"""A clock that jumps of the machine's clock cannot hurt (reliability C3).

What is due lies in the database in unix seconds. Were the machine's clock believed at once, an
hour back would silence everything for an hour, and ten years ahead, for a second, would put off
what was polled in it for ten years. So time goes on by the monotonic clock and is led towards the
wall clock:

- ahead, up to a year, at once: a suspended machine, or a first answer from a time server. All that
  is due runs once, as after a stop;
- back, up to a day: at half speed until they meet, so that nothing comes later than one interval;
- what is further off is no time, and is not believed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SLACK = 1.0
"""Seconds by which the two may differ: time servers nudge all the time."""

AHEAD = timedelta(days=366).total_seconds()
BACK = timedelta(days=1).total_seconds()
SANE = datetime(2024, 1, 1, tzinfo=UTC).timestamp()
"""Before this no Newsbell ran: a machine without a clock of its own begins in 1970."""


@dataclass(frozen=True, slots=True)
class Steady:
    """Our time, `now`, when the monotonic clock showed `monotonic` (both in seconds)."""

    now: float
    monotonic: float

    def after(self, wall: float, monotonic: float) -> "Steady":
        """Our time when the machine's clocks show this; it never goes back."""
        passed = max(monotonic - self.monotonic, 0.0)
        on = self.now + passed
        off = wall - on
        if off > SLACK and (off <= AHEAD or on < SANE):
            on = wall
        elif -BACK <= off < -SLACK:
            on = max(on - passed / 2, wall)
        elif abs(off) <= SLACK:
            on = max(wall, self.now + passed / 2)
        return Steady(on, monotonic)
