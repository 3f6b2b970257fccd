"""What delivery costs: the number of statements does not grow with the number of lanes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import event

from bot.domain.grammar import parse
from bot.domain.model import ChatKind, Place, Receipt
from bot.domain.ports import CatalogueEntry
from storage.engine import Database
from tests.builders import NOW, make_article

QUERY = parse("nato")


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are executed meanwhile; many rows of one are one."""
    said: list[str] = []
    engine = database._engine.sync_engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def queue(database: Database, chats: int, alerts: int) -> None:
    """Chats that subscribe to one word, and so many articles that meet it."""
    async with database.write() as tx:
        source = await tx.sources.add(CatalogueEntry(url="https://e.org/x", title="E"), None, NOW)
        for chat in range(1, chats + 1):
            await tx.chats.ensure(chat, ChatKind.PRIVATE, "Ada", "en")
            await tx.subscriptions.add(Place(chat), "nato", QUERY, NOW)
        for number in range(alerts):
            (stored,) = await tx.articles.add([make_article(source=source.id, key=f"k{number}")])
            await tx.articles.record_hits({stored.id: [QUERY.id]})
            await tx.alerts.enqueue(stored, [QUERY.id], NOW)


async def round_of(database: Database, lanes: int) -> tuple[int, int]:
    """One round of so many lanes: how many were told, with how many statements."""
    with counted(database) as said:
        async with database.write() as tx:
            claimed = await tx.alerts.claim_lanes(NOW, lanes, 40)
            found = await tx.alerts.next_of(claimed, NOW)
            await tx.alerts.settle([Receipt(one.alert, 7, NOW) for one in found.values()])
            pause = NOW + timedelta(seconds=1)
            assert await tx.alerts.release_lanes(dict.fromkeys(claimed, pause))
    return len(found), len([one for one in said if not one.startswith("BEGIN")])


async def test_forty_lanes_cost_as_many_statements_as_two(database: Database) -> None:
    await queue(database, chats=42, alerts=2)
    two, few = await round_of(database, 2)
    forty, many = await round_of(database, 40)
    assert (two, forty, many) == (2, 40, few)
    assert few <= 9


async def test_a_lane_gives_its_oldest_alert_however_many_wait(database: Database) -> None:
    await queue(database, chats=2, alerts=30)
    async with database.write() as tx:
        lanes = await tx.alerts.claim_lanes(NOW, 2, 40)
        found = await tx.alerts.next_of(lanes, NOW)
        orders = {chat: delivery.article.key for chat, delivery in found.items()}
    assert orders == {1: "k0", 2: "k0"}


async def test_one_lost_lease_hands_back_none(database: Database) -> None:
    await queue(database, chats=3, alerts=1)
    async with database.write() as tx:
        lanes = await tx.alerts.claim_lanes(NOW, 3, 40)
    async with database.write() as tx:
        await tx.alerts.claim_lanes(NOW + timedelta(seconds=41), 1, 40)  # somebody else
    async with database.write() as tx:
        handed_back = await tx.alerts.release_lanes(dict.fromkeys(lanes))
        due = await tx.alerts.claim_lanes(NOW + timedelta(seconds=39), 3, 40)
    assert (handed_back, due) == (False, [])
