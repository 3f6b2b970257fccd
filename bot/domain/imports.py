"""Imports: a file's entries as rows, worked off a few at a time, each once, across restarts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from bot.domain.model import Chat, Place


class Result(StrEnum):
    """What became of one entry; `PENDING` until its turn."""

    PENDING = "pending"
    ADDED = "added"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One file on its way into a place. `message` is ours that shows how far it is.

    `show` is the earliest moment for the next look of that message, in unix seconds; `attempts`
    counts how often Telegram refused its last one.
    """

    id: int
    place: Place
    chat: Chat
    message: int | None
    cancelled: bool
    show: float
    attempts: int = 0
    claim: int = 0


Facts = Mapping[str, Any]
"""An entry as the values of a JSON object, see `portable.facts_of`."""


@dataclass(frozen=True, slots=True)
class Step:
    """An entry whose turn it is."""

    position: int
    facts: Facts


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that was refused: its name, the code of the reason, and what more there is to say.

    Codes are `query` (`detail` is then a `faults.packed` complaint), `address`, `masked`,
    `no-source`, `subscriptions` and `sources` (quotas).
    """

    name: str
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is, in entries, and what was refused (the first few of them)."""

    total: int
    added: int
    known: int
    refused: int
    refusals: tuple[Refusal, ...] = ()

    @property
    def done(self) -> int:
        """Entries that had their turn."""
        return self.added + self.known + self.refused


class Imports(Protocol):
    """Imports of all chats. A job vanishes with its entries when its end has been told."""

    async def start(self, place: Place, items: Sequence[Facts], now: datetime) -> int | None:
        """A new job, due at once; None where this chat has one already."""
        ...

    async def claim(self, now: datetime, limit: int, lease: float) -> list[Import]:
        """Take up to `limit` due jobs for `lease` seconds; chats that are gone keep theirs."""
        ...

    async def next(self, job: Import, limit: int) -> list[Step]:
        """The next entries, in the file's order; none when it was cancelled or is worked off."""
        ...

    async def settle(
        self, job: Import, step: Step, result: Result, refusal: Refusal | None = None
    ) -> bool:
        """Write what became of an entry; False: another was faster, or it was cancelled."""
        ...

    async def progress(self, job: Import) -> Progress: ...

    async def cancelled(self, job: Import) -> bool: ...

    async def cancel(self, chat: int, job_id: int) -> bool:
        """Stop it; False where this chat has no such job any more."""
        ...

    async def release(
        self, job: Import, due: datetime, *, message: int | None, show: float, attempts: int = 0
    ) -> bool:
        """Hand it back until `due`; False when the lease was lost."""
        ...

    async def finish(self, job: Import) -> bool:
        """Its end is told: forget it. False when the lease was lost."""
        ...
