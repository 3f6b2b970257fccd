"""Promises to publishers and readers, through the whole of a poll: L1, L4, I1, I4, I5, I8."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.addresses import allow_list
from bot.domain.grammar import parse
from bot.domain.model import ChatKind, Entry, Feed, Validators
from bot.domain.ports import CatalogueEntry, Fetched, Fetcher, NotModified
from bot.parts import VERSION
from bot.rendering.alert import shown_time
from bot.rendering.sentences import Sentences
from bot.services.live_index import LiveIndex
from bot.services.poll import Manners, Poller
from bot.sources.fetch import AGENT, GuardedFetcher
from storage.engine import Database
from tests.builders import NOW, PRIVATE, make_entry
from tests.fakes import FakeClock
from tests.servers import RawServer, raw_server

NONE = Validators()
FEED = b"1"  # the first document


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    async with raw_server() as opened:
        yield opened


class Pages:
    """The world outside, one document after the other; a body is the number of a document."""

    def __init__(self) -> None:
        self.documents: list[tuple[Entry, ...]] = []

    async def fetch(self, url: str, validators: Validators = NONE) -> Fetched | NotModified:
        del validators
        body = str(len(self.documents)).encode()
        return Fetched(url=url, body=body, content_type=None, validators=NONE)

    async def parse(self, body: bytes, content_type: str | None, url: str) -> Feed:
        del content_type, url
        entries = self.documents[int(body) - 1] if self.documents else ()
        return Feed(title="T", link=None, language="en", format="rss20", entries=entries)


class Desk:
    """A poller with one source, whose every article meets the one subscription."""

    def __init__(self, database: Database, fetcher: Fetcher, pages: Pages) -> None:
        self.database = database
        self.clock = FakeClock()
        self.pages = pages
        self.index = LiveIndex()
        self.poller = Poller(
            storage=database,
            fetcher=fetcher,
            parser=pages,
            index=self.index,
            clock=self.clock,
            manners=lambda _: Manners(interval=300, host_delay=2),
            rung=lambda: None,
        )

    async def open(self, url: str) -> None:
        query = parse("NATO")
        async with self.database.write() as tx:
            await tx.sources.add(CatalogueEntry(url=url, title="Spiegel"), None, NOW)
            await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
            await tx.subscriptions.add(PRIVATE, "NATO", query, NOW)
        await self.index.load(self.database, NOW)

    async def poll(self, *entries: Entry, after: timedelta = timedelta(days=1)) -> int:
        """Poll once, so much later; returns how many alerts it rang."""
        self.clock.advance(after.total_seconds())
        self.pages.documents.append(entries)
        async with self.database.write() as tx:
            (source,) = await tx.sources.claim(self.clock(), 1, 40)
        return await self.poller.poll(source)


@pytest.fixture
async def desk(database: Database) -> Desk:
    pages = Pages()
    opened = Desk(database, pages, pages)
    await opened.open("https://news.example.org/feed.xml")
    return opened


def story(number: int, **changes: object) -> Entry:
    facts = {
        "id": f"{number}",
        "link": f"https://news.example.org/{number}",
        "title": f"NATO headline {number} of a long and busy day",
        "summary": f"What happened at {number} o'clock, told in one sentence.",
    }
    return make_entry(**facts | changes)


async def test_l1_a_hundred_polls_of_an_unchanged_feed_are_one_full_and_ninety_nine_conditional(
    database: Database, server: RawServer
) -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        asked = server.requests[-1].lower()
        same = 'if-none-match: w/"v 1"' in asked and "if-modified-since: long ago" in asked
        status, body = ("304 Not Modified", b"") if same else ("200 OK", FEED)
        head = (
            f'HTTP/1.1 {status}\r\netag: W/"V 1"\r\nlast-modified: Long ago\r\n'
            f"set-cookie: id=7\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)

    server.answers["/feed"] = answer
    allow = allow_list(["127.0.0.1"])
    async with GuardedFetcher(allow=allow, agent=AGENT, now=lambda: NOW) as fetcher:
        desk = Desk(database, fetcher, Pages())
        await desk.open(f"{server.base}/feed")
        for _ in range(100):
            await desk.poll()
    conditional = [one for one in server.requests if 'if-none-match: W/"V 1"' in one]
    headers = [line for one in server.requests for line in one.splitlines()[1:] if line]
    names = {line.partition(":")[0].lower() for line in headers}
    agents = {line for line in headers if line.lower().startswith("user-agent")}
    assert (len(server.requests), len(conditional)) == (100, 99)
    assert names.isdisjoint({"cookie", "referer", "from"})
    assert [f"Newsbell/{VERSION}" in agent for agent in agents] == [True]


CHURN: dict[str, Callable[[Entry], Entry]] = {
    "ids rebuilt": lambda one: replace(one, id=f"build-{one.id}"),
    "https and www": lambda one: replace(one, link=f"https://www.news.example.org/{one.id}/"),
    "tracking": lambda one: replace(one, link=f"{one.link}?utm_source=rss"),
    "dates": lambda one: replace(one, published=NOW + timedelta(days=300)),
}


@pytest.mark.parametrize("churn", CHURN.values(), ids=CHURN.keys())
async def test_i1_churn_rings_nobody_and_a_new_story_beside_it_rings(
    desk: Desk, churn: Callable[[Entry], Entry]
) -> None:
    before = [story(number) for number in range(8)]
    after = [churn(one) for one in before]
    rung = [await desk.poll(*before), await desk.poll(*after), await desk.poll(story(9), *after)]
    assert rung == [0, 0, 1]


async def test_i4_fifty_edits_ring_once_and_a_double_id_rings_for_both(desk: Desk) -> None:
    await desk.poll(story(1))
    edits = [
        await desk.poll(
            story(2, title=f"NATO, version {number}", summary="As it stands."), story(1)
        )
        for number in range(50)
    ]
    double = await desk.poll(story(3, id="same"), story(4, id="same"))
    assert (edits, double) == ([1] + [0] * 49, 2)


async def test_i5_an_item_that_comes_back_after_thirty_days_rings_nobody(desk: Desk) -> None:
    month = timedelta(days=30)
    rung = [
        await desk.poll(story(1), story(2)),
        await desk.poll(story(2)),
        await desk.poll(story(1), story(2), after=month),
    ]
    assert rung == [0, 0, 0]


async def test_i8_each_entry_rings_once_whatever_its_date_and_none_is_shown_in_the_future(
    desk: Desk, sentences: Sentences
) -> None:
    dates = [datetime(9999, 12, 31, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC), None]
    odd = [story(number, published=date) for number, date in enumerate(dates, 2)]
    rung = [await desk.poll(story(1)), await desk.poll(*odd), await desk.poll(story(5), *odd)]
    async with desk.database.read() as tx:
        articles = await tx.articles.latest(PRIVATE.chat, limit=9)
    shown = [shown_time(one, sentences) for one in articles]
    assert rung == [0, 3, 1]
    assert [one.key for one in articles] == ["5", "2", "3", "4", "1"]
    assert not any("9999" in one for one in shown)


async def test_l4_a_source_that_was_read_is_not_due_before_its_time_in_any_process(
    desk: Desk,
) -> None:
    await desk.poll(story(1))
    early = desk.clock() + timedelta(seconds=299)
    late = desk.clock() + timedelta(seconds=3_600)
    async with desk.database.write() as tx:
        before = await tx.sources.claim(early, 1, 40)
        due = await tx.sources.claim(late, 1, 40)
    assert (before, len(due)) == ([], 1)
