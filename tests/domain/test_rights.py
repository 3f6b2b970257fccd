"""T5: a mass of chats without rights is Telegram's fault, a few are their own decision."""

from datetime import timedelta

import pytest

from bot.domain.rights import Refusals
from tests.builders import NOW


def seen(chats: int, refused: int, minutes: float = 9) -> Refusals:
    """So many chats tried, evenly over this time, the last `refused` of them in vain."""
    refusals = Refusals()
    for chat in range(chats):
        at = NOW + timedelta(minutes=minutes * chat / chats)
        refusals.saw(chat, at, refused=chat >= chats - refused)
    return refusals


@pytest.mark.parametrize(
    ("chats", "refused", "mass"),
    [
        pytest.param(100, 20, False, id="a fifth: theirs"),
        pytest.param(100, 21, True, id="more than a fifth: Telegram's"),
        pytest.param(4, 4, False, id="four in all prove nothing"),
        pytest.param(5, 5, True, id="five of five"),
        pytest.param(2_000, 5, False, id="five of two thousand"),
    ],
)
def test_a_share_of_the_chats_decides(chats: int, refused: int, mass: bool) -> None:
    assert seen(chats, refused).mass() is mass


def test_ten_minutes_later_it_is_forgotten() -> None:
    refusals = seen(20, 20)
    refusals.saw(99, NOW + timedelta(minutes=20), refused=True)
    assert not refusals.mass()


def test_a_chat_counts_once_and_with_its_last_answer() -> None:
    refusals = seen(10, 10)
    for chat in range(10):
        refusals.saw(chat, NOW + timedelta(minutes=9), refused=False)
        refusals.saw(chat, NOW + timedelta(minutes=9), refused=False)
    assert not refusals.mass()
