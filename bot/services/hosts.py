"""One request at a time to a host, a pause before the next, and turns for those who wait."""

from datetime import datetime, timedelta

LEAST_STEP = 0.25
"""Seconds between two turns at a host that wants no pause: a running request is soon over."""


class Hosts:
    """What this process knows of the hosts it asks: who is asked now, and when the next may be.

    `longest` is how long a request can last, should its end never be told.
    """

    def __init__(self, longest: timedelta) -> None:
        self._longest = longest
        self._free: dict[str, datetime] = {}
        self._asked: set[str] = set()
        self._turns: dict[str, datetime] = {}  # when the last turn given out is over

    def enter(self, host: str, now: datetime) -> bool:
        """Take this host; False while another request, its pause or a Retry-After lasts."""
        self._forget(now)
        if host in self._free:
            return False
        self._free[host] = now + self._longest
        self._asked.add(host)
        return True

    def leave(self, host: str, free: datetime) -> None:
        """The request ended; the host may be asked again from `free` on, or when it said."""
        held = free if host in self._asked else self._free.get(host, free)
        self._asked.discard(host)
        self._free[host] = max(free, held)

    def hold(self, host: str, until: datetime) -> None:
        """The host asked everybody to wait: it is nobody's before `until`."""
        self._asked.discard(host)
        self._free[host] = until

    def next_turn(self, host: str, now: datetime, step: float) -> datetime:
        """When the first of those who wait may come: soon, for a request that is still running."""
        if host in self._asked:
            return now + timedelta(seconds=step)
        return self._free.get(host, now)

    def last_turn(self, host: str, now: datetime) -> datetime:
        """Up to when turns have been given out; who is due before that waits in the same line."""
        return self._turns.get(host, now)

    def given(self, host: str, until: datetime) -> None:
        """Turns up to this moment have been given out."""
        self._turns[host] = until

    def _forget(self, now: datetime) -> None:
        for known in (self._free, self._turns):
            for host in [host for host, at in known.items() if at <= now]:
                del known[host]
        self._asked.intersection_update(self._free)
