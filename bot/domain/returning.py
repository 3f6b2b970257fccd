"""When a chat that refuses us is looked at again.

A block is told by an update, but a refusal may also be Telegram's passing fault, and nobody tells
us when a group gives its members the right to write back.
"""

from datetime import datetime, timedelta

FIRST_LOOK = timedelta(minutes=10)
SELDOM = timedelta(hours=24)


def next_look(gone: datetime, now: datetime) -> datetime:
    """As far ahead as it has been gone, at least FIRST_LOOK and at most SELDOM."""
    return now + min(max(now - gone, FIRST_LOOK), SELDOM)
