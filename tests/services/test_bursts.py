"""I2, I3, I9: what a source brings at once, at first, or after others: from poll to chat."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.grammar import parse
from bot.domain.message import Message
from bot.domain.model import ChatKind, Delivery, Entry, Lane
from bot.domain.ports import CatalogueEntry
from bot.rendering.alert import render_alert
from bot.rendering.digest import render_digest
from bot.rendering.sentences import Sentences
from bot.services.deliver import Deliverer
from storage.engine import Database, open_storage
from tests.builders import NOW, PRIVATE
from tests.databases import sqlite_url
from tests.fakes import FakeSender
from tests.services.test_promises import Desk, Pages, story

WORDS = tuple(f"topic{number}" for number in range(10))


class Bell:
    """A source, the chat that hears of it, and what the chat is told."""

    def __init__(self, desk: Desk, texts: Sentences) -> None:
        self.desk = desk
        self.sender = FakeSender(desk.clock)
        self.texts = texts
        self.step = 30.0  # seconds between two looks: a chat's own second is over by then
        self.deliverer = Deliverer(desk.database, self.sender, self._render, desk.clock)

    def _render(self, delivery: Delivery, lane: Lane) -> Message:
        del lane
        render = render_digest if delivery.alert.gather else render_alert
        return render(delivery, self.texts)

    async def subscribe(self, words: Sequence[str]) -> None:
        async with self.desk.database.write() as tx:
            for word in words:
                await tx.subscriptions.add(PRIVATE, word, parse(word), NOW)
        await self.desk.index.load(self.desk.database, NOW)

    async def wait(self, span: timedelta) -> list[str]:
        """What is said within this time."""
        before, end = len(self.sender.ledger), self.desk.clock() + span
        while self.desk.clock() < end:
            while await self.deliverer.run_once(self.desk.clock()):
                pass
            self.desk.clock.advance(self.step)
        return [one.text for one in self.sender.ledger[before:]]


@pytest.fixture
async def lone(tmp_path: Path, sentences: Sentences) -> AsyncIterator[Bell]:
    """On SQLite alone: the same burst goes through PostgreSQL with the tests of patience."""
    async with open_storage(sqlite_url(tmp_path)) as database:
        yield await opened(database, sentences)


@pytest.fixture
async def bell(database: Database, sentences: Sentences) -> Bell:
    return await opened(database, sentences)


async def opened(database: Database, texts: Sentences) -> Bell:
    pages = Pages()
    desk = Desk(database, pages, pages)
    await desk.open("https://news.example.org/feed.xml")
    return Bell(desk, texts)


def many(count: int) -> list[Entry]:
    """News of one source about ten things: no subscription alone hears enough for a burst."""
    return [
        story(number, title=f"{WORDS[number % 10]}: headline {number} of a busy day")
        for number in range(count)
    ]


async def test_i2_two_hundred_new_items_of_a_source_are_five_alerts_and_one_message(
    lone: Bell,
) -> None:
    await lone.subscribe(WORDS)
    await lone.desk.poll(story(999))
    rung = await lone.desk.poll(*many(200))
    early = await lone.wait(timedelta(minutes=9))
    late = await lone.wait(timedelta(minutes=3))
    async with lone.desk.database.read() as tx:
        kept = await tx.articles.latest(PRIVATE.chat, limit=300)
    assert (rung, len(early), len(late)) == (200, 5, 1)
    assert late[0].startswith("🔔 <b>More at once</b>")
    assert late[0].count("headline") == 95
    assert late[0].endswith("… and 100 more: /latest has them all.")
    assert len(kept) == 201


async def test_i2_after_a_burst_single_news_ring_by_themselves_again(bell: Bell) -> None:
    await bell.desk.poll(story(999))
    await bell.desk.poll(*(story(number) for number in range(20)))
    await bell.wait(timedelta(minutes=12))
    await bell.desk.poll(story(500), after=timedelta(minutes=1))
    assert len(await bell.wait(timedelta(seconds=5))) == 1


async def test_i3_a_source_that_is_new_rings_nobody_for_what_it_holds_also_when_added_again(
    bell: Bell,
) -> None:
    await bell.subscribe(WORDS)
    first = await bell.desk.poll(*many(100))
    async with bell.desk.database.write() as tx:
        await tx.sources.add(
            CatalogueEntry(url="https://news.example.org/feed.xml", title="Again"), None, NOW
        )
    again = await bell.desk.poll(*many(100))
    assert (first, again, await bell.wait(timedelta(minutes=1))) == (0, 0, [])


async def test_i9_the_same_link_in_five_feeds_is_one_alert(bell: Bell) -> None:
    desk = bell.desk
    link = "https://agency.example.org/one-story"
    async with desk.database.write() as tx:
        await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
        for number in range(4):
            url = f"https://outlet{number}.example.org/feed.xml"
            await tx.sources.add(CatalogueEntry(url=url, title=f"Outlet {number}"), None, NOW)
    old, new = story(1), story(2, link=link, title="NATO and Moscow meet in Geneva on Monday")
    for entries in ((old,), (new, old)):
        desk.clock.advance(7_200)
        desk.pages.documents.append(entries)
        async with desk.database.write() as tx:
            due = await tx.sources.claim(desk.clock(), 9, 40)
        assert len(due) == 5
        for source in due:
            await desk.poller.poll(source)
    (told,) = await bell.wait(timedelta(minutes=1))
    assert "NATO and Moscow meet" in told
    assert "also: " in told
