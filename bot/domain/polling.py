"""When is a source asked again, and what does a poll change in its row?"""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from urllib.parse import urlsplit

from bot.domain.errors import FeedError, FetchError
from bot.domain.intervals import LEAST, habit_after, next_visit
from bot.domain.model import Feed, Moving, NoticeKind, Polled, Source, Wishes
from bot.domain.ports import Fetched, NotModified
from bot.domain.pushing import SPARE
from bot.domain.secrets import masked_text

LONGEST_BACKOFF = 24 * 3_600.0
SPREAD = 0.1

MOVE_SEEN, MOVE_AFTER = 3, timedelta(hours=24)
"""A permanent redirect moves the stored address when so many good polls have shown it in a row,
over at least this time (reliability I6): one hijacked or mistaken answer moves nothing."""

GONE_AFTER = timedelta(hours=1)
"""Between the first 410 and the one that closes a source (reliability I7)."""

TOLD_AFTER = timedelta(days=7)
"""How long a source fails before the chat that added it hears of it."""


MOST_A_DAY, MOST_A_DAY_OF_A_CHAT = 5_000, 1_000
"""Articles that are kept of one source within 24 hours: of the catalogue's, and of one that a chat
added. A stranger's feed may hold 500 new ones at every poll."""

FLOOD = "flood"
FLOOD_PAUSE = timedelta(hours=1)
"""What brings more than that is asked no sooner: what it has shown must be remembered, too."""


def host_of(url: str) -> str:
    """The host and port of an address, without user and password: whom politeness is owed."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].casefold()
    except ValueError:
        return ""


def after_success(
    source: Source,
    fetched: Fetched,
    feed: Feed | None,
    digest: str,
    now: datetime,
    interval: float,
    *,
    found: int = 0,
) -> Polled:
    """A full answer with `found` new entries; `feed` is None where the body was the same."""
    heard = source if feed is None else replace(source, wishes=_wishes(feed))
    polled = _good(heard, fetched, now, interval, found)
    return replace(
        polled,
        validators=fetched.validators,
        digest=digest,
        title=masked_text(feed.title) if feed and not source.title else None,
        site=feed.link if feed and not source.site else None,
        language=feed.language if feed and not source.language else None,
    )


def room_for(source: Source, kept: int) -> int:
    """How many new articles are taken of a source that has brought so many in 24 hours."""
    most = MOST_A_DAY if source.owner is None else MOST_A_DAY_OF_A_CHAT
    return max(most - kept, 0)


def after_flood(polled: Polled) -> Polled:
    """After a good poll with more news than there was room for: it counts as no failure."""
    return replace(polled, error=FLOOD, due=max(polled.due, polled.checked + FLOOD_PAUSE))


def fails(source: Source) -> bool:
    """Whether it cannot be read: a flood was read, see `after_flood`."""
    return source.error is not None and source.error != FLOOD


def spare_after(error: str | None) -> timedelta:
    """How long after a poll with this error (None: none) a push may bring about the next."""
    return FLOOD_PAUSE if error == FLOOD else SPARE


def after_not_modified(
    source: Source, answer: NotModified, now: datetime, interval: float
) -> Polled:
    """304: all is as it was."""
    return _good(source, answer, now, interval, found=0)


def after_failure(
    source: Source, error: FetchError | FeedError, now: datetime, interval: float
) -> Polled:
    """Back off: the interval, doubling to 24 h; never earlier than the server asks for.

    It never ends by itself: only 410, twice and an hour apart, closes a source. A site that
    blocks programs is left alone sooner: there the wait doubles twice a time.
    """
    asked = error.retry_after if isinstance(error, FetchError) else None
    doublings = source.failures * (2 if error.code == "blocked" else 1)
    wait = min(interval * 2**doublings, LONGEST_BACKOFF)
    failing = source.failing or now
    gone = (source.gone or now) if error.code == "gone" else source.gone
    return replace(
        _as_before(source, now, max(_spread(source, wait, interval), asked or 0.0)),
        failures=min(source.failures + 1, 30),
        error=error.code,
        failing=failing,
        told=source.told or now - failing >= TOLD_AFTER,
        gone=gone,
        closed=error.code == "gone" and gone is not None and now - gone >= GONE_AFTER,
    )


def after_outage(source: Source, now: datetime, interval: float) -> Polled:
    """The fault is on our side: nothing is held against the source, it is asked as before."""
    wait = min(interval * 2**source.failures, LONGEST_BACKOFF)
    return _as_before(source, now, _spread(source, wait, interval))


def address_after(source: Source, polled: Polled) -> str | None:
    """The address to which the source moves now; None: it stays where it is.

    One with a password in it never moves (the redirect has none), nor one under https to http.
    """
    moving = polled.moving
    if moving is None or polled.failures or moving.seen < MOVE_SEEN:
        return None
    worse = source.url.startswith("https://") and not moving.to.startswith("https://")
    if worse or "@" in urlsplit(source.url).netloc:
        return None
    return moving.to if polled.checked - moving.since >= MOVE_AFTER else None


def worth_telling(source: Source, polled: Polled) -> NoticeKind | None:
    """What the chat that added this source is told, once: it has just become true."""
    if polled.closed and not source.closed:
        return "gone"
    return "failing" if polled.told and not source.told else None


def _good(
    source: Source, answer: Fetched | NotModified, now: datetime, interval: float, found: int
) -> Polled:
    habit = habit_after(source.habit, found, now)
    due = next_visit(interval, habit, source.wishes, answer.max_age, now)
    # A setting under a minute is taken as it is: tests and the playground want it so.
    wait = interval if interval < LEAST else (due - now).total_seconds()
    return replace(
        _as_before(source, now, _spread(source, wait, interval)),
        failures=0,
        error=None,
        failing=None,
        told=False,
        gone=None,
        closed=False,
        first_polled=source.first_polled or now,
        last_ok=now,
        habit=habit,
        moving=_moving(source, answer.moved_to, now),
    )


def _as_before(source: Source, now: datetime, wait: float) -> Polled:
    """The row as it is, to be asked again after `wait` seconds."""
    return Polled(
        due=now + timedelta(seconds=wait),
        checked=now,
        validators=source.validators,
        digest=source.digest,
        failures=source.failures,
        error=source.error,
        failing=source.failing,
        told=source.told,
        gone=source.gone,
        closed=source.closed,
        first_polled=source.first_polled,
        last_ok=source.last_ok,
        wishes=source.wishes,
        habit=source.habit,
        moving=source.moving,
    )


def _moving(source: Source, target: str | None, now: datetime) -> Moving | None:
    """Count this answer's permanent redirect; any other answer begins the count anew."""
    if target is None or target == source.url:
        return None
    if source.moving is None or source.moving.to != target:
        return Moving(target, now, 1)
    return replace(source.moving, seen=min(source.moving.seen + 1, MOVE_SEEN))


def _wishes(feed: Feed) -> Wishes:
    return Wishes(
        ttl=feed.ttl,
        period=feed.period,
        skip_hours=feed.skip_hours,
        skip_days=feed.skip_days,
    )


def _spread(source: Source, wait: float, interval: float) -> float:
    """Up to 10 % later, by a stable hash: sources that were asked together drift apart."""
    if interval < LEAST:
        return wait
    digest = blake2b(source.url.encode(), digest_size=4).digest()
    return wait * (1 + SPREAD * int.from_bytes(digest) / 2**32)
