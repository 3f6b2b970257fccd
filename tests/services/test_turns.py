"""What people add is asked for in turn with the polls of the same host (L4)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot.domain.errors import FeedError, FetchError
from bot.domain.model import Feed, Validators
from bot.domain.ports import Fetched
from bot.services.discover import PATHS, feeds_of
from bot.services.hosts import Hosts
from bot.services.turns import PATIENCE, PoliteFetcher, Turns
from tests.fakes import FakeClock

HOST = "https://news.example.org"
PAGE = f"{HOST}/"
NONE = Validators()


class Web:
    """Pages without feeds, but for what `feeds` names; asked when, and for what."""

    def __init__(self, clock: FakeClock, feeds: Sequence[str] = ()) -> None:
        self.clock = clock
        self.feeds = feeds
        self.asked: list[tuple[datetime, str]] = []
        self.trouble: FetchError | None = None
        self.stuck = ""

    async def fetch(self, url: str, validators: Validators = NONE) -> Fetched:
        del validators
        self.asked.append((self.clock(), url))
        if url == self.stuck:
            await asyncio.Event().wait()
        if self.trouble:
            raise self.trouble
        return Fetched(url=url, body=url.encode(), content_type=None, validators=NONE)

    async def parse(self, body: bytes, content_type: str | None, url: str) -> Feed:
        del content_type, url
        if body.decode() not in self.feeds:
            raise FeedError("not-a-feed", "this is a page")
        return Feed(title="T", link=None, language="en", format="rss20", entries=())


class Desk:
    """Hosts, two seconds between two requests to each, and time that passes by waiting."""

    def __init__(self, *feeds: str) -> None:
        self.clock = FakeClock()
        self.hosts = Hosts(timedelta(seconds=40))
        self.web = Web(self.clock, feeds)
        turns = Turns(self.hosts, self.clock, lambda _: 2.0, self._sleep)
        self.fetcher = PoliteFetcher(self.web, turns)

    async def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)
        await asyncio.sleep(0)

    def pauses(self) -> list[float]:
        """Seconds between one request and the next."""
        moments = [moment for moment, _ in self.web.asked]
        return [(later - one).total_seconds() for one, later in pairwise(moments)]


async def test_l4_tries_for_a_pages_feeds_are_a_pause_apart_and_end_with_the_first() -> None:
    desk = Desk(f"{HOST}{PATHS[3]}")
    await desk.fetcher.fetch(PAGE)
    found = await feeds_of(PAGE, (), desk.fetcher, desk.web)
    assert [one.url for one in found] == [f"{HOST}{PATHS[3]}"]
    assert [url for _, url in desk.web.asked] == [PAGE, *(f"{HOST}{path}" for path in PATHS[:4])]
    assert desk.pauses() == [2.0] * 4


async def test_l4_feeds_on_other_hosts_wait_for_nobody() -> None:
    feeds = [f"https://feeds{number}.example.org/rss" for number in range(3)]
    desk = Desk(*feeds)
    await desk.fetcher.fetch(PAGE)
    found = await feeds_of(PAGE, feeds, desk.fetcher, desk.web)
    assert ([one.url for one in found], desk.pauses()) == (feeds, [0.0] * 3)


async def test_l4_who_adds_waits_for_a_poll_of_the_host_and_polls_for_who_adds() -> None:
    desk = Desk()
    assert desk.hosts.enter("news.example.org", desk.clock())
    asking = asyncio.create_task(desk.fetcher.fetch(PAGE))
    await asyncio.sleep(0)
    before = len(desk.web.asked)
    desk.hosts.leave("news.example.org", desk.clock() + timedelta(seconds=2))
    await asking
    soon = desk.hosts.enter("news.example.org", desk.clock() + timedelta(seconds=1.9))
    later = desk.hosts.enter("news.example.org", desk.clock() + timedelta(seconds=2))
    assert (before, len(desk.web.asked), soon, later) == (0, 1, False, True)


async def test_l2_a_host_that_wants_rest_is_not_asked_and_its_wish_holds_for_polls() -> None:
    desk = Desk()
    desk.web.trouble = FetchError("rate-limited", "wait", retry_after=600)
    with pytest.raises(FetchError):
        await desk.fetcher.fetch(PAGE)
    begun = desk.clock()
    with pytest.raises(FetchError) as refused:
        await desk.fetcher.fetch(PAGE)
    waited = (desk.clock() - begun).total_seconds()
    assert (refused.value.code, len(desk.web.asked), waited) == ("rate-limited", 1, PATIENCE)
    assert not desk.hosts.enter("news.example.org", begun + timedelta(seconds=590))


async def test_p7_what_a_slow_host_has_shown_in_time_is_offered() -> None:
    feeds = [f"{HOST}/{number}" for number in range(3)]
    desk = Desk(*feeds)
    desk.web.stuck = feeds[1]
    found = await feeds_of(PAGE, feeds, desk.fetcher, desk.web, longest=0.1)
    assert [one.url for one in found] == feeds[:1]
