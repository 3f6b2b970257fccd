"""From a due source to alerts in the outbox, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import FeedError, FetchError, LeaseLost
from bot.domain.grammar import parse
from bot.domain.model import ChatKind, Entry, Feed, Source, Validators
from bot.domain.polling import host_of
from bot.domain.ports import CatalogueEntry, Fetched, NotModified
from bot.services.hosts import Hosts
from bot.services.live_index import LiveIndex
from bot.services.poll import Manners, Poller
from bot.sources.parsing import parse_feed
from storage.engine import Database
from tests.builders import NOW, PRIVATE, make_entry
from tests.fakes import FakeClock

NONE = Validators()
URL = "https://news.example.org/feed.xml"


class Web:
    """The world outside: each fetch gives the next answer, then the last one for ever."""

    def __init__(self, *answers: Fetched | NotModified | FetchError) -> None:
        self.answers = list(answers)
        self.asked: list[Validators] = []

    async def fetch(self, url: str, validators: Validators = NONE) -> Fetched | NotModified:
        del url
        self.asked.append(validators)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, FetchError):
            raise answer
        return answer


class Parser:
    """Bodies are the numbers of entries: `b"2"` is a feed with entries 2 and 1."""

    async def parse(self, body: bytes, content_type: str | None, url: str) -> Feed:
        del content_type, url
        if body == b"bad":
            raise FeedError("not-a-feed", "it is no feed")
        entries = tuple(entry(number) for number in range(int(body), 0, -1))
        return Feed(title="T", link=None, language="en", format="rss20", entries=entries)


def entry(number: int) -> Entry:
    return make_entry(
        id=str(number), link=f"https://news.example.org/{number}", title=f"NATO {number}",
        summary=f"News number {number} about the alliance and nothing else.",
    )  # fmt: skip


def page(entries: int, etag: str | None = None) -> Fetched:
    body = str(entries).encode()
    return Fetched(url=URL, body=body, content_type=None, validators=Validators(etag=etag))


class Desk:
    """A poller over a real database with one source and one subscription."""

    def __init__(
        self,
        database: Database,
        web: Web,
        parser: Parser = Parser(),  # noqa: B008 - has no state
    ) -> None:
        self.database = database
        self.clock = FakeClock()
        self.rung = 0
        self.index = LiveIndex()
        self.poller = Poller(
            storage=database,
            fetcher=web,
            parser=parser,
            index=self.index,
            clock=self.clock,
            manners=lambda _: Manners(interval=1, host_delay=0),
            rung=self._ring,
        )

    def _ring(self) -> None:
        self.rung += 1

    async def open(self) -> None:
        query = parse("NATO")
        async with self.database.write() as tx:
            await tx.sources.add(CatalogueEntry(url=URL, title="Spiegel"), None, NOW)
            await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
            await tx.subscriptions.add(PRIVATE, "NATO", query, NOW)
        await self.index.load(self.database, NOW)

    async def claim(self) -> Source:
        self.clock.advance(3_600)
        async with self.database.write() as tx:
            (source,) = await tx.sources.claim(self.clock(), 1, 40)
        return source

    async def poll(self) -> int:
        return await self.poller.poll(await self.claim())

    async def titles(self) -> list[str]:
        async with self.database.read() as tx:
            return [one.title for one in await tx.articles.latest(PRIVATE.chat, limit=99)]


@pytest.fixture
async def desk(database: Database) -> Desk:
    opened = Desk(database, Web(page(2), page(3), page(3)))
    await opened.open()
    return opened


async def test_the_first_poll_stores_and_rings_nobody_the_next_rings_for_what_is_new(
    desk: Desk,
) -> None:
    rung = [await desk.poll(), await desk.poll(), await desk.poll()]
    assert (rung, await desk.titles()) == ([0, 1, 0], ["NATO 3", "NATO 2", "NATO 1"])
    assert desk.rung == 1


async def test_a_lost_lease_stores_nothing(desk: Desk) -> None:
    await desk.poll()
    source = await desk.claim()
    await desk.claim()
    with pytest.raises(LeaseLost):
        await desk.poller.poll(source)
    assert (await desk.titles(), desk.rung) == (["NATO 2", "NATO 1"], 0)


async def test_failures_are_remembered_and_the_news_comes_when_the_source_is_back(
    database: Database,
) -> None:
    bad = Fetched(url=URL, body=b"bad", content_type=None, validators=Validators())
    desk = Desk(database, Web(page(1), FetchError("dns", "unknown host"), bad, page(2)))
    await desk.open()
    await desk.poll()
    states = []
    for _ in range(3):
        rung = await desk.poll()
        async with database.read() as tx:
            source = await tx.sources.get(1)
        assert source is not None
        states.append((rung, source.failures, source.error))
    assert states == [(0, 1, "dns"), (0, 2, "not-a-feed"), (1, 0, None)]


async def test_validators_are_replayed(database: Database) -> None:
    web = Web(page(1, etag='W/"1"'), NotModified())
    desk = Desk(database, web)
    await desk.open()
    for _ in range(3):
        await desk.poll()
    assert [one.etag for one in web.asked] == [None, 'W/"1"', 'W/"1"']


async def test_polls_that_are_stopped_are_due_again_at_once(database: Database) -> None:
    class Endless(Web):
        async def fetch(self, url: str, validators: Validators = NONE) -> Fetched:
            del url, validators
            started.set()
            await asyncio.Event().wait()
            raise AssertionError

    started = asyncio.Event()
    desk = Desk(database, Endless(page(1)))
    await desk.open()
    await desk.poller.tick()
    await started.wait()
    await desk.poller.close()
    async with database.write() as tx:
        again = await tx.sources.claim(desk.clock() + timedelta(seconds=1), 1, 40)
    assert [one.url for one in again] == [URL]


def test_one_request_at_a_time_to_a_host_and_a_pause_before_the_next() -> None:
    hosts = Hosts(timedelta(seconds=40))
    one, other = host_of("https://a.org/1"), host_of("https://me:pw@A.org/2")
    first = hosts.enter(one, NOW)
    second = hosts.enter(other, NOW + timedelta(seconds=5))
    elsewhere = hosts.enter("b.org", NOW)
    hosts.leave(one, NOW + timedelta(seconds=8))
    early = hosts.enter(other, NOW + timedelta(seconds=7))
    late = hosts.enter(other, NOW + timedelta(seconds=8))
    assert (first, second, elsewhere, early, late) == (True, False, True, False, True)


async def test_a_private_sources_news_ring_in_its_own_chat_alone(database: Database) -> None:
    desk = Desk(database, Web(page(1), page(2)))
    query = parse("NATO")
    async with database.write() as tx:
        await tx.sources.add(CatalogueEntry(url=URL, title="Mine"), 77, NOW)
        for chat in (77, 78):
            await tx.chats.ensure(chat, ChatKind.PRIVATE, "x", "en")
            await tx.subscriptions.add(replace(PRIVATE, chat=chat), "NATO", query, NOW)
    await desk.index.load(database, NOW)
    rung = [await desk.poll(), await desk.poll()]
    async with database.read() as tx:
        theirs = await tx.articles.latest(78, limit=9)
    assert (rung, theirs) == ([0, 1], [])


async def test_p1_what_is_too_long_is_cut_and_logged_without_the_address(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    class Long(Parser):
        async def parse(self, body: bytes, content_type: str | None, url: str) -> Feed:
            feed = await super().parse(body, content_type, url)
            return replace(feed, cut=("2 titles", "100 entries"))

    desk = Desk(database, Web(page(1)), parser=Long())
    await desk.open()
    await desk.poll()
    lines = [one.getMessage() for one in caplog.records if "too long" in one.getMessage()]
    assert lines == ["source 1: too long and cut: 2 titles, 100 entries"]


async def test_p5_hostile_text_is_the_same_row_on_both_databases(database: Database) -> None:
    class Hostile(Parser):
        async def parse(self, body: bytes, content_type: str | None, url: str) -> Feed:
            del body
            text = "<item><title>A\0B\x07&#0;&#xD800;C\ufffe é</title><guid>\x01x</guid></item>"
            channel = f"<rss version='2.0'><channel>{text}</channel></rss>"
            return parse_feed(channel.encode(), content_type, url)

    desk = Desk(database, Web(page(1)), parser=Hostile())
    await desk.open()
    await desk.poll()
    async with database.read() as tx:
        (kept,) = await tx.articles.latest(PRIVATE.chat, limit=9)
    assert (kept.title, kept.key) == ("ABC é", "x")
