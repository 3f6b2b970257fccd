"""K3: what a fetch does with the user and password of an address."""

from base64 import b64encode
from collections.abc import AsyncIterator

import pytest

from bot.domain.addresses import allow_list
from bot.domain.errors import FetchError
from bot.domain.ports import Fetched
from bot.services.discover import entry_at, feeds_of
from bot.sources.feeds import FeedWorkers
from bot.sources.fetch import GuardedFetcher
from tests.builders import NOW
from tests.servers import RawServer, raw_server

BASIC = "authorization: basic " + b64encode(b"me:pw").decode().casefold()
FEED = (
    b"<rss version='2.0'><channel><item><title>News</title><link>/1</link>"
    b"<guid isPermaLink='false'>1</guid></item></channel></rss>"
)


@pytest.fixture
async def fetcher() -> AsyncIterator[GuardedFetcher]:
    async with GuardedFetcher(allow=allow_list(["127.0.0.0/8"]), now=lambda: NOW) as opened:
        yield opened


def keyed(server: RawServer, path: str) -> str:
    return server.base.replace("//", "//me:pw@") + path


def authorized(server: RawServer) -> list[bool]:
    return [BASIC in one.casefold() for one in server.requests]


async def test_k3_the_password_is_sent_to_its_host_and_dropped_on_the_way_to_another(
    server: RawServer, fetcher: GuardedFetcher
) -> None:
    server.plain("/stay", status="302 Found", location=f"{server.base}/there")
    server.plain("/there", FEED)
    async with raw_server(host="127.0.0.2") as elsewhere:
        elsewhere.plain("/there", FEED)
        server.plain("/away", status="302 Found", location=f"{elsewhere.base}/there")
        for path in ("/stay", "/away"):
            await fetcher.fetch(keyed(server, path))
        assert authorized(elsewhere) == [False]
    assert authorized(server) == [True, True, True]


async def test_k3_links_of_a_feed_behind_a_password_have_none(
    server: RawServer, fetcher: GuardedFetcher
) -> None:
    server.plain("/feed", FEED)
    async with FeedWorkers(1) as parser:
        fetched = await fetcher.fetch(keyed(server, "/feed"))
        assert isinstance(fetched, Fetched)
        feed = await parser.parse(fetched.body, None, fetched.url)
        entry = await entry_at(keyed(server, "/feed"), fetcher, parser)
    assert [one.link for one in feed.entries] == [f"{server.base}/1"]
    assert (entry.url, "pw" in entry.title) == (keyed(server, "/feed"), False)


async def test_k3_the_feeds_of_a_page_behind_a_password_are_found(
    server: RawServer, fetcher: GuardedFetcher
) -> None:
    server.plain("/feed", FEED)
    async with FeedWorkers(1) as parser:
        found = await feeds_of(keyed(server, "/page"), [f"{server.base}/feed"], fetcher, parser)
    assert [one.url for one in found] == [keyed(server, "/feed")]
    assert authorized(server) == [True]


async def test_a_redirect_to_what_is_no_address_is_refused(
    server: RawServer, fetcher: GuardedFetcher
) -> None:
    server.plain("/odd", status="302 Found", location="http://[x")
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(f"{server.base}/odd")
    assert caught.value.code == "refused-url"
