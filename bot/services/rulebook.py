"""The robots.txt of hosts, as long as each is believed and together in bounded memory."""

from datetime import datetime

from bot.domain.robots import Robots

MOST_KEPT = 8_000_000
"""Bytes of all: a common one weighs a few thousand, the heaviest that is read half a million."""


class Rulebook:
    """What is known; those that were asked for first go first."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._known: dict[str, tuple[Robots, datetime]] = {}
        self._size = 0

    def get(self, place: str, now: datetime) -> Robots | None:
        """The rules that stand at this address, if they are still believed."""
        known = self._known.get(place)
        return known[0] if known is not None and now < known[1] else None

    def keep(self, place: str, rules: Robots, until: datetime) -> None:
        """Believe these rules until then."""
        self._forget(place)
        self._known[place] = (rules, until)
        self._size += _weight(place, rules)
        while self._size > self._most:
            self._forget(next(iter(self._known)))

    def _forget(self, place: str) -> None:
        known = self._known.pop(place, None)
        if known is not None:
            self._size -= _weight(place, known[0])


def _weight(place: str, rules: Robots) -> int:
    return rules.size + len(place)
