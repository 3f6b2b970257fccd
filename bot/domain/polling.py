"""When is a source asked again, and what does a poll change in its row?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from bot.domain.errors import FeedError, FetchError
from bot.domain.model import Feed, Source
from bot.domain.ports import Fetched, NotModified, Polled

LEAST, MOST = 60.0, 3_600.0
"""Seconds between which an interval adapts around the setting (PRODUCT.md, "Intervals")."""

MOST_ASKED = 6 * 3_600.0
"""The longest a publisher's ttl or Cache-Control is followed, in seconds."""

LONGEST_BACKOFF = 24 * 3_600.0
SPREAD = 0.1


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the publisher asks for: seconds to wait, None where nothing is said."""

    ttl: int | None = None
    max_age: int | None = None


def after_success(
    source: Source,
    fetched: Fetched,
    feed: Feed | None,
    digest: str,
    now: datetime,
    interval: float,
) -> Polled:
    """A full answer; `feed` is None where the body was the same as last time."""
    wish = _Wish(feed.ttl if feed else None, fetched.max_age)
    return Polled(
        due=_next(source, now, interval, wish),
        checked=now,
        validators=fetched.validators,
        digest=digest,
        failures=0,
        error=None,
        first_polled=source.first_polled or now,
        last_ok=now,
        title=feed.title if feed and not source.title else None,
        site=feed.link if feed and not source.site else None,
        language=feed.language if feed and not source.language else None,
    )


def after_not_modified(
    source: Source, answer: NotModified, now: datetime, interval: float
) -> Polled:
    """304: all is as it was."""
    return Polled(
        due=_next(source, now, interval, _Wish(None, answer.max_age)),
        checked=now,
        validators=source.validators,
        digest=source.digest,
        failures=0,
        error=None,
        first_polled=source.first_polled or now,
        last_ok=now,
    )


def after_failure(
    source: Source, error: FetchError | FeedError, now: datetime, interval: float
) -> Polled:
    """Back off: the interval, doubling to 24 h; never earlier than the server asks for."""
    wait = min(interval * 2**source.failures, LONGEST_BACKOFF)
    asked = error.retry_after if isinstance(error, FetchError) else None
    wait = max(_spread(source, wait, interval), asked or 0.0)
    return Polled(
        due=now + timedelta(seconds=wait),
        checked=now,
        validators=source.validators,
        digest=source.digest,
        failures=min(source.failures + 1, 30),
        error=error.code,
        first_polled=source.first_polled,
        last_ok=source.last_ok,
    )


def _next(source: Source, now: datetime, interval: float, wish: _Wish) -> datetime:
    """A setting under 60 s is taken as it is (tests, the playground)."""
    if interval < LEAST:
        return now + timedelta(seconds=interval)
    asked = min(max(wish.ttl or 0, wish.max_age or 0), MOST_ASKED)
    wait = max(min(max(interval, LEAST), max(MOST, interval)), asked)
    return now + timedelta(seconds=_spread(source, wait, interval))


def _spread(source: Source, wait: float, interval: float) -> float:
    """Up to 10 % later, by a stable hash: sources that were asked together drift apart."""
    if interval < LEAST:
        return wait
    digest = blake2b(source.url.encode(), digest_size=4).digest()
    return wait * (1 + SPREAD * int.from_bytes(digest) / 2**32)
