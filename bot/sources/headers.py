"""What the headers and the status of an answer say."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import regex

from bot.domain.pushing import Hub
from bot.sources.cleaning import web_address

MOST_WAIT = 86_400.0
_MOST_LINKS = 8_000
_LINK = regex.compile(r"<([^<>]{1,2048})>([^<]*)")
_RELATION = regex.compile(r"\brel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", regex.IGNORECASE)


def meaning(status: int) -> tuple[str, str]:
    """Code and sentence of a status that is no success."""
    known = {
        401: ("blocked", "the site wants a login"),
        403: ("blocked", "the site blocks programs"),
        404: ("not-found", "there is nothing at this address"),
        410: ("gone", "the publisher has removed it"),
        429: ("rate-limited", "the site asks to wait"),
        451: ("blocked", "the site blocks programs"),
    }
    if status in known:
        return known[status]
    return ("server-error", "the server has trouble") if status >= 500 else ("http", "odd answer")


def max_age(headers: Mapping[str, str], now: datetime) -> int | None:
    """Seconds for which the answer is fresh, as Cache-Control or Expires says."""
    match = regex.search(r"(?:^|[\s,])max-age=(\d{1,9})", headers.get("cache-control", "").lower())
    if match:
        return int(match[1])
    expires = _date(headers.get("expires"))
    return None if expires is None else max(0, int((expires - now).total_seconds()))


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait, from seconds or a date; what is neither is as if it were not there."""
    if value is None:
        return None
    text = value.strip()
    if text.isdecimal():
        return min(float(text), MOST_WAIT)
    when = _date(text)
    return None if when is None else min(max((when - now).total_seconds(), 0.0), MOST_WAIT)


def _date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value) if value else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if found is None:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def hub_of(links: str | None, url: str) -> Hub | None:
    """The WebSub hub that a Link header names (WebSub, 4), with the feed's address there."""
    named: dict[str, str] = {}
    for link in _LINK.finditer((links or "")[:_MOST_LINKS]):
        relation = _RELATION.search(link[2])
        for one in (relation[1] or relation[2]).lower().split() if relation else ():
            named.setdefault(one, link[1])
    hub = web_address(named.get("hub"), url)
    return Hub(hub, web_address(named.get("self"), url) or url) if hub else None
