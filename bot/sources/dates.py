"""The many ways in which feeds write a moment, read without guessing.

What is read: ISO 8601 and W3CDTF with missing parts, RFC 822 and its misspellings, asctime, and
the same with month names of two dozen languages. A date that can be read in two ways is none: a
wrong date is worse than a missing one, and no decision hangs on it (reliability I8).
"""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

import regex

from bot.sources.month_names import month_of

_YEARS = range(1970, 2200)
_LONGEST = 120
"""Characters of a date that are looked at."""

_REMEMBERED = 10_000
"""Dates: most of a feed was there when it was read before. 3 MB at most."""

_ZONES = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet"), 0),
    **dict.fromkeys(("cet", "met", "mez", "west"), 60),
    **dict.fromkeys(("cest", "mest", "mesz", "eet", "sast"), 120),
    **dict.fromkeys(("eest", "msk"), 180),
    **dict.fromkeys(("sgt", "hkt", "awst"), 480),
    **dict.fromkeys(("jst", "kst"), 540),
    "aest": 600,
    "aedt": 660,
    "acst": 570,
    "acdt": 630,
    "nzst": 720,
    "nzdt": 780,
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
    "akst": -540,
    "akdt": -480,
    "hst": -600,
    "ast": -240,
    "adt": -180,
    "nst": -210,
    "ndt": -150,
    "brt": -180,
    "at": -240,
    "et": -300,
    "ct": -360,
    "mt": -420,
    "pt": -480,
}
"""Minutes east of Greenwich: RFC 822's names and those that mean one zone to most people."""

_COMPACT = regex.compile(
    r"(?<=^\d{8}|\d{4}-\d\d-\d\d)[t ](\d\d)(?:(\d\d)(\d\d)?)?(?=z|[+-]|[.,]|$)"
)
_CLOCK = regex.compile(
    r"(?P<half>오전|오후)?\s*(?<![\d:+−-])(?P<hour>\d{1,2})(?:[:h]|시\s?)(?P<minute>\d\d)"
    r"(?:(?::|분\s?)(?P<second>\d\d))?(?:[.,]\d+)?(?![\d:])\s*(?P<after>[ap])?(?(after)\.?m\b\.?)"
)
_OFFSET = regex.compile(r"(?:^|\s|z|ut|utc|gmt)([+−-])\s?(\d{1,2}):?(\d\d)(?!\d)")
_PLACE = regex.compile(r"\b[a-z]+(?:/[a-z_-]+){1,2}")
_WORD = regex.compile(r"\p{L}+")
_HANGUL = regex.compile(r"\p{Hangul}")
_KOREA = 540
_ASIDE = regex.compile(r"\([^)]*\)")

_NAME = r"(\p{L}[\p{L}\p{M}]+)"
_ORDINAL = r"(?:st|nd|rd|th|er|[.ºª])?"
_OF = r"[\s.,/-]*(?:(?:de|del|of)\s)?"
_YEAR = r"'?(\d{4}|\d\d)(?!\d)"

_Numbers = tuple[int, int, int]
"""Year, month, day."""


def moment(text: object) -> datetime | None:
    """The moment a feed writes, in UTC; None if it is none, or none of 1970 to 2199.

    Without a zone UTC is meant; without a time, midnight; without a day, the first.
    """
    return _moment(str(text or "")[:_LONGEST])


@lru_cache(maxsize=_REMEMBERED)
def _moment(text: str) -> datetime | None:
    raw = unicodedata.normalize("NFC", text).lower().strip()
    if raw.isdecimal() and len(raw) in (9, 10, 13):
        return _since_1970(int(raw) // (1000 if len(raw) == 13 else 1))
    spread = _COMPACT.sub(lambda m: f" {m[1]}:{m[2] or '00'}:{m[3] or '00'}", raw)
    clock = _CLOCK.search(spread)
    tail = _ASIDE.sub(" ", spread[clock.end() :]) if clock else ""
    rest = f"{spread[: clock.start()]} {_OFFSET.sub(' ', tail)}" if clock else spread
    numbers = _numbers(rest) if ":" not in rest else None
    if numbers is None or numbers[0] not in _YEARS:
        return None
    try:
        local = datetime(*numbers, tzinfo=UTC) + _time_of_day(clock)
        return local - _offset(tail, raw, local)
    except (ValueError, OverflowError):
        return None


def _since_1970(seconds: int) -> datetime | None:
    found = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return found if found.year in _YEARS else None


def _time_of_day(clock: regex.Match[str] | None) -> timedelta:
    """Since midnight; 24:00 is the next one, a leap second its predecessor.

    Raises:
        ValueError: there is no such time.
    """
    if clock is None:
        return timedelta()
    hour, minute, second = (int(clock[name] or 0) for name in ("hour", "minute", "second"))
    half = {"a": "a", "p": "p", "오전": "a", "오후": "p"}.get(
        clock["after"] or clock["half"] or ""
    )
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second):
        raise ValueError("no time of day")
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59))


