"""What follows from Telegram's answer: outcome in, decision out.

The waiting times are Newsbell's promises T1-T7, T9 and T11 (ARCHITECTURE, "Delivery"). `attempts`
of an alert counts tries that its chat gave us no rights for; flood waits and an unreachable
Telegram are nobody's fault and are not counted. `unanswered` says that it may have arrived once.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.model import Alert, ChatKind
from bot.domain.outcomes import (
    Ambiguous,
    ChatGone,
    ChatMoved,
    Flooded,
    NoRights,
    Outcome,
    Rejected,
    Sent,
    TokenRevoked,
    TopicClosed,
    TopicGone,
    Unreachable,
)
from bot.domain.places import Gather


@dataclass(frozen=True, slots=True)
class Settle:
    """It is said: keep the message's id."""

    message_id: int


@dataclass(frozen=True, slots=True)
class RetryLater:
    """The same alert again, not before `due`; the chat waits with it, so that order is kept."""

    due: datetime
    attempts: int
    plain: bool
    unanswered: bool = False
    tell: bool = False  # who keeps the chat, once it is clear that the chat is meant
    mass: bool = False  # it is not: too many chats have lost their rights with it


@dataclass(frozen=True, slots=True)
class HoldTopic:
    """The topic takes no messages now: look again at `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Bury:
    """It will never be said; `reason` is for the operator's dead-letter list."""

    reason: str


@dataclass(frozen=True, slots=True)
class TakeApart:
    """The message of many cannot be said: each that it lists goes alone, so that one is lost."""


@dataclass(frozen=True, slots=True)
class PauseChat:
    """Telegram refuses us in this chat: keep its data, send nothing until it is back."""

    reason: str


@dataclass(frozen=True, slots=True)
class MoveChat:
    """Everything of this chat belongs to `new_id`; the alert goes there."""

    new_id: int


@dataclass(frozen=True, slots=True)
class MoveTopic:
    """The topic is no more: all that was bound to it belongs to the chat's General now."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The token is void: nothing more can be sent, everything is kept."""


Decision = (
    Settle | RetryLater | HoldTopic | Bury | TakeApart | PauseChat | MoveChat | MoveTopic | Stop
)

LONGEST_BACKOFF = timedelta(minutes=15)
RESEND_AFTER = timedelta(seconds=60)
TOPIC_PATIENCE = timedelta(minutes=10)
RIGHTS_PATIENCE = tuple(timedelta(minutes=m) for m in (10, 60, 240, 480, 720))
"""Between the tries in a chat without rights: six tries over 25 h 10 min."""

FAULTS = 5
"""Tries of what ends in a fault of our own (T11), over 15 s: a passing one is over by then."""

TOLD_AT = 2
"""Tries without rights after which a person hears of it: once, and no passing fault."""

UNANSWERED = "unanswered"
"""Telegram did not answer twice; the message may have arrived."""

SKIPPED = "skipped"
"""Telegram did not answer, and the operator wants nothing said twice."""

NO_TOPIC = "no-topic"
"""Telegram knows no such topic, and none was asked for."""

FAULT = "fault"
"""We failed to say it, or to write down that it was said: the log tells why."""

OUR_WORDS = (UNANSWERED, SKIPPED, NO_TOPIC, FAULT)
"""Reasons of a burial that have a sentence in every locale; others are in Telegram's words."""


def backoff(failures: int) -> timedelta:
    """The wait after `failures` (from 1) failures in a row: 1 s, doubling, up to 15 minutes."""
    return min(timedelta(seconds=2 ** min(failures - 1, 10)), LONGEST_BACKOFF)


def gap_after(kind: ChatKind) -> timedelta:
    """The pause between two alerts in a chat: 1/s in private, 20/min elsewhere."""
    return timedelta(seconds=1 if kind is ChatKind.PRIVATE else 3)


def decide(  # noqa: C901, PLR0911 - a table: one line an outcome
    outcome: Outcome,
    alert: Alert,
    now: datetime,
    unreached: int = 1,
    *,
    many: bool = False,
    mass: bool = False,
    resend: bool = True,
) -> Decision:
    """Decide what becomes of `alert` after `outcome` at `now`.

    `unreached`: failures to reach Telegram for this chat in a row, this one included. `many`: the
    message told other alerts, too. `mass`: so many chats are without rights just now that it is
    Telegram's fault (`rights.Refusals`).
    `resend`: whether what may have arrived is said once more (T3; the operator may choose `skip`).
    """
    match outcome:
        case Sent(message_id):
            return Settle(message_id)
        case Flooded(seconds):
            return _again(alert, now + timedelta(seconds=seconds))
        case Unreachable():
            return _again(alert, now + backoff(max(unreached, 1)))
        case Ambiguous():
            return _after_silence(alert, now, resend=resend)
        case ChatGone(reason):
            return PauseChat(reason)
        case NoRights(reason):
            return _without_rights(alert, reason, now, mass=mass)
        case ChatMoved(new_id):
            return MoveChat(new_id)
        case TopicClosed():
            return HoldTopic(now + TOPIC_PATIENCE)
        case TopicGone():
            return MoveTopic() if alert.place.topic else Bury(NO_TOPIC)
        case Rejected(reason):
            return _again_plain(alert, now) or (TakeApart() if many else Bury(reason))
        case TokenRevoked():
            return Stop()


def _again(alert: Alert, due: datetime, counted: int = 0) -> RetryLater:
    return RetryLater(due, alert.attempts + counted, alert.plain, alert.unanswered)


def _again_plain(alert: Alert, now: datetime) -> RetryLater | None:
    """Without markup; None: it was tried."""
    return None if alert.plain else replace(_again(alert, now), plain=True)


def after_fault(alert: Alert, now: datetime, faults: int, *, many: bool = False) -> Decision:
    """We failed to say it, `faults` times by now; what comes behind it must not wait for ever.

    `many`: see `decide`. Of those that were taken apart each has one more try: a fault of all
    must not hold the chat for as many backings-off as there are alerts.
    """
    if alert.gather is Gather.APART:
        return _again_plain(alert, now) or Bury(FAULT)
    if faults < FAULTS:
        return _again(alert, now + backoff(faults))
    return TakeApart() if many else Bury(FAULT)


def _after_silence(alert: Alert, now: datetime, *, resend: bool) -> Decision:
    """At most one resend: Telegram has no idempotency key, and a reader minds doubles."""
    if not resend:
        return Bury(SKIPPED)
    if alert.unanswered:
        return Bury(UNANSWERED)
    return replace(_again(alert, now + RESEND_AFTER), unanswered=True)


def _without_rights(alert: Alert, reason: str, now: datetime, *, mass: bool) -> Decision:
    """Telegram's own faults look like missing rights for hours: a day passes before we pause.

    On 2023-10-31 it refused bots in channels they administered (pyTelegramBotAPI#2068): what so
    many chats share is not counted against any of them.
    """
    if mass:
        return replace(_again(alert, now + RIGHTS_PATIENCE[0]), mass=True)
    if alert.attempts >= len(RIGHTS_PATIENCE):
        return PauseChat(reason)
    again = _again(alert, now + RIGHTS_PATIENCE[alert.attempts], counted=1)
    return replace(again, tell=again.attempts == TOLD_AT)
