"""A message of many that cannot be said: its alerts are tried one by one, and one is lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.message import Message
from bot.domain.model import Delivery, Lane, Place, When
from bot.domain.outcomes import Outcome, Rejected
from bot.domain.places import PlaceSettings, Quiet
from bot.domain.settling import FAULT
from bot.services.deliver import Deliverer
from storage.engine import Database, open_storage
from storage.upcoming import LISTED
from tests.builders import PRIVATE
from tests.databases import sqlite_url
from tests.fakes import FakeClock, FakeSender
from tests.services.test_patience import Desk, render

ODD = "n3"


@pytest.fixture
async def lone(tmp_path: Path) -> AsyncIterator[Database]:
    """SQLite alone, where much is to be said."""
    async with open_storage(sqlite_url(tmp_path)) as opened:
        yield opened


class Fussy(FakeSender):
    """Telegram refuses whatever has the odd title in it."""

    async def send(self, place: Place, message: Message, *, plain: bool = False) -> Outcome:
        if ODD in message.text.split(" + "):
            self.answers[place.chat] = [Rejected("odd")]
        return await super().send(place, message, plain=plain)


class Digests(Desk):
    """News of a day, and a renderer that breaks on the faulty title."""

    def __init__(self, database: Database, *faulty: str) -> None:
        super().__init__(database)
        self.faulty = faulty
        self.clock = FakeClock()
        self.sender = Fussy(self.clock)
        self.deliverer = Deliverer(database, self.sender, self._render, self.clock)
        self.tries = 0

    def _render(self, delivery: Delivery, lane: Lane) -> Message:
        message = render(delivery, lane)
        if set(self.faulty) & set(message.text.split(" + ")):
            self.tries += 1
            raise ZeroDivisionError("a fault of ours")
        return message

    async def gather(self, count: int) -> None:
        await self.subscribe(PRIVATE, When.DAILY)
        await self.choose(PRIVATE, PlaceSettings(digest_at=12 * 60))
        await self.publish(count)
        while await self.deliverer.run_once(self.clock()):
            pass
        self.clock.advance(3_800)

    async def seconds(self, number: int) -> list[str]:
        """What is said within so many seconds from noon on; nothing of ours ends delivery."""
        for _ in range(number):
            await self.round()
            self.clock.advance(1)
        return [text for _, text in self.said(PRIVATE)]

    async def round(self) -> None:
        try:
            while await self.deliverer.run_once(self.clock()):
                pass
        except ZeroDivisionError:
            return

    async def dead(self) -> dict[str, str]:
        async with self.database.read() as tx:
            letters = (await tx.status.freshness(None, self.clock())).letters
        return {one.title: one.reason for one in letters}


async def test_t11_a_digest_that_breaks_us_is_taken_apart_and_one_alert_is_lost(
    database: Database,
) -> None:
    desk = Digests(database, "n2")
    await desk.gather(5)
    said = await desk.seconds(30)
    assert (said, await desk.dead()) == (["n1", ODD, ODD, "n4", "n5"], {"n2": FAULT, ODD: "odd"})
    assert desk.tries == 7  # five together, then alone, then alone and plain


async def test_t11_a_fault_of_ours_that_passes_takes_no_digest_apart(database: Database) -> None:
    desk = Digests(database, "n1")
    await desk.gather(2)
    assert await desk.seconds(14) == []
    desk.faulty = ()
    assert await desk.seconds(3) == ["n1 + n2"]


async def test_t11_a_digest_that_telegram_refuses_is_taken_apart_and_one_alert_is_lost(
    database: Database,
) -> None:
    desk = Digests(database)
    await desk.gather(5)
    said = await desk.seconds(20)
    together = f"n1 + n2 + {ODD} + n4 + n5"
    assert said == [together, together, "n1", "n2", ODD, ODD, "n4", "n5"]
    assert await desk.dead() == {ODD: "odd"}


async def test_t11_what_a_digest_only_counts_stays_together_behind_the_rest(
    lone: Database,
) -> None:
    desk = Digests(lone, "n1")
    await desk.gather(LISTED + 10)
    said = await desk.seconds(300)
    counted = " + ".join(f"n{number}" for number in range(LISTED + 1, LISTED + 11))
    alone = [f"n{number}" for number in range(4, LISTED + 1)]
    assert said == ["n2", ODD, ODD, *alone, counted]
    assert await desk.dead() == {"n1": FAULT, ODD: "odd"}


async def test_t11_a_fault_in_all_of_a_digest_holds_its_chat_for_a_second_or_two_each(
    database: Database,
) -> None:
    desk = Digests(database, *(f"n{number}" for number in range(1, 6)))
    await desk.gather(5)
    assert await desk.seconds(30) == []
    assert await desk.dead() == {f"n{number}": FAULT for number in range(1, 6)}


async def test_t11_what_was_taken_apart_waits_for_quiet_hours_that_have_begun(
    database: Database,
) -> None:
    desk = Digests(database, "n1")
    await desk.gather(5)
    assert await desk.seconds(19) == ["n2"]
    async with database.write() as tx:
        await tx.places.put(PRIVATE, PlaceSettings(quiet=Quiet(12 * 60, 13 * 60)))
    assert await desk.seconds(60) == ["n2"]
    desk.clock.advance(3_600)
    together = f"{ODD} + n4 + n5"
    assert await desk.seconds(30) == ["n2", together, together, ODD, ODD, "n4", "n5"]
