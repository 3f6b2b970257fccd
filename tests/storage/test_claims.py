"""The one scheduling primitive and the outbox, with their traps, on both engines."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from bot.domain.grammar import parse
from bot.domain.model import ChatKind, Lane, Place, Receipt, Source
from bot.domain.ports import CatalogueEntry
from storage.engine import Database, open_storage
from storage.schema import chat
from tests.builders import NOW, PRIVATE, make_article
from tests.databases import postgres_url

QUERY, OTHER = parse("NATO"), parse("Geneva talks")
LATER = NOW + timedelta(seconds=5)


async def add_sources(database: Database, count: int) -> None:
    async with database.write() as tx:
        for number in range(count):
            entry = CatalogueEntry(url=f"https://a.org/{number}", title=f"S{number}")
            await tx.sources.add(entry, None, NOW)


async def claim(database: Database, limit: int, now: datetime = LATER) -> list[Source]:
    async with database.write() as tx:
        return await tx.sources.claim(now, limit, 40)


async def test_a_claim_takes_at_most_so_many_and_none_twice(database: Database) -> None:
    await add_sources(database, 30)
    taken = await asyncio.gather(*(claim(database, 10) for _ in range(5)))
    ids = [one.id for some in taken for one in some]
    assert (max(map(len, taken)) <= 10, sorted(ids)) == (True, sorted(set(ids)))
    rest = [one.id for one in await claim(database, 99)]
    assert len(ids) + len(rest) == 30


async def test_a_rollback_really_undoes_a_claim(database: Database) -> None:
    await add_sources(database, 3)

    async def claim_and_fail() -> None:
        async with database.write() as tx:
            await tx.sources.claim(LATER, 3, 40)
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        await claim_and_fail()
    assert len(await claim(database, 9)) == 3


async def test_a_lease_ends_by_itself_and_its_holder_is_told(database: Database) -> None:
    await add_sources(database, 1)
    (slow,) = await claim(database, 1)
    early = await claim(database, 1)
    (taken,) = await claim(database, 1, LATER + timedelta(seconds=41))
    async with database.write() as tx:
        kept = [await tx.sources.postpone(one, LATER) for one in (slow, taken)]
    assert (early, kept) == ([], [False, True])


async def test_readers_who_then_write_never_find_the_database_locked(database: Database) -> None:
    async def read_then_write(number: int) -> None:
        async with database.write() as tx:
            await tx.chats.get(number)
            await asyncio.sleep(0)
            await tx.chats.ensure(number, ChatKind.PRIVATE, "x", "en")

    await asyncio.gather(*(read_then_write(number) for number in range(1, 21)))
    async with database.read() as tx:
        known = [await tx.chats.get(number) for number in range(1, 21)]
    assert None not in known


async def test_naive_moments_are_refused(database: Database) -> None:
    naive = datetime(2022, 1, 9, 10, 57, tzinfo=UTC).replace(tzinfo=None)
    async with database.write() as tx:
        await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
        with pytest.raises(StatementError, match="without a time zone"):
            await tx.subscriptions.add(PRIVATE, "NATO", QUERY, naive)


async def subscribed(database: Database, *places: Place) -> None:
    async with database.write() as tx:
        await tx.sources.add(CatalogueEntry(url="https://a.org/f", title="A"), None, NOW)
        for place in places:
            await tx.chats.ensure(place.chat, ChatKind.SUPERGROUP, "x", "en")
            for query in (QUERY, OTHER):
                await tx.subscriptions.add(place, query.text, query, NOW)


async def ring(database: Database) -> int:
    async with database.write() as tx:
        (article,) = await tx.articles.add([make_article()])
        hits = [QUERY.id, OTHER.id]
        await tx.articles.record_hits({article.id: hits})
        first = await tx.alerts.enqueue(article, [QUERY.id, OTHER.id], NOW)
        again = await tx.alerts.enqueue(article, [QUERY.id, OTHER.id], NOW)
    assert again == 0
    return first


async def test_one_alert_a_place_and_story_whichever_subscriptions_met(database: Database) -> None:
    topics = (Place(-100, 0), Place(-100, 3), Place(-200, 0))
    await subscribed(database, *topics)
    rung = await ring(database)
    async with database.write() as tx:
        lanes = await tx.alerts.claim_lanes(LATER, 9, 40)
        found = await tx.alerts.next_of(lanes, NOW)
    met = [[one.query for one in delivery.subscriptions] for delivery in found.values()]
    assert (rung, met) == (3, [["NATO", "geneva talks"]] * 2)


async def test_an_alert_stored_while_a_lane_is_held_wakes_it_again(database: Database) -> None:
    await subscribed(database, PRIVATE)
    await ring(database)
    async with database.write() as tx:
        (lane,) = await tx.alerts.claim_lanes(LATER, 1, 40)
        (delivery,) = (await tx.alerts.next_of([lane], NOW)).values()
    await ring(database)
    async with database.write() as tx:
        await tx.alerts.settle([Receipt(delivery.alert, 7, LATER)])
        released = await tx.alerts.release_lanes({lane: None})
        again = await tx.alerts.claim_lanes(LATER, 1, 40)
        left = await tx.alerts.next_of(again, NOW)
    assert (released, list(left)) == (True, [PRIVATE.chat])


async def test_many_lanes_wait_for_no_lock_while_they_hold_others_and_one_alone_does() -> None:
    """On PostgreSQL a fan-out that holds the second and wants the first would deadlock with us."""
    async with open_storage(postgres_url()) as database:
        await subscribed(database, PRIVATE, Place(-100))
        await ring(database)
        async with database.write() as tx:
            lanes = await tx.alerts.claim_lanes(LATER, 9, 40)
        mine = next(lane for lane in lanes if lane.chat.id == PRIVATE.chat)
        async with database.write() as news, asyncio.timeout(20):
            held = select(chat.c.id).where(chat.c.id == PRIVATE.chat).with_for_update()
            await news.connection.execute(held)
            async with database.write() as tx:
                together = await tx.alerts.release_lanes(dict.fromkeys(lanes))
            alone = asyncio.create_task(handed_back(database, mine))
            await asyncio.sleep(0)
        assert (together, await alone) == (False, True)


async def handed_back(database: Database, lane: Lane) -> bool:
    async with database.write() as tx:
        return await tx.alerts.release_lanes({lane: None})


async def test_a_gone_chat_gets_nothing_until_it_is_back(database: Database) -> None:
    await subscribed(database, PRIVATE)
    await ring(database)
    async with database.write() as tx:
        await tx.chats.set_gone(PRIVATE.chat, NOW)
    rung = await ring(database)
    async with database.write() as tx:
        asleep = await tx.alerts.claim_lanes(LATER, 9, 40)
        await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
        awake = await tx.alerts.claim_lanes(LATER, 9, 40)
    assert (rung, asleep, len(awake)) == (0, [], 1)


async def test_a_group_that_moves_takes_everything_along_even_if_both_are_known(
    database: Database,
) -> None:
    old, new = Place(-1, 0), Place(-100_1, 0)
    await subscribed(database, old, new)
    await ring(database)
    async with database.write() as tx:
        await tx.chats.move(old.chat, new.chat)
    async with database.write() as tx:
        gone = await tx.chats.get(old.chat)
        kept = await tx.subscriptions.of_place(new)
        lanes = await tx.alerts.claim_lanes(LATER, 9, 40)
    assert (gone, len(kept), [one.chat.id for one in lanes]) == (None, 2, [new.chat])


async def test_a_chat_reads_and_removes_its_own_subscriptions_alone(database: Database) -> None:
    mine, theirs = Place(1), Place(2)
    await subscribed(database, mine, theirs)
    async with database.write() as tx:
        foreign = (await tx.subscriptions.of_place(theirs))[0]
        seen = await tx.subscriptions.get(mine, foreign.id)
        removed = await tx.subscriptions.remove(mine, foreign.id)
        await tx.subscriptions.remove_all(mine)
        left = await tx.subscriptions.of_place(theirs)
    assert (seen, removed, len(left)) == (None, None, 2)


async def test_the_catalogue_adds_retires_and_brings_back(database: Database) -> None:
    one, other = (CatalogueEntry(url=f"https://{x}.org/f", title=x) for x in "ab")
    async with database.write() as tx:
        await tx.sources.add(CatalogueEntry(url="https://mine.org/f", title="m"), 7, NOW)
        counts = [
            await tx.sources.sync_catalogue(entries, NOW, 60)
            for entries in ([one, other], [one], [one, other])
        ]
        titles = [health.source.title for health in await tx.sources.visible(7, NOW)]
        foreign = await tx.sources.find("https://mine.org/f", 8)
    assert (counts, titles, foreign) == ([(2, 0), (0, 1), (0, 0)], ["a", "b", "m"], None)


async def test_a_lease_is_one_holders_until_it_ends(database: Database) -> None:
    async with database.write() as tx:
        taken = [
            await tx.leases.take("getUpdates", holder, NOW + timedelta(seconds=at), 30)
            for holder, at in (("a", 0), ("b", 1), ("a", 20), ("b", 49), ("b", 51), ("a", 52))
        ]
    assert taken == [True, False, True, False, True, False]


async def test_questions_can_be_answered_for_an_hour(database: Database) -> None:
    async with database.write() as tx:
        await tx.chats.ensure(1, ChatKind.PRIVATE, "Ada", "en")
        await tx.chats.ask(1, 10, "subscribe", NOW)
        asked = [
            await tx.chats.asked(1, 10, NOW + timedelta(minutes=59)),
            await tx.chats.asked(1, 10, NOW + timedelta(minutes=61)),
            await tx.chats.asked(2, 10, NOW),
        ]
    assert asked == ["subscribe", None, None]
