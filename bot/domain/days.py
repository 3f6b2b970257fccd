"""Days as people write them."""

import re
from datetime import date, timedelta

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(?:(\d{4}))?")
_NAMED = re.compile(r"(?:(\d{1,2})\s+([a-z]{3,9})|([a-z]{3,9})\s+(\d{1,2}))(?:,?\s+(\d{4}))?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read_day(text: str, today: date) -> date | None:
    """`2022-01-09`, `9 Jan`, `Jan 9, 2022`, `9.1.`, `yesterday`; None: it is no day.

    Without a year it is the last such day, today included.
    """
    typed = text.strip().casefold()
    if typed in ("today", "yesterday"):
        return today - timedelta(days=typed == "yesterday")
    if match := _ISO.fullmatch(typed):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _DOTTED.fullmatch(typed):
        return _recent(match[3], int(match[2]), int(match[1]), today)
    match = _NAMED.fullmatch(typed)
    month = (match[2] or match[3])[:3] if match else ""
    if match is None or month not in _MONTHS:
        return None
    return _recent(match[5], _MONTHS.index(month) + 1, int(match[1] or match[4]), today)


def _recent(year: str | None, month: int, day: int, today: date) -> date | None:
    if year:
        return _day(int(year), month, day)
    found = _day(today.year, month, day)
    return found if found is None or found <= today else _day(today.year - 1, month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