def _offset(tail: str, whole: str, local: datetime) -> timedelta:
    """East of Greenwich, as said after the time; else Korea's for Korean, else nothing.

    Where a place is said (Europe/Kyiv), what its clocks were at on that day.
    """
    if found := _OFFSET.search(tail):
        minutes = int(found[2]) * 60 + int(found[3])
        east = timedelta(minutes=minutes if found[1] == "+" else -minutes)
        return east if minutes <= 15 * 60 else timedelta()
    place = _PLACE.search(tail)
    if place and (name := _places().get(place[0])):
        return local.replace(tzinfo=ZoneInfo(name)).utcoffset() or timedelta()
    usual = _KOREA if _HANGUL.search(whole) else 0
    named = (_ZONES[word] for word in _WORD.findall(tail) if word in _ZONES)
    return timedelta(minutes=next(named, usual))


@cache
def _places() -> Mapping[str, str]:
    """Places of the time zone database, by their names in small letters."""
    return {name.lower(): name for name in available_timezones()}


def _numbers(text: str) -> _Numbers | None:
    """The first form that fits, the least ambiguous first."""
    for form, read in _FORMS:
        for found in form.finditer(text, overlapped=True):
            if numbers := read(*found.groups()):
                return numbers
    return None


def _year_first(year: str, month: str, day: str | None) -> _Numbers | None:
    number = int(month) if month.isdecimal() else month_of(month)
    return (int(year), number, int(day or 1)) if number else None


def _short_year_first(year: str, month: str, day: str | None) -> _Numbers | None:
    """ISO 8601:2000, 5.2.1.3: without its century."""
    return _full_year(year), int(month), int(day or 1)


def _day_first(day: str, month: str, year: str) -> _Numbers | None:
    number = month_of(month)
    return (_full_year(year), number, int(day)) if number else None


def _month_first(month: str, day: str, year: str) -> _Numbers | None:
    return _day_first(day, month, year)


def _month_alone(month: str, year: str) -> _Numbers | None:
    return _day_first("1", month, year)


def _all_numbers(one: str, between: str, two: str, year: str) -> _Numbers | None:
    """Slashes are used for both orders: only what can be nothing else is read."""
    first, second = int(one), int(two)
    if second > 12:
        first, second = second, first
    elif between == "/" and first <= 12 and first != second:
        return None
    return _full_year(year), second, first


def _day_of_year(year: str, day: str) -> _Numbers | None:
    whole = _full_year(year)
    found = datetime(whole, 1, 1, tzinfo=UTC) + timedelta(days=int(day) - 1)
    return (found.year, found.month, found.day) if found.year == whole else None


def _year_alone(year: str) -> _Numbers:
    return int(year), 1, 1


def _full_year(year: str) -> int:
    """RFC 2822, 4.3, with POSIX's pivot."""
    return int(year) if len(year) > 2 else int(year) + (2000 if int(year) < 69 else 1900)


_FORMS: tuple[tuple[regex.Pattern[str], Callable[..., _Numbers | None]], ...] = tuple(
    (regex.compile(form), read)
    for form, read in (
        (
            r"(?<!\d)(\d{4})\s?[-/.年년]\s?(0?\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?![\d-])",
            _year_first,
        ),
        (r"^(\d{4})(\d\d)(\d\d)(?!\d)", _year_first),
        (rf"(?<!\d)(\d{{4}})[\s.-]+{_NAME}[\s.-]+(\d{{1,2}})(?!\d)", _year_first),
        (rf"(?<!\d)(\d{{1,2}}){_ORDINAL}{_OF}(?<!\p{{L}}){_NAME}{_OF}{_YEAR}", _day_first),
        (rf"(?<!\p{{L}}){_NAME}[\s.-]+(\d{{1,2}}){_ORDINAL},?\s+{_YEAR}", _month_first),
        (rf"(?<!\d)(\d{{1,2}})([\s/.-])(\d{{1,2}})\2{_YEAR}", _all_numbers),
        (rf"(?<!\p{{L}}){_NAME}\.?\s+(\d{{4}})(?!\d)", _month_alone),
        (r"^([12]\d{3})-?(\d{3})$", _day_of_year),
        (r"^([12]\d{3})-(\d\d)()$", _year_first),
        (r"^([12]\d{3})$", _year_alone),
        (r"^(\d\d)(\d\d)(\d\d)$", _short_year_first),
        (r"^-(\d\d)-?(\d\d)()$", _short_year_first),
        (r"^(\d\d)(\d{3})$", _day_of_year),
    )
)
