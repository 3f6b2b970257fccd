"""What waits for later, and until when, on clocks that change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Subscription, When
from bot.domain.patience import (
    Hold,
    held,
    next_daily,
    next_hour,
    quiet_until,
    read_clock,
    read_quiet,
    read_span,
)
from bot.domain.places import Crowd, Gather, PlaceSettings, Quiet
from tests.builders import NOW, make_subscription

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Quiet(22 * 60, 7 * 60)
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Tehran",
    "America/Santiago",
    "Pacific/Auckland",
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def one(when: When = When.INSTANT, *, urgent: bool = False) -> Subscription:
    return make_subscription(when=when, urgent=urgent)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2022-01-09T20:59:59", None),
        ("2022-01-09T21:00:00", "2022-01-10T06:00:00"),
        ("2022-01-10T05:59:59", "2022-01-10T06:00:00"),
        ("2022-01-10T06:00:00", None),
        ("2022-03-26T23:00:00", "2022-03-27T05:00:00"),
    ],
    ids=["before", "begins", "past midnight", "ends", "the night that is an hour short"],
)
def test_quiet_hours_are_the_places_own(now: str, until: str | None) -> None:
    assert quiet_until(NIGHT, BERLIN, at(now)) == (at(until) if until else None)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("minute", [0, 150])
def test_a_daily_digest_comes_once_a_local_day_whatever_the_clocks_do(
    zone: str, minute: int
) -> None:
    local = ZoneInfo(zone)
    moment = at("2021-12-31T12:00:00")
    dates: list[date] = []
    while len(dates) < 730:
        moment = next_daily(minute, local, moment)
        dates.append(moment.astimezone(local).date())
    first = dates[0]
    assert dates == [first + timedelta(days=n) for n in range(730)]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("minute", [0, 150])
def test_c2_whenever_alerts_come_their_digests_are_one_a_local_day(zone: str, minute: int) -> None:
    """Alerts all 97 minutes for a year: the moments at which they are said together."""
    local, settings = ZoneInfo(zone), PlaceSettings(digest_at=minute)
    start = at("2022-01-01T00:00:00")
    comes = (start + timedelta(minutes=97 * n) for n in range(365 * 24 * 60 // 97))
    holds = (held([one(When.DAILY)], settings, local, now) for now in comes)
    moments = sorted({hold.until for hold in holds if hold is not None})
    told = [moment.astimezone(local).date() for moment in moments]
    assert told == [told[0] + timedelta(days=number) for number in range(len(told))]
    assert len(told) in (365, 366)


@given(seconds=st.integers(0, 400 * 86_400), minute=st.integers(0, 1_439))
def test_the_next_digest_is_ahead_and_within_two_days(seconds: int, minute: int) -> None:
    now = NOW + timedelta(seconds=seconds)
    due = next_daily(minute, BERLIN, now)
    assert (due > now, due - now <= timedelta(hours=25)) == (True, True)


def test_the_hour_is_the_one_on_the_places_clock() -> None:
    assert next_hour(ZoneInfo("Asia/Kolkata"), at("2022-01-09T10:57:14")) == at(
        "2022-01-09T11:30:00"
    )


NIGHTLY = PlaceSettings(quiet=NIGHT, digest_at=8 * 60)
LATE = at("2022-01-09T22:00:00")
NOON = at("2022-01-09T11:00:00")
MORNING = at("2022-01-10T06:00:00")


@pytest.mark.parametrize(
    ("met", "now", "expected"),
    [
        ([one()], NOON, None),
        ([one()], LATE, Hold(MORNING, Gather.QUIET)),
        ([one(urgent=True)], LATE, None),
        ([one(), one(urgent=True)], LATE, None),
        ([one(When.HOURLY)], NOON, Hold(at("2022-01-09T12:00:00"), Gather.HOURLY)),
        ([one(When.HOURLY)], LATE, Hold(MORNING, Gather.QUIET)),
        ([one(When.DAILY)], LATE, Hold(at("2022-01-10T07:00:00"), Gather.DAILY)),
        ([one(When.DAILY), one()], NOON, None),
    ],
    ids=[
        "at once",
        "quiet hours hold",
        "urgent beats them",
        "one urgent is enough",
        "hourly",
        "hourly at night joins the catch-up",
        "daily",
        "the earliest when wins",
    ],
)
def test_what_waits(met: list[Subscription], now: datetime, expected: Hold | None) -> None:
    assert held(met, NIGHTLY, BERLIN, now) == expected


def test_a_full_burst_waits_until_its_first_is_ten_minutes_old() -> None:
    first = NOW - timedelta(minutes=4)
    waits = held([one()], PlaceSettings(), UTC, NOW, Crowd(burst=first))
    over = held([one()], PlaceSettings(), UTC, first + timedelta(minutes=10), Crowd(burst=first))
    assert (waits, over) == (Hold(first + timedelta(minutes=10), Gather.BURST), None)


def test_what_is_over_the_cap_waits_for_the_digest_but_urgent_does_not() -> None:
    capped = PlaceSettings(cap=3)
    calm = held([one()], capped, UTC, NOW, Crowd(day=2))
    waits = held([one()], capped, UTC, NOW, Crowd(day=3))
    urgent = held([one(urgent=True)], capped, UTC, NOW, Crowd(day=3))
    assert (calm, waits, urgent) == (None, Hold(at("2022-01-10T08:00:00"), Gather.CAP), None)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("22:00-07:00", Quiet(1_320, 420)),
        ("22 - 7", Quiet(1_320, 420)),
        ("22.30–06.15", Quiet(1_350, 375)),
        ("9 to 17", Quiet(540, 1_020)),
        ("7-7", None),
        ("25-7", None),
        ("at night", None),
    ],
)
def test_quiet_hours_are_read_as_people_write_them(typed: str, expected: Quiet | None) -> None:
    assert read_quiet(typed) == expected


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("2h", 120), ("30 min", 30), ("1d", 1_440), ("3", 180), ("2 weeks", 20_160)],
)
def test_spans_are_read_as_people_write_them(typed: str, minutes: int) -> None:
    assert read_span(typed) == timedelta(minutes=minutes)


@pytest.mark.parametrize("typed", ["", "h", "0h", "-1h", "soon", "2 moons"])
def test_what_is_no_span_is_none(typed: str) -> None:
    assert read_span(typed) is None


@given(st.text(max_size=12))
def test_any_text_is_a_minute_of_the_day_or_none(text: str) -> None:
    minute = read_clock(text)
    assert minute is None or 0 <= minute < 1_440
