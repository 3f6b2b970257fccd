"""Who is answered, and words to everybody; on both databases."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.message import Message
from bot.domain.model import Broadcast, ChatKind, Place
from bot.domain.outcomes import (
    ChatGone,
    ChatMoved,
    Flooded,
    Outcome,
    Sent,
    TokenRevoked,
    Unreachable,
)
from bot.services.access import Access
from bot.services.broadcasts import A_TICK, Broadcasts
from storage.engine import Database
from tests.builders import NOW
from tests.fakes import Crash, FakeClock

OPERATOR, ADA, GROUP = 1, 101, -100_1
STRANGER = 7_313_573_919  # a number that no digest has by chance


async def opened(database: Database, *, invited_only: bool) -> Access:
    access = Access(database, FakeClock(), (OPERATOR,), invited_only=invited_only)
    await access.refresh()
    return access


@pytest.mark.parametrize(
    ("invited_only", "decided", "expected"),
    [
        (False, None, None),
        (False, False, "banned"),
        (True, None, "uninvited"),
        (True, True, None),
        (True, False, "banned"),
    ],
)
async def test_who_is_answered(
    database: Database, invited_only: bool, decided: bool | None, expected: str | None
) -> None:
    access = await opened(database, invited_only=invited_only)
    if decided is not None:
        await access.decide(ADA, allowed=decided)
    assert access.refused(ADA, ADA) == expected
    assert access.refused(ADA, OPERATOR) is None


async def test_an_invited_group_lets_its_members_in_and_a_banned_member_is_shut_out(
    database: Database,
) -> None:
    access = await opened(database, invited_only=True)
    await access.decide(GROUP, allowed=True)
    assert (access.refused(GROUP, ADA), access.refused(GROUP, None)) == (None, None)
    await access.decide(ADA, allowed=False)
    assert access.refused(GROUP, ADA) == "banned"


async def test_another_process_knows_after_its_next_look(database: Database) -> None:
    here = await opened(database, invited_only=False)
    there = await opened(database, invited_only=False)
    await here.decide(ADA, allowed=False)
    assert there.refused(ADA, ADA) is None
    await there.refresh()
    assert there.refused(ADA, ADA) == "banned"


async def test_a_ban_stops_alerts_and_keeps_no_id(database: Database) -> None:
    access = await opened(database, invited_only=False)
    async with database.write() as tx:
        await tx.chats.ensure(STRANGER, ChatKind.PRIVATE, "Eve", "en")
    await access.decide(STRANGER, allowed=False)
    async with database.read() as tx:
        chat = await tx.chats.get(STRANGER)
        keys = list(await tx.access.all())
    assert chat is not None
    assert chat.gone == NOW
    assert str(STRANGER) not in keys[0]


class Screen:
    """Telegram: which chats were told what."""

    def __init__(self, **outcomes: Outcome) -> None:
        self.outcomes = outcomes
        self.told: list[tuple[int, str]] = []
        self.shown: list[str] = []

    async def send(self, place: Place, message: Message, *, plain: bool = False) -> Outcome:
        del plain
        self.told.append((place.chat, message.text))
        return self.outcomes.pop(f"c{place.chat}", Sent(len(self.told)))

    async def edit(self, place: Place, message_id: int, message: Message) -> Outcome:
        del place
        self.shown.append(message.text)
        return Sent(message_id)


class Desk:
    def __init__(self, database: Database, screen: Screen, clock: FakeClock | None = None) -> None:
        self.database, self.screen, self.clock = database, screen, clock or FakeClock()
        self.work = Broadcasts(database, screen, self._words, self._progress, self.clock)

    def _words(self, text: str) -> Message:
        return Message(text=text)

    def _progress(self, job: Broadcast, over: bool) -> Message:
        return Message(text=f"{job.told}/{job.missed}{'!' if over else ''}")

    async def open(self, chats: int) -> None:
        async with self.database.write() as tx:
            for number in range(1, chats + 1):
                await tx.chats.ensure(number, ChatKind.PRIVATE, "A", "en")
            await tx.broadcasts.add(1, "We are back", NOW)

    def heard(self) -> list[int]:
        return [chat for chat, text in self.screen.told if text == "We are back"]

    async def run(self, ticks: int) -> list[int]:
        counts = []
        for _ in range(ticks):
            self.clock.advance(2)
            counts.append(await self.work.tick())
        return counts


async def test_every_chat_is_told_once_and_the_progress_is_one_message(database: Database) -> None:
    desk = Desk(database, Screen())
    await desk.open(45)
    assert await desk.run(5) == [A_TICK, A_TICK, 5, 0, 0]
    assert desk.heard() == list(range(1, 46))
    assert (desk.screen.told[0], desk.screen.shown[-1]) == ((1, "0/0"), "45/0!")


async def test_a_kill_in_the_middle_repeats_at_most_one_chat(database: Database) -> None:
    class Killed(Screen):
        killed = False

        async def send(self, place: Place, message: Message, *, plain: bool = False) -> Outcome:
            outcome = await super().send(place, message, plain=plain)
            if place.chat == 7 and not self.killed:
                self.killed = True
                raise Crash
            return outcome

    desk = Desk(database, Killed())
    await desk.open(10)
    with pytest.raises(Crash):
        await desk.run(1)
    desk.clock.advance(61)
    await desk.run(2)
    told: list[Any] = desk.heard()
    assert sorted(set(told)) == list(range(1, 11))
    assert len(told) == 11


async def test_a_flood_pauses_it_and_a_chat_that_left_is_known_as_gone(database: Database) -> None:
    desk = Desk(database, Screen(c3=Flooded(30.0), c5=ChatGone("blocked")))
    await desk.open(6)
    assert await desk.run(2) == [2, 0]
    desk.clock.advance(31)
    await desk.run(2)
    assert desk.heard() == [1, 2, 3, 3, 4, 5, 6]
    assert desk.screen.shown[-1] == "5/1!"
    async with database.read() as tx:
        gone = await tx.chats.get(5)
    assert gone is not None
    assert gone.gone is not None
    assert gone.gone > NOW + timedelta(seconds=30)


async def test_t9_a_revoked_token_misses_nobody_and_it_goes_on_with_a_valid_one(
    database: Database,
) -> None:
    desk = Desk(database, Screen(c3=TokenRevoked()))
    await desk.open(4)
    assert await desk.run(2) == [2, 0]
    desk.clock.advance(31)
    await desk.run(1)
    assert (desk.heard(), desk.screen.shown[-1]) == ([1, 2, 3, 3, 4], "4/0!")


@pytest.mark.parametrize("new", [-100_20, 20], ids=["before all others", "behind them"])
@pytest.mark.parametrize("known", [False, True], ids=["a new id", "both ids known"])
async def test_a_group_that_has_moved_is_told_in_its_new_home_once(
    database: Database, new: int, known: bool
) -> None:
    desk = Desk(database, Screen(**{"c-10": ChatMoved(new)}))
    await desk.open(2)
    async with database.write() as tx:
        for group in (-10, new) if known else (-10,):
            await tx.chats.ensure(group, ChatKind.GROUP, "Desk", "en")
    await desk.run(2)
    async with database.read() as tx:
        moved = (await tx.chats.get(-10), await tx.chats.get(new) is not None)
    heard = [chat for chat in desk.heard() if chat != -10]
    assert (sorted(heard), desk.screen.shown[-1]) == (sorted([1, 2, new]), "3/0!")
    assert moved == (None, True)


class Slow(Screen):
    """Telegram takes 40 seconds for each message, and another process looks for work meanwhile."""

    another: Desk

    async def send(self, place: Place, message: Message, *, plain: bool = False) -> Outcome:
        outcome = await super().send(place, message, plain=plain)
        self.another.clock.advance(40)
        await self.another.work.tick()
        return outcome


@pytest.mark.parametrize(
    "outcomes",
    [{"c-10": ChatMoved(-100_20)}, {"c1": Unreachable("timeout")}],
    ids=["a group that has moved", "a progress that is not shown"],
)
async def test_two_slow_sends_in_a_row_leave_nothing_to_another_process(
    database: Database, outcomes: dict[str, Outcome]
) -> None:
    slow, elsewhere, clock = Slow(**outcomes), Screen(), FakeClock()
    desk, slow.another = Desk(database, slow, clock), Desk(database, elsewhere, clock)
    await desk.open(1)
    async with database.write() as tx:
        await tx.chats.ensure(-10, ChatKind.GROUP, "Desk", "en")
    await desk.run(1)
    assert (len(slow.told), elsewhere.told) == (4, [])
