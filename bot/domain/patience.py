"""Patience: what a place wants to hear when, and what waits for later.

Every rule works on instants and a time zone that is passed in. A wall-clock time that a change of
the clocks skips is the instant that far into the gap; one that comes twice counts the first time
(PEP 495, fold=0): so a local date has each time exactly once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.domain.model import Subscription, When
from bot.domain.places import Crowd, Gather, PlaceSettings, Quiet

MINUTES = 24 * 60
BURST = 5
"""Alerts of one subscription or source into one place, within BURST_WINDOW, that go one by one."""

BURST_WINDOW = timedelta(minutes=10)
CAP_WINDOW = timedelta(hours=24)
LONGEST_MUTE = timedelta(days=365)

_ORDER = (When.INSTANT, When.HOURLY, When.DAILY)
_CLOCK = re.compile(r"([01]?\d|2[0-3])(?:[:.]([0-5]\d))?")
_SPAN = re.compile(r"(\d{1,4})\s*([a-z]*)")
_UNITS = {
    "": 60, "m": 1, "min": 1, "mins": 1, "minute": 1, "minutes": 1,
    "h": 60, "hour": 60, "hours": 60, "d": MINUTES, "day": MINUTES, "days": MINUTES,
    "w": 7 * MINUTES, "week": 7 * MINUTES, "weeks": 7 * MINUTES,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hold:
    """Not before `until`, and then together with what is held for the same reason."""

    until: datetime
    gather: Gather


def held(
    met: Sequence[Subscription],
    settings: PlaceSettings,
    zone: tzinfo,
    now: datetime,
    crowd: Crowd = Crowd(),  # noqa: B008 - a frozen value
) -> Hold | None:
    """Whether an alert of these subscriptions has to wait at `now`; None: it goes at once.

    Of several subscriptions the earliest *when* wins, and one that is urgent beats quiet hours
    and the cap. The daily digest keeps its own time, also within quiet hours: it was chosen.
    """
    when = min((one.when for one in met), key=_ORDER.index, default=When.INSTANT)
    if when is When.DAILY:
        return Hold(next_daily(settings.digest_at, zone, now), Gather.DAILY)
    urgent = any(one.urgent for one in met)
    due = next_hour(zone, now) if when is When.HOURLY else now
    quiet = held_apart(met, settings, zone, due)
    if quiet is not None:
        return quiet
    if when is When.HOURLY:
        return Hold(due, Gather.HOURLY)
    if settings.cap is not None and crowd.day >= settings.cap and not urgent:
        return Hold(next_daily(settings.digest_at, zone, now), Gather.CAP)
    if crowd.burst is not None and crowd.burst + BURST_WINDOW > now:
        return Hold(crowd.burst + BURST_WINDOW, Gather.BURST)
    return None


def held_apart(
    met: Sequence[Subscription], settings: PlaceSettings, zone: tzinfo, now: datetime
) -> Hold | None:
    """The same of what has had its common message and was taken apart: quiet hours alone.

    A digest, the cap or a burst would gather anew what could not be said together.
    """
    quiet = quiet_until(settings.quiet, zone, now)
    if quiet is None or any(one.urgent for one in met):
        return None
    return Hold(quiet, Gather.QUIET)


def quiet_until(quiet: Quiet | None, zone: tzinfo, now: datetime) -> datetime | None:
    """The end of the quiet hours that `now` lies in; None outside of them."""
    if quiet is None:
        return None
    today = now.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        start = instant(day, quiet.start, zone)
        later = quiet.end <= quiet.start
        end = instant(day + timedelta(days=1) if later else day, quiet.end, zone)
        if start <= now < end:
            return end
    return None


def next_daily(minute: int, zone: tzinfo, now: datetime) -> datetime:
    """The first instant after `now` at which a local date's `minute` comes."""
    today = now.astimezone(zone).date()
    moments = (instant(today + timedelta(days=n), minute, zone) for n in (-1, 0, 1, 2))
    return min(moment for moment in moments if moment > now)


def next_hour(zone: tzinfo, now: datetime) -> datetime:
    """The next full hour on the place's clock (some zones are half an hour off)."""
    local = now.astimezone(zone)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return now - past + timedelta(hours=1)


def instant(day: date, minute: int, zone: tzinfo) -> datetime:
    """A local date's minute as UTC."""
    clock = time(minute // 60, minute % 60)
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def read_clock(text: str) -> int | None:
    """`8`, `08:00`, `22.30` as a minute of the day; None: it is no time."""
    match = _CLOCK.fullmatch(text.strip())
    return int(match[1]) * 60 + int(match[2] or 0) if match else None


def read_quiet(text: str) -> Quiet | None:
    """`22:00-07:00` or `22-7`; None: it is no span of the day."""
    parts = re.split(r"\s*(?:[-–—]|\bto\b)\s*", text.strip(), maxsplit=1)
    if len(parts) != 2:
        return None
    start, end = read_clock(parts[0]), read_clock(parts[1])
    return None if start is None or end is None or start == end else Quiet(start, end)


def read_span(text: str) -> timedelta | None:
    """`2h`, `30 min`, `1d`; a bare number counts hours. At most a year; None: it is no span."""
    match = _SPAN.fullmatch(text.strip().casefold())
    unit = _UNITS.get(match[2]) if match else None
    if match is None or unit is None or int(match[1]) == 0:
        return None
    return min(timedelta(minutes=int(match[1]) * unit), LONGEST_MUTE)


def shown_clock(minute: int) -> str:
    """`08:00`."""
    return f"{minute // 60:02}:{minute % 60:02}"
