"""Notices: their queue, and what follows from Telegram's answer to one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.model import Notice, NoticeKind
from bot.domain.outcomes import (
    ChatGone,
    ChatMoved,
    Flooded,
    NoRights,
    Outcome,
    TokenRevoked,
    Unreachable,
)
from bot.domain.settling import RIGHTS_PATIENCE

PAUSE = timedelta(seconds=60)
"""Before the next try where Telegram, or we, have trouble: a notice is in no hurry."""


def next_try(notice: Notice, outcome: Outcome, now: datetime) -> tuple[datetime, int] | None:
    """When it is said again, and how many tries there were then; None: it is over.

    Over is also what may have arrived, and what Telegram will never take: a notice is not worth
    saying twice. A chat that is gone keeps its notices for when it is back.
    """
    match outcome:
        case Flooded(seconds):
            return now + timedelta(seconds=seconds), notice.attempts
        case Unreachable() | TokenRevoked():
            return now + PAUSE, notice.attempts
        case ChatGone() | ChatMoved():
            return now, notice.attempts
        case NoRights() if notice.attempts < len(RIGHTS_PATIENCE):
            return now + RIGHTS_PATIENCE[notice.attempts], notice.attempts + 1
        case _:
            return None


class Notices(Protocol):
    """What chats are told about the sources they added; each once, from a queue of its own."""

    async def queue(
        self,
        chat: int,
        kind: NoticeKind,
        values: Mapping[str, str],
        now: datetime,
        *,
        wait: timedelta = timedelta(),
    ) -> bool:
        """Tell this chat, after a `wait`; False where we do not know it, or it is gone."""
        ...

    async def withdraw(self, kind: NoticeKind) -> Sequence[Mapping[str, str]]:
        """Tell nobody this, save whom we have begun to tell; returns the values of the others."""
        ...

    async def claim(self, now: datetime, limit: int, lease: float) -> list[Notice]:
        """Take up to `limit` due notices for `lease` seconds; chats that are gone get none."""
        ...

    async def again(self, notice: Notice, due: datetime, attempts: int) -> bool:
        """It stays; not before `due`. False when the lease was lost."""
        ...

    async def done(self, notice: Notice) -> bool:
        """It was said, or never will be. False when the lease was lost."""
        ...
