"""When a publisher does not want to be asked: `skipHours` and `skipDays` of RSS 2.0.

feedparser keeps only the last of several hours, so the document itself is looked at.
"""

import re

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MOST = 2_000
"""Bytes that 24 hours or seven days can fill."""

_VALUE = re.compile(rb"<(?:hour|day)>\s{0,99}([A-Za-z0-9]{1,9})\s{0,99}</", re.IGNORECASE)


def skip_hours(body: bytes) -> tuple[int, ...]:
    """Hours of the day, UTC, in which nobody need ask, ascending; 24 is midnight in RSS 0.9x."""
    found = {int(value) % 24 for value in _values(body, b"skipHours") if value.isdigit()}
    return tuple(sorted(found)) if len(found) < 24 else ()


def skip_days(body: bytes) -> tuple[int, ...]:
    """Days of the week in which nobody need ask, Monday is 0."""
    named = {value.decode().lower() for value in _values(body, b"skipDays")}
    found = tuple(number for number, name in enumerate(_DAYS) if name in named)
    return found if len(found) < 7 else ()


def _values(body: bytes, name: bytes) -> list[bytes]:
    start = body.find(b"<" + name + b">")
    if start < 0:
        return []
    end = body.find(b"</" + name + b">", start, start + _MOST)
    return _VALUE.findall(body[start : max(end, start)])
