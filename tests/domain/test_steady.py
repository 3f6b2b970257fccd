"""C3: jumps of the machine's clock make neither a flood nor a stall."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.steady import Steady

START = 1_800_000_000.0
HOUR, DAY, YEAR = 3_600.0, 86_400.0, 365 * 86_400.0


def shown(jump: float, seconds: float = 4 * HOUR, begin: float = START) -> list[float]:
    """Our time, a look a second, where the wall clock jumps after one minute and stays there."""
    clock, found = Steady(begin, 0.0), []
    for second in range(int(seconds)):
        wall = begin + second + (jump if second >= 60 else 0.0)
        clock = clock.after(wall, float(second))
        found.append(clock.now)
    return found


@pytest.mark.parametrize(
    ("jump", "at_once", "in_the_end"),
    [
        (0.0, 0.0, 0.0),
        (HOUR, HOUR, HOUR),
        (3 * HOUR, 3 * HOUR, 3 * HOUR),
        (10 * DAY, 10 * DAY, 10 * DAY),
        (-HOUR, -1.0, -HOUR),
        (10 * YEAR, 0.0, 0.0),
        (60 - START, 0.0, 0.0),
    ],
    ids=["none", "+1 h", "3 h suspended", "10 days", "-1 h", "+10 years", "1970"],
)
def test_c3_what_a_jump_does(jump: float, at_once: float, in_the_end: float) -> None:
    found = shown(jump)
    after, end = found[61] - (START + 61), found[-1] - (START + len(found) - 1)
    assert (round(after), round(end)) == (at_once, in_the_end)


@pytest.mark.parametrize("jump", [-HOUR, -DAY, HOUR, 10 * YEAR, 60 - START])
def test_c3_no_interval_takes_more_than_twice_its_time_and_none_goes_back(jump: float) -> None:
    steps = [late - early for early, late in pairwise(shown(jump))]
    assert (min(steps) >= 0.5, sum(step > 1.5 for step in steps) <= 1) == (True, True)


def test_c3_a_passing_jump_of_ten_years_leaves_nothing_behind() -> None:
    clock = Steady(START, 0.0)
    for second in range(120):
        wall = START + second + (10 * YEAR if 30 <= second < 90 else 0.0)
        clock = clock.after(wall, float(second))
    assert clock.now == START + 119


def test_c3_a_machine_that_begins_in_1970_believes_its_first_time_server() -> None:
    clock = Steady(12.0, 0.0).after(START, 5.0)
    assert clock.now == START


@given(
    walls=st.lists(st.floats(-1e9, 4e9), min_size=1, max_size=40),
    begin=st.floats(0, 2e9),
)
def test_c3_time_never_goes_back_whatever_the_machine_says(
    walls: list[float], begin: float
) -> None:
    clock, found = Steady(begin, 0.0), [begin]
    for second, wall in enumerate(walls):
        clock = clock.after(wall, float(second))
        found.append(clock.now)
    assert found == sorted(found)
