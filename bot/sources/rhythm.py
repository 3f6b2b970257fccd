"""How often a publisher asks to be visited: RSS's ttl and skip lists, the Syndication module."""

import re
from collections.abc import Mapping
from typing import Any

_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000}
_PERIODS |= {"yearly": 31_536_000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LIST = 2_000
"""Characters in which a skip list ends: 24 hours take less than 800."""

_HOUR = re.compile(r"<hour>\s{0,9}(\d{1,2})\s{0,9}</hour>", re.IGNORECASE)
_DAY = re.compile(r"<day>\s{0,9}([a-z]{6,9})\s{0,9}</day>", re.IGNORECASE)


def ttl(feed: Mapping[str, Any]) -> int | None:
    """RSS 2.0 ttl, given in minutes, in seconds."""
    minutes = str(feed.get("ttl") or "").strip()
    return int(minutes) * 60 if minutes.isdecimal() and len(minutes) < 7 else None


def period(feed: Mapping[str, Any]) -> int | None:
    """Seconds between two publications: sy:updatePeriod by sy:updateFrequency."""
    length = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    frequency = str(feed.get("sy_updatefrequency") or "1").strip()
    often = int(frequency) if frequency.isdecimal() and len(frequency) < 7 else 1
    return length and max(length // max(often, 1), 1)


def skipped(document: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Hours of the day (UTC, 24 is 0) and days of the week (Monday is 0) that need no visit.

    feedparser keeps the last of each alone. A list that names them all is a mistake.
    """
    hours = {int(found) % 24 for found in _HOUR.findall(_list(document, "<skipHours>"))}
    days = {found.lower() for found in _DAY.findall(_list(document, "<skipDays>"))}
    numbers = tuple(number for number, name in enumerate(_DAYS) if name in days)
    return (
        tuple(sorted(hours)) if len(hours) < 24 else (),
        numbers if len(numbers) < len(_DAYS) else (),
    )


def _list(document: str, tag: str) -> str:
    start = document.find(tag)
    end = document.find(tag.replace("<", "</"), start, start + _LIST) if start >= 0 else -1
    return document[start:end] if end >= 0 else ""
