"""What follows from Telegram's answer to a notice: it is over, or it is tried again."""

from datetime import datetime, timedelta

from bot.domain.model import Notice
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
