"""Faults on order: what a test wants to go wrong between the bot and Telegram."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum


class Failure(StrEnum):
    """How a request fails."""

    STATUS = "status"  # answered with `status` and `body`
    DROP = "drop"  # the connection ends before anything is done
    ACCEPT_AND_DROP = "accept and drop"  # done, but the answer never arrives
    HOLD = "hold"  # done only when `released` is set
    DELAY = "delay"  # done, but answered only when `released` is set


@dataclass(slots=True)
class Fault:
    """The next `times` requests of `method` (to `chat`, if given) fail like this."""

    method: str
    failure: Failure
    chat: int | None = None
    times: int = 1
    status: int = 500
    body: str = ""
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def meets(self, method: str, chat: object) -> bool:
        """Whether this request is to fail."""
        wanted = self.chat is None or str(self.chat) == str(chat)
        return self.times > 0 and method.casefold() == self.method.casefold() and wanted
