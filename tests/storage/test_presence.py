"""Who is alone with a SQLite database ends the leases that a killed process left behind."""

from datetime import timedelta
from pathlib import Path

from bot.domain.model import ChatKind, Place
from bot.domain.outcomes import Flooded
from storage.engine import Database, open_storage
from tests.builders import NOW, PRIVATE
from tests.databases import sqlite_url
from tests.desk import OTHER, Desk

SOON = NOW + timedelta(seconds=2)
LATE = NOW + timedelta(seconds=120)


async def lanes(database: Database) -> list[int]:
    async with database.write() as tx:
        return [lane.chat.id for lane in await tx.alerts.claim_lanes(SOON, 9, 60)]


async def leave_leases(url: str, *, killed: bool) -> None:
    """One lane waits for Telegram, another is in flight, and so are the updates."""
    async with open_storage(url) as database:
        desk = Desk(database)
        await desk.queue(PRIVATE)
        desk.sender.answers[PRIVATE.chat] = [Flooded(60)]
        await desk.rounds(1, seconds=0)
        await desk.queue(OTHER)
        async with database.write() as tx:
            await tx.alerts.claim_lanes(NOW, 9, 60)
            await tx.leases.take("getUpdates", "the dead", NOW, 30)
        if not killed:
            async with open_storage(url) as second:
                assert (await lanes(second), await taken(second)) == ([], False)


async def taken(database: Database) -> bool:
    async with database.write() as tx:
        return await tx.leases.take("getUpdates", "me", SOON, 30)


async def test_leases_of_the_dead_end_at_once_and_flood_waits_do_not(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    await leave_leases(url, killed=True)
    async with open_storage(url) as database:
        assert (await lanes(database), await taken(database)) == ([OTHER.chat], True)


async def test_a_second_process_leaves_the_leases_of_the_first_alone(tmp_path: Path) -> None:
    await leave_leases(sqlite_url(tmp_path), killed=False)


async def test_what_an_operator_has_switched_stays_switched(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    async with open_storage(url) as database, database.write() as tx:
        await tx.leases.switch("sending", on=True)
    async with open_storage(url) as database:
        await Desk(database).queue(PRIVATE)
        assert await lanes(database) == []


async def test_on_postgresql_a_lease_runs_out(database: Database) -> None:
    async with database.write() as tx:
        await tx.chats.ensure(1, ChatKind.PRIVATE, "A", "en")
    await Desk(database).queue(Place(1))
    first = await lanes(database)
    async with database.write() as tx:
        later = [one.chat.id for one in await tx.alerts.claim_lanes(LATE, 9, 60)]
    assert (first, later) == ([1], [1])
