"""What is written down about a lane after its alert was said, or could not be."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from bot.domain.model import Alert, Lane, Place, Receipt
from bot.domain.patience import Hold
from bot.domain.ports import Tx
from bot.domain.rights import WINDOW
from bot.domain.settling import (
    TOLD_AT,
    Bury,
    Decision,
    HoldTopic,
    MoveChat,
    MoveTopic,
    PauseChat,
    RetryLater,
    Settle,
    Stop,
    TakeApart,
    gap_after,
)

LATE = timedelta(seconds=5)
"""Between two looks whether a late translation has come."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be written about a lane: of its alert, and when the lane is due again."""

    lane: Lane
    now: datetime
    alert: Alert | None = None  # None: nothing was left to say
    decision: Decision | Hold | None = None
    due: datetime | None = None  # None: at once, if anything is left
    rest: tuple[Alert, ...] = ()  # what was said in the same message
    shown: int = 1  # outlets that the message names
    late: bool = False  # its translation is still to come


def receipts_of(verdict: Verdict) -> list[Receipt]:
    """For the alert of a verdict, and for all that was said with it."""
    if verdict.alert is None or not isinstance(verdict.decision, Settle):
        return []
    message_id, said = verdict.decision.message_id, (verdict.alert, *verdict.rest)
    if verdict.late:  # shown by an edit, as outlets are that join
        again = verdict.now + LATE
        return [Receipt(verdict.alert, message_id, verdict.now, shown=0, again=again)]
    return [Receipt(one, message_id, verdict.now, verdict.shown) for one in said]


async def write_chat(tx: Tx, verdict: Verdict) -> None:
    """What follows for the whole chat."""
    chat = verdict.lane.chat.id
    match verdict.decision:
        case PauseChat():
            await tx.chats.set_gone(chat, verdict.now)
        case MoveChat(new_id):
            await tx.chats.move(chat, new_id)
        case RetryLater(tell=True):
            await _tell_keeper(tx, verdict)
        case RetryLater(mass=True):
            await _tell_no_keeper(tx)
        case MoveTopic() if verdict.alert is not None:
            await _unbind(tx, verdict.alert.place, verdict.now)
        case _:
            pass


async def _tell_keeper(tx: Tx, verdict: Verdict) -> None:
    """Who set things up here, in their private chat: they alone can give the rights back.

    Not before it is known whether many chats have lost theirs: then nobody is told.
    """
    keeper = await tx.chats.keeper(verdict.lane.chat.id)
    if keeper is not None:
        lost = {"title": verdict.lane.chat.title, "chat": str(verdict.lane.chat.id)}
        await tx.notices.queue(keeper, "rights", lost, verdict.now, wait=WINDOW)


async def _tell_no_keeper(tx: Tx) -> None:
    """Nor those of chats that were refused first; should theirs last, it is told then.

    Whoever has been told already is not told again.
    """
    withdrawn = await tx.notices.withdraw("rights")
    lost = {int(one["chat"]) for one in withdrawn if "chat" in one}
    if lost:
        await tx.alerts.recount(sorted(lost), TOLD_AT)


async def _unbind(tx: Tx, place: Place, now: datetime) -> None:
    """A deleted topic: its subscriptions ring in General from now on, and the chat is told."""
    await tx.chats.move_topic(place, now)
    await tx.notices.queue(place.chat, "topic", {}, now)


async def write_alert(tx: Tx, verdict: Verdict) -> None:
    """What follows for an alert that was not said."""
    if verdict.alert is None:
        return
    match verdict.decision:
        case Hold(until, gather):
            await tx.alerts.hold(verdict.alert, until, gather)
        case HoldTopic(until):
            await tx.alerts.hold_topic(verdict.alert.place, until)
        case TakeApart():
            await _take_apart(tx, verdict.alert, verdict)
        case RetryLater(_, attempts, plain, unanswered):
            await tx.alerts.retry(
                verdict.alert, attempts=attempts, plain=plain, unanswered=unanswered
            )
        case Bury(reason):
            for dead in (verdict.alert, *verdict.rest):
                await tx.alerts.bury(dead, reason, verdict.now)
        case _:  # said, which `receipts_of` tells; or the alert stays as it is
            pass


async def _take_apart(tx: Tx, first: Alert, verdict: Verdict) -> None:
    """All that the message listed; what it only counted stays together, to be listed next."""
    await tx.alerts.retry(first, attempts=first.attempts)
    await tx.alerts.take_apart((first, *verdict.rest))


def due_after(decision: Decision, lane: Lane, now: datetime) -> datetime | None:
    """When the lane may go on; after a message, the chat's own limit decides."""
    match decision:
        case RetryLater(due):
            return due
        case Settle() | Bury() | HoldTopic():
            return now + gap_after(lane.chat.kind)
        case TakeApart() | PauseChat() | MoveChat() | MoveTopic() | Stop():
            return None
        case _:
            assert_never(decision)
