"""Pacing keeps Telegram's limits in every window, wastes none of them and forgets idle chats."""

import pickle
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pacing import ChatKey, Pace

PRIVATE, OTHER, GROUP = 1001, 1002, -1009
TINY = 1e-6  # what float arithmetic may take from a window

requests = st.lists(
    st.tuples(st.sampled_from([1, 2, 3, 4, -1, -2, "@news"]), st.floats(0, 3)), max_size=150
)


def send_all(pace: Pace, wanted: list[tuple[ChatKey, float]]) -> list[tuple[ChatKey, float]]:
    """Send each message as soon as it may go; the float is the idle time before asking."""
    now, sent = 0.0, []
    for chat, idle in wanted:
        now = pace.when(chat, now + idle)
        pace.book(chat, now)
        sent.append((chat, now))
    return sent


def most_within(moments: list[float], seconds: float) -> int:
    """The largest number of moments in any half-open window of this length."""
    return max(
        (sum(start <= m < start + seconds - TINY for m in moments) for start in moments), default=0
    )


@given(requests)
def test_no_window_holds_more_than_telegram_allows(wanted: list[tuple[ChatKey, float]]) -> None:
    sent = send_all(Pace(30), wanted)
    assert most_within([at for _, at in sent], 1.0) <= 30
    for chat in {chat for chat, _ in sent}:
        moments = [at for key, at in sent if key == chat]
        assert most_within(moments, 1.0) <= 1
        if not isinstance(chat, int) or chat < 0:
            assert most_within(moments, 60.0) <= 20


@given(requests, st.sampled_from([PRIVATE, GROUP]))
def test_nobody_waits_longer_than_the_longest_window(
    wanted: list[tuple[ChatKey, float]], chat: ChatKey
) -> None:
    pace = Pace(30)
    sent = send_all(pace, wanted)
    now = sent[-1][1] if sent else 0.0
    assert now <= pace.when(chat, now) <= now + 60


def test_the_overall_limit_is_used_up() -> None:
    sent = send_all(Pace(30), [(chat, 0.0) for chat in range(1, 302)])
    assert sent[-1][1] == pytest.approx(10.0)


def test_the_limit_of_a_group_is_used_up_and_then_waits_for_the_minute() -> None:
    moments = [at for _, at in send_all(Pace(30), [(GROUP, 0.0)] * 21)]
    assert moments == pytest.approx([*range(20), 60])


def test_a_flood_wait_holds_its_chat_alone() -> None:
    pace = Pace(30)
    pace.hold(PRIVATE, until=43_838.0, now=0.0)
    assert (pace.when(PRIVATE, 1.0), pace.when(OTHER, 1.0)) == (43_838.0, 1.0)


def test_a_shorter_flood_wait_does_not_shorten_a_longer_one() -> None:
    pace = Pace(30)
    pace.hold(PRIVATE, until=100.0, now=0.0)
    pace.hold(PRIVATE, until=5.0, now=1.0)
    assert pace.when(PRIVATE, 2.0) == 100.0


@pytest.mark.parametrize(
    ("reports", "free"),
    [
        pytest.param([(1, 0.0), (2, 1.0)], 9.5, id="two chats: theirs alone"),
        pytest.param([(1, 0.0), (1, 1.0), (1, 2.0)], 9.5, id="one chat thrice: its own affair"),
        pytest.param([(1, 0.0), (2, 1.0), (3, 9.0)], 30.0, id="three chats: everybody waits"),
        pytest.param([(1, 0.0), (2, 1.0), (3, 12.0)], 12.0, id="three, but not within 10 s"),
    ],
)
def test_three_flooded_chats_hold_everybody(reports: list[tuple[int, float]], free: float) -> None:
    pace = Pace(30)
    for chat, at in reports:
        pace.hold(chat, until=at + 30, now=at)
    assert pace.when(OTHER, max(9.5, reports[-1][1])) == free


def test_a_flood_wait_for_all_is_learnt_from_once_and_forgotten_in_time() -> None:
    pace = Pace(30)
    for chat in range(1, 60):
        pace.hold(chat, until=30.0, now=1.0)
    slower = pace.spacing
    for chat in range(1, 9):
        pace.book(chat, 40.0 + chat * 61)
    assert [slower, pace.spacing] == pytest.approx([1.25 / 30, 1 / 30])


def test_however_often_telegram_complains_we_never_stop() -> None:
    pace = Pace(30)
    for minute in range(100):
        for chat in range(3):
            pace.hold(chat, until=minute * 60 + 1.0, now=minute * 60.0)
    assert pace.spacing == pytest.approx(8 / 30)


def test_idle_chats_are_forgotten() -> None:
    pace = Pace(30)
    for chat in range(1, 5_000):
        pace.book(chat, float(chat))
    busy = Pace(30)
    for chat in range(4_939, 5_000):  # those of the last minute alone
        busy.book(chat, float(chat))
    assert pickle.dumps(pace) == pickle.dumps(busy)


def test_a_busy_chat_keeps_no_more_than_its_window() -> None:
    moments = [at for _, at in send_all(Pace(30), [(GROUP, 0.0)] * 200)]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert min(gaps) >= 1 - TINY
