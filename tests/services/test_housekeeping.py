"""What is old goes, what is needed stays; on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.grammar import parse
from bot.domain.model import ChatKind
from bot.domain.ports import CatalogueEntry
from bot.domain.retaining import Stale, next_slice
from bot.services.housekeeping import Housekeeper
from storage.engine import Database
from storage.housekeeping import Housekeeping
from storage.schema import source
from tests.builders import NOW, PRIVATE, make_article
from tests.fakes import FakeClock

DAY = timedelta(days=1)


class Desk:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock()
        self.forgotten: list[int] = []
        self.seconds, self.each = 0.0, 0.0
        self.keeper = Housekeeper(database, self._forget, self.clock, 90 * DAY, self._timer)

    async def _forget(self, chat: int) -> None:
        self.forgotten.append(chat)

    def _timer(self) -> float:
        """Each look is later by `each`."""
        self.seconds += self.each
        return self.seconds

    async def articles(self, *ages: int) -> None:
        """Articles first seen so many days ago."""
        async with self.database.write() as tx:
            entry = CatalogueEntry(url="https://example.org/f", title="S")
            source = await tx.sources.add(entry, None, NOW)
            one = make_article(source=source.id)
            await tx.articles.add(
                [replace(one, key=str(age), seen=NOW - age * DAY) for age in ages]
            )

    async def left(self) -> int:
        async with self.database.read() as tx:
            return len(await tx.articles.latest(PRIVATE.chat, limit=5_000))


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_articles_older_than_the_retention_go_with_their_stories(desk: Desk) -> None:
    await desk.articles(*range(89, 93))
    assert (await desk.keeper.tick(), await desk.left()) == (4, 2)  # two articles, two stories
    assert await desk.keeper.tick() == 0


async def test_thousands_go_in_one_tick(desk: Desk) -> None:
    await desk.articles(*([100] * 1_203))
    assert (await desk.keeper.tick(), await desk.left()) == (2_406, 0)


async def test_what_holds_the_writer_too_long_goes_in_smaller_slices(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices: list[int] = []
    dropping = Housekeeping.drop

    async def drop(self: Housekeeping, what: Stale, keys: list[Any], before: datetime) -> int:
        slices.append(len(keys))
        return await dropping(self, what, keys, before)

    monkeypatch.setattr(Housekeeping, "drop", drop)
    await desk.articles(*([100] * 60))
    desk.each = 0.03
    await desk.keeper.tick()
    assert slices[:4] == [20, 10, 5, 5]


@pytest.mark.parametrize(
    ("rows", "seconds", "then"),
    [(20, 0.015, 20), (20, 0.03, 10), (20, 0.001, 25), (38, 0.001, 40), (5, 9.0, 5)],
)
def test_the_writer_is_held_for_about_fifteen_milliseconds(
    rows: int, seconds: float, then: int
) -> None:
    assert next_slice(rows, seconds) == then


async def test_an_article_that_is_still_to_be_told_stays(desk: Desk) -> None:
    query = parse("NATO")
    await desk.articles(100)
    async with desk.database.write() as tx:
        await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
        await tx.subscriptions.add(PRIVATE, "NATO", query, NOW)
        (one,) = await tx.articles.latest(PRIVATE.chat, limit=2)
        await tx.alerts.enqueue(one, [query.id], NOW)
    await desk.keeper.tick()
    assert await desk.left() == 1


async def test_identity_keys_go_only_where_the_source_has_moved_on(desk: Desk) -> None:
    async with desk.database.write() as tx:
        old, live = [
            await tx.sources.add(
                CatalogueEntry(url=f"https://{n}.example/f", title="S"), None, NOW
            )
            for n in ("old", "live")
        ]
        await tx.sources.remember(old.id, ["a"], NOW - 200 * DAY)
        await tx.sources.remember(live.id, ["b"], NOW - 200 * DAY)
        await tx.sources.remember(live.id, ["c"], NOW)
        await tx.connection.execute(update(source).where(source.c.id == live.id).values(news=NOW))
    await desk.keeper.tick()
    async with desk.database.read() as tx:
        kept = await tx.sources.known(old.id, ["a"]) | await tx.sources.known(live.id, ["b", "c"])
    assert kept == {"a", "c"}


async def test_searches_are_forgotten_and_subscriptions_are_not(desk: Desk) -> None:
    async with desk.database.write() as tx:
        await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
        await tx.subscriptions.keep_query(parse("Geneva"), NOW - 31 * DAY)
        await tx.subscriptions.add(PRIVATE, "NATO", parse("NATO"), NOW - 31 * DAY)
    await desk.keeper.tick()
    async with desk.database.read() as tx:
        assert await tx.subscriptions.query_text(parse("Geneva").id) is None
        assert await tx.subscriptions.query_text(parse("NATO").id) == "NATO"


async def test_translations_grow_old_like_articles(desk: Desk) -> None:
    async with desk.database.write() as tx:
        await tx.translations.put({"k": "old"}, "de", "en", "E", NOW - 91 * DAY)
        await tx.translations.put({"n": "new"}, "de", "en", "E", NOW)
    await desk.keeper.tick()
    async with desk.database.read() as tx:
        assert set(await tx.translations.get(["k", "n"], "de", "en")) == {"n"}


async def test_a_chat_that_left_is_forgotten_after_thirty_days(desk: Desk) -> None:
    for chat, days in ((1, 29), (2, 31), (3, 0)):
        async with desk.database.write() as tx:
            await tx.chats.ensure(chat, ChatKind.PRIVATE, "A", "en")
            if days:
                await tx.chats.set_gone(chat, NOW - days * DAY)
    await desk.keeper.tick()
    assert desk.forgotten == [2]
