"""Whether chats have taken our rights away or Telegram has lost them (reliability T5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)
SHARE = 0.2
FEWEST = 5
"""Below so many refusing chats, a share of them proves nothing: a bot may serve three in all."""


@dataclass(frozen=True, slots=True)
class _Try:
    at: datetime
    refused: bool


class Refusals:
    """The last try in each chat within WINDOW; each call costs O(1), whatever the number."""

    def __init__(self) -> None:
        self._tries: dict[int, _Try] = {}  # oldest first
        self._refused = 0

    def saw(self, chat: int, at: datetime, *, refused: bool) -> None:
        """We said something there, and were refused for want of rights, or not."""
        self._forget_before(at - WINDOW)
        self._drop(chat)
        self._tries[chat] = _Try(at, refused)
        self._refused += refused

    def mass(self) -> bool:
        """More than SHARE of the chats refuse us at once: that is no decision of theirs."""
        return self._refused >= FEWEST and self._refused > SHARE * len(self._tries)

    def _forget_before(self, moment: datetime) -> None:
        while self._tries:
            chat = next(iter(self._tries))
            if self._tries[chat].at >= moment:
                return
            self._drop(chat)

    def _drop(self, chat: int) -> None:
        old = self._tries.pop(chat, None)
        if old is not None:
            self._refused -= old.refused
