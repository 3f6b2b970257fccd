"""Whether it is they who cannot be reached or we who are cut off."""

from datetime import timedelta

import pytest

from bot.domain.errors import FeedError, FetchError
from bot.domain.outage import Look, Reach, reached
from tests.builders import NOW


def look(host: int, *, up: bool, at: float = 0, sound: bool = True) -> tuple[str, Look]:
    moment = NOW + timedelta(seconds=at)
    return f"h{host}", Look(host, moment, up, sound, 0 if sound else 3)


def cut_off(*looks: tuple[str, Look]) -> bool:
    reach = Reach()
    for host, one in looks:
        reach.saw(host, one)
    return reach.cut_off()


@pytest.mark.parametrize(
    ("up", "down", "expected"),
    [(5, 5, False), (4, 5, True), (0, 4, True), (0, 3, False), (100, 1, False)],
    ids=["half", "more than half", "all of four", "too few to tell", "one of many"],
)
def test_l3_more_than_half_of_the_hosts_unreachable_is_our_outage(
    up: int, down: int, *, expected: bool
) -> None:
    looks = [look(host, up=host < up) for host in range(up + down)]
    assert cut_off(*looks) is expected


def test_a_host_with_many_feeds_counts_once() -> None:
    many = [look(0, up=False, at=second) for second in range(50)]
    assert not cut_off(*many, *(look(host, up=True) for host in (1, 2, 3)))


def test_hosts_that_were_down_before_are_no_evidence() -> None:
    dead = [look(host, up=False, sound=False) for host in range(9)]
    assert not cut_off(*dead, *(look(host, up=True) for host in (10, 11, 12)))


def test_an_outage_is_over_when_the_hosts_answer_again() -> None:
    down = [look(host, up=False) for host in range(9)]
    assert not cut_off(*down, *(look(host, up=True, at=60) for host in range(5)))


def test_what_is_long_past_is_forgotten() -> None:
    down = [look(host, up=False) for host in range(9)]
    assert not cut_off(*down, look(20, up=False, at=600))


def test_those_who_were_blamed_are_known_with_their_failures_before() -> None:
    reach = Reach()
    first = ("h1", Look(1, NOW, reached=False, sound=True, failures=0))
    again = ("h1", Look(1, NOW + timedelta(seconds=60), reached=False, sound=False, failures=1))
    for host, one in (first, again, look(2, up=False, sound=False), look(3, up=True)):
        reach.saw(host, one)
    assert reach.blamed() == {1: 0, 2: 3}


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (None, True),
        (FetchError("dns", ""), False),
        (FetchError("timeout", ""), False),
        (FetchError("server-error", ""), True),
        (FeedError("not-a-feed", ""), True),
    ],
)
def test_an_answer_of_any_kind_means_reached(
    error: FetchError | FeedError | None, *, expected: bool
) -> None:
    assert reached(error) is expected
