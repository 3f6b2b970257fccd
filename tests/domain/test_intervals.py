"""Intervals follow the habits of a source and the wishes of its publisher."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.intervals import adapted, habit_after, next_visit
from bot.domain.model import Habit, Wishes
from tests.builders import NOW

NO_WISHES = Wishes()
HOUR = 3_600.0


def watched(gap: float, interval: float = 300, seed: int = 7) -> list[float]:
    """The waits of a source that publishes at random, every `gap` seconds on average."""
    chance = Random(seed)  # noqa: S311 - a simulation, and the same each time
    end = NOW + timedelta(days=1, seconds=20 * gap)
    now, published, habit = NOW, NOW, Habit()
    waits = []
    while now < end:
        found = 0
        while published <= now:
            published += timedelta(seconds=chance.expovariate(1 / gap))
            found += 1
        habit = habit_after(habit, found, now)
        waits.append(adapted(interval, habit, NO_WISHES, now))
        now += timedelta(seconds=waits[-1])
    return waits[len(waits) // 5 :]


@pytest.mark.parametrize(
    ("gap", "least", "most"),
    [(20, 60, 70), (900, 200, 500), (HOUR, 450, 1_000), (24 * HOUR, 2_000, 3_600)],
    ids=["a live one every minute", "a usual one at the setting", "an hourly one", "a daily one"],
)
def test_a_source_is_asked_as_often_as_it_publishes(gap: float, least: float, most: float) -> None:
    waits = watched(gap)
    assert least <= sum(waits) / len(waits) <= most


@given(
    gap=st.floats(0, 1e12) | st.none(),
    silent=st.floats(-1e6, 1e9),
    interval=st.floats(60, 1e5),
)
def test_an_interval_stays_between_a_minute_and_an_hour_or_the_setting(
    gap: float | None, silent: float, interval: float
) -> None:
    habit = Habit(gap, NOW - timedelta(seconds=silent))
    assert 60 <= adapted(interval, habit, NO_WISHES, NOW) <= max(3_600, interval)


def test_what_is_not_known_yet_is_asked_at_the_setting() -> None:
    assert adapted(300, Habit(), NO_WISHES, NOW) == 300


def test_the_backlog_of_the_first_visit_says_nothing() -> None:
    assert habit_after(Habit(), 500, NOW) == Habit(None, NOW)


def test_a_declared_period_stands_in_until_the_habit_is_measured() -> None:
    declared = Wishes(period=86_400)
    unknown = adapted(300, Habit(None, NOW), declared, NOW)
    measured = adapted(300, Habit(900, NOW), declared, NOW)
    assert (round(unknown), measured) == (2_939, 300)


def test_a_source_that_falls_silent_is_asked_less_and_less() -> None:
    habit = Habit(60, NOW)
    waits = [adapted(300, habit, NO_WISHES, NOW + timedelta(hours=h)) for h in (0, 1, 24, 24 * 9)]
    assert waits == sorted(waits)
    assert (round(waits[0]), waits[-1]) == (77, 3_600)


def test_one_quiet_night_does_not_make_a_slow_source() -> None:
    morning = NOW + timedelta(hours=9)
    habit = habit_after(Habit(300, NOW), 1, morning)
    assert adapted(300, habit, NO_WISHES, morning) <= 300


@pytest.mark.parametrize(
    ("wishes", "max_age", "hours"),
    [
        (Wishes(ttl=2 * 3_600), None, 2),
        (Wishes(ttl=2 * 3_600), 3 * 3_600, 3),
        (Wishes(ttl=10**9), None, 6),
        (NO_WISHES, 10**9, 6),
    ],
    ids=["ttl", "the longer of two", "ttl without end", "Cache-Control without end"],
)
def test_l5_publishers_are_heard_up_to_six_hours(
    wishes: Wishes, max_age: int | None, hours: float
) -> None:
    assert next_visit(300, Habit(900, NOW), wishes, max_age, NOW) == NOW + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        (Wishes(skip_hours=(11, 12)), datetime(2022, 1, 9, 13, tzinfo=UTC)),
        (Wishes(skip_hours=(3,)), NOW + timedelta(seconds=300)),
        (Wishes(skip_days=(6,)), NOW + timedelta(hours=6)),
        (Wishes(skip_hours=tuple(range(24))), NOW + timedelta(hours=6)),
    ],
    ids=["two hours", "another hour", "the whole Sunday", "always"],
)
def test_l5_hours_and_days_are_left_out_up_to_six_hours(
    wishes: Wishes, expected: datetime
) -> None:
    # NOW is Sunday, 10:57:14: five minutes later it is eleven.
    assert next_visit(300, Habit(900, NOW), wishes, None, NOW) == expected
