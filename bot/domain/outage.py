"""Whether it is they who cannot be reached or we who are cut off (reliability L3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import FeedError, FetchError

UNREACHABLE = frozenset({"dns", "connect", "timeout"})
"""Codes of failures below HTTP, which a cut cable causes as well as a dead server."""

WINDOW = timedelta(minutes=5)
FEWEST_HOSTS = 4
"""Below so many hosts in the window, a majority of them proves nothing about us."""


@dataclass(frozen=True, slots=True)
class Look:
    """One host's last answer: `sound` means that it was well before, so that it is evidence."""

    source: int
    at: datetime
    reached: bool
    sound: bool
    failures: int  # of the source before this look


class Reach:
    """The last look at each host within WINDOW; each call costs O(1), whatever the number."""

    def __init__(self) -> None:
        self._looks: dict[str, Look] = {}  # oldest first
        self._failed = 0
        self._counted = 0

    def saw(self, host: str, look: Look) -> None:
        """Take in one outcome.

        Of a host that fails again the first failure stays: how the source was before that is
        what an outage of ours must give back.
        """
        self._forget_before(look.at - WINDOW)
        known = self._looks.get(host)
        if known is not None and not known.reached and not look.reached:
            return
        self._drop(host)
        self._looks[host] = look
        self._counted += look.sound
        self._failed += look.sound and not look.reached

    def cut_off(self) -> bool:
        """More than half of the hosts that were well cannot be reached: it is our outage."""
        return self._counted >= FEWEST_HOSTS and 2 * self._failed > self._counted

    def blamed(self) -> dict[int, int]:
        """The sources that could not be reached in the window, with their failures before it."""
        return {look.source: look.failures for look in self._looks.values() if not look.reached}

    def _forget_before(self, moment: datetime) -> None:
        while self._looks:
            host = next(iter(self._looks))
            if self._looks[host].at >= moment:
                return
            self._drop(host)

    def _drop(self, host: str) -> None:
        look = self._looks.pop(host, None)
        if look is not None:
            self._counted -= look.sound
            self._failed -= look.sound and not look.reached


def reached(error: FetchError | FeedError | None) -> bool:
    """Whether the host answered at all."""
    return error is None or error.code not in UNREACHABLE
