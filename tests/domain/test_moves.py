"""Sources that move, end, or fail for long: what follows, and who is told."""

from datetime import datetime, timedelta

import pytest

from bot.domain.errors import FetchError
from bot.domain.model import Feed, Polled, Source, Validators
from bot.domain.polling import (
    address_after,
    after_failure,
    after_not_modified,
    after_success,
    host_of,
    worth_telling,
)
from bot.domain.ports import Fetched, NotModified
from tests.builders import NOW, make_source

FEED = Feed(title="T", link=None, language=None, format="rss20", entries=())
NEW = "https://new.example.org/feed.xml"
GONE = FetchError("gone", "gone", status=410)
DOWN = FetchError("server-error", "trouble", status=500)


def applied(source: Source, polled: Polled) -> Source:
    """The source as storage gives it back after this poll."""
    facts = ("failures", "error", "failing", "told", "gone", "closed", "moving", "habit")
    values = {name: getattr(polled, name) for name in facts}
    return make_source(url=source.url, owner=source.owner, last_ok=polled.last_ok, **values)


def address_of(
    *polls: tuple[float, str | FetchError | None], url: str = "https://old.example.org/f"
) -> str | None:
    """Where a source moves after these answers, each (hours, target or error)."""
    source, target = make_source(url=url), None
    for hours, answer in polls:
        now = NOW + timedelta(hours=hours)
        if isinstance(answer, FetchError):
            polled = after_failure(source, answer, now, 300)
        else:
            polled = after_not_modified(source, NotModified(moved_to=answer), now, 300)
        target = address_after(source, polled)
        source = applied(source, polled)
    return target


@pytest.mark.parametrize(
    ("polls", "expected"),
    [
        ([(0, NEW), (12, NEW), (24, NEW)], NEW),
        ([(0, NEW), (1, NEW), (2, NEW), (23.9, NEW)], None),
        ([(0, NEW), (30, NEW)], None),
        ([(0, NEW), (12, None), (24, NEW), (30, NEW)], None),
        ([(0, NEW), (12, "https://evil.example.org/"), (24, NEW), (30, NEW)], None),
        ([(0, NEW), (12, NEW), (20, DOWN), (25, NEW)], NEW),
        ([(0, NEW), (12, NEW), (25, DOWN)], None),
        ([(0, None), (12, None), (25, None)], None),
    ],
    ids=[
        "three times in a day", "often, but within a day", "twice", "back in between",
        "elsewhere in between", "a failure in between", "a failure at last", "a passing redirect",
    ],
)  # fmt: skip
def test_i6_an_address_moves_when_three_polls_over_a_day_agree(
    polls: list[tuple[float, str | FetchError | None]], expected: str | None
) -> None:
    assert address_of(*polls) == expected


@pytest.mark.parametrize(
    ("url", "target", "expected"),
    [
        ("http://old.example.org/f", "https://old.example.org/f", "https://old.example.org/f"),
        ("https://old.example.org/f", "http://old.example.org/f", None),
        ("https://me:secret@old.example.org/f", NEW, None),
    ],
    ids=["to https", "from https to http", "with a password"],
)
def test_i6_a_move_never_costs_safety(url: str, target: str, expected: str | None) -> None:
    assert address_of((0, target), (12, target), (24, target), url=url) == expected


def test_i6_a_full_answer_counts_as_well() -> None:
    source = make_source(url="https://old.example.org/f")
    answer = Fetched(url=NEW, body=b"", content_type=None, validators=Validators(), moved_to=NEW)
    polled = after_success(source, answer, FEED, "d", NOW, 300)
    assert polled.moving is not None
    assert (polled.moving.to, polled.moving.seen) == (NEW, 1)


def failed(*polls: tuple[float, FetchError | None]) -> tuple[Source, list[str]]:
    """The source after these answers, each (hours, error or None), and what was worth telling."""
    source, told = make_source(owner=7), []
    for hours, error in polls:
        polled = outcome(source, error, NOW + timedelta(hours=hours))
        told.append(worth_telling(source, polled))
        source = applied(source, polled)
    return source, [kind for kind in told if kind]


def outcome(source: Source, error: FetchError | None, now: datetime) -> Polled:
    if error is None:
        return after_not_modified(source, NotModified(), now, 300)
    return after_failure(source, error, now, 300)


@pytest.mark.parametrize(
    ("polls", "closed", "told"),
    [
        ([(0, GONE), (1, GONE)], True, ["gone"]),
        ([(0, GONE), (0.5, GONE)], False, []),
        ([(0, GONE), (1, DOWN)], False, []),
        ([(0, GONE), (1, DOWN), (2, GONE)], True, ["gone"]),
        ([(0, GONE), (0.5, None), (2, GONE)], False, []),
    ],
    ids=["twice, an hour apart", "too soon", "other trouble", "trouble between", "well between"],
)
def test_i7_gone_twice_an_hour_apart_closes_a_source(
    polls: list[tuple[float, FetchError | None]], told: list[str], *, closed: bool
) -> None:
    source, said = failed(*polls)
    assert (source.closed, said) == (closed, told)


def test_a_week_of_failures_is_told_once_and_another_week_after_a_recovery_again() -> None:
    week = 7 * 24
    _, said = failed((0, DOWN), (week - 1, DOWN), (week, DOWN), (week + 24, DOWN))
    _, again = failed((0, DOWN), (week, DOWN), (week + 1, None), (week + 2, DOWN), (15 * 24, DOWN))
    assert (said, again) == (["failing"], ["failing", "failing"])


def test_h7_a_site_that_blocks_us_is_left_alone_sooner() -> None:
    source = make_source(failures=2)
    waits = [
        (after_failure(source, FetchError(code, ""), NOW, 300).due - NOW).total_seconds()
        for code in ("server-error", "blocked")
    ]
    assert waits[1] == pytest.approx(4 * waits[0])


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://News.example.org/f", "news.example.org"),
        ("https://me:secret@news.example.org:8443/f", "news.example.org:8443"),
        ("http://[::1", ""),
    ],
)
def test_a_host_is_known_without_secrets(url: str, host: str) -> None:
    assert host_of(url) == host
