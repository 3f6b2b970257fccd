"""F1 to F7: the real program, killed at precise moments: nothing lost, one double at most.

On SQLite, where a restart goes on at once. On PostgreSQL leases run out first: `make soak`.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.model import Place, When
from bot.playground.faults import Failure, Fault
from storage.engine import open_storage
from tests.databases import sqlite_url
from tests.e2e.crowd import Ledger, gather, links_of
from tests.e2e.rig import ADA, GROUP, Rig, open_rig

PATIENCE = 90.0
LOADED = 15.0
"""Seconds that a busy machine may add to a promise."""

NEWS = (
    ("{} holds in the valley", "Farmers went back to their fields on Monday morning."),
    ("Parliament in Lima debates the {}", "Deputies quarrelled over money until midnight."),
    ("{}: schools open again", "Teachers counted forty pupils, fewer than before."),
    ("After the {}, prices of bread fall", "Bakers had bought wheat from Canada."),
    ("Museum in Oslo shows pictures of the {}", "Photographers gave prints from their cellars."),
    ("{} delays the train to Hanoi", "Passengers waited nine hours beside a lake."),
    ("Doctors warn: {} has tired their wards", "Nurses sleep in tents behind the clinic."),
    ("{} ends the match in Dakar", "Referees sent both teams home without a goal."),
)
"""Nothing alike, or they would be one story."""

WORDS = {"daily": "ceasefire", "herald": "earthquake"}
REVOKED = '{"ok": false, "error_code": 401, "description": "Unauthorized"}'


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with open_rig(tmp_path, sqlite_url(tmp_path), tuple(WORDS)) as opened:
        yield opened


class Scene:
    """Two dozen readers, and news that is published while the program is killed.

    The readers take turns: the sixth alert of one source within ten minutes would be a burst.
    """

    def __init__(self, rig: Rig, crowds: dict[str, list[int]], file: Path) -> None:
        self.rig = rig
        self.crowds = crowds
        self.file = file
        self.ledger = Ledger(rig.world)
        self.feed, self.people = next(iter(crowds.items()))

    def turn_to(self, number: int) -> None:
        self.feed, self.people = list(self.crowds.items())[number % len(self.crowds)]

    def publish(self) -> None:
        number = len(self.ledger.due)
        headline, lede = NEWS[number // len(self.people)]
        title = headline.format(WORDS[self.feed].title())
        link = self.rig.publisher.publish(self.feed, title, lede)
        self.ledger.expect(self.people, link)

    def fault(self, failure: Failure, **facts: object) -> Fault:
        made = Fault("sendMessage", failure, **facts)  # type: ignore[arg-type] # a test's facts
        self.rig.world.faults.append(made)
        return made

    def settled(self) -> int:
        """Alerts that the database knows as sent."""
        with sqlite3.connect(f"file:{self.file}?mode=ro", uri=True) as connection:
            row = connection.execute("SELECT count(*) FROM alert WHERE sent IS NOT NULL")
            return int(row.fetchone()[0])

    async def until_settled(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.settled() < count:
                await asyncio.sleep(0.02)


async def reached(fault: Fault) -> None:
    async with asyncio.timeout(PATIENCE):
        await fault.reached.wait()


async def while_a_source_is_asked(scene: Scene) -> None:
    publisher = scene.rig.publisher
    publisher.held = asyncio.Event()
    scene.publish()
    await publisher.polled(scene.feed)
    await scene.rig.kill()
    publisher.held = None


async def when_a_source_has_just_answered(scene: Scene) -> None:
    scene.publish()
    await scene.rig.publisher.polled(scene.feed)
    await scene.rig.kill()


async def when_telegram_has_accepted_nothing_yet(scene: Scene) -> None:
    fault = scene.fault(Failure.HOLD, times=1_000)
    scene.publish()
    await reached(fault)
    await scene.rig.kill()


async def when_telegram_has_accepted_one_that_we_do_not_know_of(scene: Scene) -> None:
    """The others are held, so that one message alone is in flight and accepted."""
    accepted = scene.fault(Failure.DELAY, chat=scene.people[0])
    scene.fault(Failure.HOLD, times=1_000)
    scene.publish()
    await reached(accepted)
    await scene.rig.kill()


async def in_the_middle_of_a_round(scene: Scene) -> None:
    before = scene.settled()
    half = len(scene.people) // 2
    for chat in scene.people[half:]:
        scene.fault(Failure.HOLD, chat=chat, times=1_000)
    scene.publish()
    await scene.until_settled(before + half)
    await scene.rig.kill()


async def by_a_revoked_token(scene: Scene) -> None:
    """T9: it stops by itself with an exit status, and keeps what waits."""
    scene.fault(Failure.STATUS, times=1_000, status=401, body=REVOKED)
    scene.publish()
    assert scene.rig.process is not None
    async with asyncio.timeout(PATIENCE):
        assert await scene.rig.process.wait() == 1


async def by_sigterm_in_the_middle(scene: Scene) -> None:
    """F7: what Telegram answers within the grace is still written down."""
    fault = scene.fault(Failure.DELAY, times=1_000)
    scene.publish()
    await reached(fault)
    stopping = asyncio.create_task(scene.rig.stop())
    await asyncio.sleep(0)
    fault.released.set()
    async with asyncio.timeout(10):
        assert await stopping == 0


Moment = Callable[[Scene], Awaitable[None]]
DOUBLES: dict[Moment, tuple[int, ...]] = {
    while_a_source_is_asked: (0,),
    when_a_source_has_just_answered: (0, 1),  # the first alert may be in flight 20 ms later
    when_telegram_has_accepted_nothing_yet: (0,),
    when_telegram_has_accepted_one_that_we_do_not_know_of: (1,),
    in_the_middle_of_a_round: (0,),
    by_a_revoked_token: (0,),
    by_sigterm_in_the_middle: (0,),
}
"""What kills it, and how many messages may then come twice."""


@pytest.mark.timeout(600)
async def test_f1_f3_f4_f7_killed_at_any_moment_it_loses_nothing_and_doubles_what_was_in_flight(
    rig: Rig, tmp_path: Path
) -> None:
    crowds = {
        feed: await gather(rig, word, 12, 1_000 * number)
        for number, (feed, word) in enumerate(WORDS.items(), start=2)
    }
    scene = Scene(rig, crowds, tmp_path / "newsbell.db")
    await rig.start()
    for feed in WORDS:
        await rig.publisher.polled(feed)
    doubles = {}
    for number, moment in enumerate(DOUBLES):
        scene.turn_to(number)
        already = len(scene.ledger.doubled())
        await moment(scene)
        rig.world.faults.clear()
        await rig.start()
        await scene.ledger.complete(PATIENCE)
        doubles[moment] = len(scene.ledger.doubled()) - already
    with sqlite3.connect(tmp_path / "newsbell.db") as connection:
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
    wrong = {moment: count for moment, count in doubles.items() if count not in DOUBLES[moment]}
    assert (wrong, scene.ledger.lost(), verdict) == ({}, set(), "ok")


@pytest.mark.timeout(400)
async def test_f5_t8_killed_in_the_middle_of_forget_nothing_is_left_and_another_takes_over(
    rig: Rig, tmp_path: Path
) -> None:
    """F5, and T8: the second process asks Telegram for updates within 45 s."""
    stranger = 7_313_573_919
    rig.world.person(stranger, "Eve")
    await rig.start()
    second = Rig(rig.world, rig.publisher, rig.settings)
    await second.begin()
    try:
        await rig.ask(stranger, stranger, "/subscribe earthquake", "I ring when")
        asked = await rig.ask(stranger, stranger, "/forget", "Delete everything")
        fault = Fault("editMessageText", Failure.HOLD, times=1_000)
        rig.world.faults.append(fault)
        confirm = asked["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        rig.world.press(stranger, stranger, asked["message_id"], confirm)
        await reached(fault)
        await rig.kill()
        rig.world.faults.clear()
        async with rig.world.watch() as events, asyncio.timeout(45 + LOADED):
            while (await events.get())["kind"] != "poll":
                pass
        await rig.ask(GROUP, ADA, "/list", "Nothing rings here yet")
    finally:
        status = await second.stop()
    written = b"".join(path.read_bytes() for path in tmp_path.glob("newsbell.db*"))
    assert (status, str(stranger).encode() in written, stranger.to_bytes(6) in written) == (
        0,
        False,
        False,
    )


async def make_daily(rig: Rig, people: list[int]) -> None:
    async with open_storage(rig.settings["DATABASE_URL"]) as database, database.write() as tx:
        for one in people:
            (wanted,) = await tx.subscriptions.of_place(Place(one))
            await tx.subscriptions.update(replace(wanted, when=When.DAILY))


async def until_gathered(scene: Scene, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            with sqlite3.connect(f"file:{scene.file}?mode=ro", uri=True) as connection:
                row = connection.execute("SELECT count(*) FROM alert WHERE gather = 'daily'")
                if row.fetchone()[0] == count:
                    return
            await asyncio.sleep(0.05)


def bring_their_hour(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alert SET ready = 0")
        connection.execute("UPDATE chat SET due = 0, asleep = 0 WHERE due IS NOT NULL")


@pytest.mark.timeout(400)
async def test_f5_killed_while_digests_go_out_each_comes_whole_and_one_alone_twice(
    rig: Rig, tmp_path: Path
) -> None:
    people = await gather(rig, WORDS["daily"], 4, 2_000)
    await make_daily(rig, people)
    scene = Scene(rig, {"daily": people}, tmp_path / "newsbell.db")
    await rig.start()
    await rig.publisher.polled("daily", 2)
    for _ in range(3):
        scene.publish()
    await until_gathered(scene, 12)
    assert await rig.stop() == 0
    bring_their_hour(scene.file)
    accepted = scene.fault(Failure.DELAY, chat=people[0])
    scene.fault(Failure.HOLD, times=1_000)
    await rig.start()
    await reached(accepted)
    await rig.kill()
    rig.world.faults.clear()
    await rig.start()
    await scene.ledger.complete(PATIENCE)
    digests = [(one["chat"]["id"], len(links_of(one))) for one in rig.world.sent]
    assert sorted(digests) == sorted([(one, 3) for one in [people[0], *people]])
