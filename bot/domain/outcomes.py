"""What Telegram's answer to a message means, as values. `bot.sending.sender` makes them.

The table T1-T12 behind these is in ARCHITECTURE, "Delivery".
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """Accepted; `message_id` is unique within the chat."""

    message_id: int


@dataclass(frozen=True, slots=True)
class Flooded:
    """429: wait this many seconds before anything else goes to this chat."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The request did not reach Telegram, or Telegram failed (5xx): nobody's fault, try again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The request was written, no answer came: the message may be there (no idempotency key)."""

    reason: str


@dataclass(frozen=True, slots=True)
class ChatGone:
    """403: blocked, kicked, deactivated, deleted. Data is kept, sending stops."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoRights:
    """400 that a passing fault can cause (rights, chat not found): retried over a day."""

    reason: str


@dataclass(frozen=True, slots=True)
class ChatMoved:
    """The group became a supergroup with this id."""

    new_id: int


@dataclass(frozen=True, slots=True)
class TopicClosed:
    """The forum topic is closed: wait."""


@dataclass(frozen=True, slots=True)
class TopicGone:
    """The forum topic was deleted."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """400 about this very message (entities, length, button): it will never go as it is."""

    reason: str


@dataclass(frozen=True, slots=True)
class TokenRevoked:
    """401: nothing can be sent with this token any more."""


Outcome = (
    Sent
    | Flooded
    | Unreachable
    | Ambiguous
    | ChatGone
    | NoRights
    | ChatMoved
    | TopicClosed
    | TopicGone
    | Rejected
    | TokenRevoked
)
