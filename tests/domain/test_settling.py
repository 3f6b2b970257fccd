"""The table T1-T12: what follows from Telegram's answer."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from bot.domain.model import ChatKind, Place
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
from bot.domain.settling import (
    FAULT,
    NO_TOPIC,
    RIGHTS_PATIENCE,
    SKIPPED,
    UNANSWERED,
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
    after_fault,
    backoff,
    decide,
    gap_after,
)
from tests.builders import NOW, make_alert


def again(
    seconds: int,
    attempts: int,
    *,
    plain: bool = False,
    unanswered: bool = False,
    tell: bool = False,
) -> RetryLater:
    return RetryLater(NOW + timedelta(seconds=seconds), attempts, plain, unanswered, tell)


TABLE: dict[str, tuple[Outcome, dict[str, object], Decision]] = {
    "accepted": (Sent(7), {}, Settle(7)),
    "429 waits as long as told": (Flooded(43_838), {}, again(43838, 0, plain=False)),
    "429 keeps tries and plainness": (
        Flooded(1),
        {"attempts": 2, "plain": True},
        again(1, 2, plain=True),
    ),
    "unreachable is nobody's fault": (
        Unreachable("dns"),
        {"attempts": 2},
        again(1, 2, plain=False),
    ),
    "no answer: once more after a minute": (
        Ambiguous("timeout"),
        {},
        again(60, 0, unanswered=True),
    ),
    "no answer twice": (Ambiguous("timeout"), {"unanswered": True}, Bury(UNANSWERED)),
    "no answer, after tries without rights": (
        Ambiguous("timeout"),
        {"attempts": 2},
        again(60, 2, unanswered=True),
    ),
    "no answer is remembered": (
        NoRights("rights"),
        {"unanswered": True},
        again(600, 1, unanswered=True),
    ),
    "blocked": (ChatGone("blocked"), {}, PauseChat("blocked")),
    "no rights, first": (NoRights("rights"), {}, again(600, 1, plain=False)),
    "no rights, again: who keeps the chat is told": (
        NoRights("rights"),
        {"attempts": 1},
        again(3_600, 2, tell=True),
    ),
    "no rights, after a day": (NoRights("rights"), {"attempts": 5}, PauseChat("rights")),
    "moved": (ChatMoved(-100), {}, MoveChat(-100)),
    "topic closed": (TopicClosed(), {}, HoldTopic(NOW + timedelta(minutes=10))),
    "topic deleted": (TopicGone(), {"place": Place(-1, 7)}, MoveTopic()),
    "General unknown": (TopicGone(), {}, Bury(NO_TOPIC)),
    "refused: once plain, at once": (Rejected("entities"), {}, again(0, 0, plain=True)),
    "refused plain": (Rejected("too long"), {"plain": True}, Bury("too long")),
    "token revoked": (TokenRevoked(), {}, Stop()),
}


@pytest.mark.parametrize(("outcome", "alert", "decision"), TABLE.values(), ids=TABLE)
def test_what_follows(outcome: Outcome, alert: dict[str, object], decision: Decision) -> None:
    assert decide(outcome, make_alert(**alert), NOW) == decision


def test_t3_where_the_operator_says_so_what_may_have_arrived_is_not_said_again() -> None:
    assert decide(Ambiguous("timeout"), make_alert(), NOW, resend=False) == Bury(SKIPPED)


def test_t11_a_fault_of_ours_is_tried_five_times() -> None:
    tries = [after_fault(make_alert(), NOW, faults) for faults in range(1, 6)]
    assert tries == [*(again(wait, 0) for wait in (1, 2, 4, 8)), Bury(FAULT)]


def test_t11_a_message_of_many_is_taken_apart_where_one_would_be_lost() -> None:
    plain = make_alert(plain=True)
    refused = [decide(Rejected("odd"), one, NOW, many=True) for one in (make_alert(), plain)]
    faults = [after_fault(make_alert(), NOW, number, many=True) for number in range(1, 6)]
    assert refused == [again(0, 0, plain=True), TakeApart()]
    assert faults == [*(again(wait, 0) for wait in (1, 2, 4, 8)), TakeApart()]


def test_t11_what_was_taken_apart_is_tried_once_more_and_plain() -> None:
    first, second = (make_alert(gather=Gather.APART, plain=plain) for plain in (False, True))
    tries = [after_fault(first, NOW, 1), after_fault(second, NOW, 2)]
    assert tries == [again(0, 0, plain=True), Bury(FAULT)]


def test_the_table_has_every_outcome() -> None:
    assert {type(outcome) for outcome, _, _ in TABLE.values()} == set(get_args(Outcome))


def test_missing_rights_are_tried_at_least_five_times_over_at_least_a_day() -> None:
    assert len(RIGHTS_PATIENCE) + 1 >= 5
    assert sum(RIGHTS_PATIENCE, timedelta()) >= timedelta(hours=24)


def test_what_many_chats_share_at_once_is_counted_against_none() -> None:
    decided = decide(NoRights("rights"), make_alert(attempts=5), NOW, mass=True)
    assert decided == replace(again(600, 5, plain=False), mass=True)


def test_backing_off_doubles_from_a_second_to_a_quarter_of_an_hour() -> None:
    seconds = [backoff(failures).total_seconds() for failures in (1, 2, 3, 10, 11, 1_000_000)]
    assert seconds == [1, 2, 4, 512, 900, 900]


@pytest.mark.parametrize(
    ("kind", "seconds"), [(kind, 1 if kind is ChatKind.PRIVATE else 3) for kind in ChatKind]
)
def test_the_gap_keeps_the_limit_of_the_chat(kind: ChatKind, seconds: int) -> None:
    assert gap_after(kind) == timedelta(seconds=seconds)
