"""How long to wait before a source is asked again, from its habits and its publisher's wishes."""

from datetime import datetime, timedelta
from math import sqrt

from bot.domain.model import Habit, Wishes

LEAST, MOST = 60.0, 3_600.0
"""Seconds between which an interval adapts around the setting (PRODUCT.md, "Intervals")."""

MOST_ASKED = 6 * 3_600.0
"""The longest a publisher's ttl, Cache-Control or quiet hours are followed, in seconds."""

USUAL_GAP = 900.0
"""Seconds between two entries of the source for which the setting is right: four an hour."""

WEIGHT = 0.2
"""Of one new entry in the running mean of the gaps."""

LONGEST_STEP = 10.0
"""A gap counts at most so many times the mean: one quiet night does not make a slow source."""


def habit_after(habit: Habit, found: int, now: datetime) -> Habit:
    """The habit after a visit that found so many new entries.

    What the first visit finds says nothing: it is the backlog. Dates of entries take no part.
    """
    if habit.since is None:
        return Habit(None, now)
    if not found:
        return habit
    sample = max((now - habit.since).total_seconds(), 0.0) / found
    if habit.gap is None:
        return Habit(sample, now)
    weight = 1 - (1 - WEIGHT) ** min(found, 20)
    sample = min(sample, habit.gap * LONGEST_STEP + LEAST)
    return Habit(habit.gap + weight * (sample - habit.gap), now)


def adapted(interval: float, habit: Habit, wishes: Wishes, now: datetime) -> float:
    """Seconds to wait: in proportion to the root of the gap, around the setting `interval`.

    For a fixed number of requests the mean delay is least when intervals go with 1/√rate. A
    source that has been silent for longer than its mean gap is taken for as slow as that silence.
    """
    gap = habit.gap or float(wishes.period or USUAL_GAP)
    silent = (now - habit.since).total_seconds() if habit.since else 0.0
    wait = interval * sqrt(max(gap, silent) / USUAL_GAP)
    return min(max(wait, LEAST), max(MOST, interval))


def next_visit(
    interval: float, habit: Habit, wishes: Wishes, max_age: int | None, now: datetime
) -> datetime:
    """When to come again: adapted, then as late as the publisher asks, up to six hours."""
    asked = min(max(wishes.ttl or 0, max_age or 0), MOST_ASKED)
    due = now + timedelta(seconds=max(adapted(interval, habit, wishes, now), asked))
    latest = max(due, now + timedelta(seconds=MOST_ASKED))
    return min(_after_quiet(due, wishes), latest)


def _after_quiet(due: datetime, wishes: Wishes) -> datetime:
    """The beginning of the next hour in which the publisher wants to be asked."""
    for _ in range(7 * 24):
        if due.hour not in wishes.skip_hours and due.weekday() not in wishes.skip_days:
            return due
        due = due.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return due
