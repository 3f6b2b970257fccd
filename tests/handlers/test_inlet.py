"""T10: an update that comes again changes nothing, one that a kill has interrupted is not lost."""

import asyncio
import time
from typing import Any

import pytest
from telegram import Bot, Update

from bot.services.housekeeping import Housekeeper
from bot.services.journal import ABANDONED, Journal
from handlers.inlet import Inlet
from handlers.ordering import OrderedUpdates
from storage.engine import Database
from tests.builders import NOW
from tests.fakes import FakeClock

BOT = Bot("1:a")


def update(number: int, text: str = "/unsubscribe 1") -> Update:
    chat = {"id": 7, "type": "private", "first_name": "Ada"}
    message = {"message_id": number, "date": 0, "chat": chat, "text": text}
    made = Update.de_json({"update_id": number, "message": message}, BOT)
    assert made is not None
    return made


class Desk:
    """Handles what comes through the inlet, and may be killed."""

    def __init__(self, database: Database) -> None:
        self.clock = FakeClock()
        self.database = database
        self.handled: list[str] = []
        self.restart()

    def restart(self) -> None:
        self.inlet = Inlet(Journal(self.database, self.clock))
        self.updates = OrderedUpdates(4, self.inlet.done)

    async def bring(self, *numbers: int) -> None:
        for number in numbers:
            await self.inlet.put(update(number, f"text {number}"))

    async def handle_all(self) -> None:
        while not self.inlet.empty():
            item: Any = await self.inlet.get()
            await self.updates.do_process_update(item, self._handle(item))

    async def _handle(self, item: Update) -> None:
        assert item.message is not None
        self.handled.append(item.message.text or "")


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_t10_an_update_that_is_brought_twice_is_handled_once(desk: Desk) -> None:
    await desk.bring(1, 2)
    await desk.handle_all()
    await desk.bring(1, 2, 3)
    desk.restart()
    await desk.bring(2, 3)
    await desk.handle_all()
    taken = await desk.inlet.take_up(BOT)
    await desk.handle_all()
    assert (desk.handled, taken) == (["text 1", "text 2", "text 3"], 1)


async def test_t10_what_a_kill_has_interrupted_is_handled_by_the_next_in_its_order(
    desk: Desk,
) -> None:
    await desk.bring(1, 2, 3)
    desk.restart()
    await desk.inlet.take_up(BOT)
    await desk.inlet.take_up(BOT)  # the lease came back: they are in hand already
    await desk.handle_all()
    assert desk.handled == ["text 1", "text 2", "text 3"]


async def test_t10_a_handler_that_is_cut_off_leaves_its_update_to_the_next(desk: Desk) -> None:
    await desk.bring(1)
    item = await desk.inlet.get()

    async def never() -> None:
        await asyncio.Event().wait()

    handling = asyncio.create_task(desk.updates.do_process_update(item, never()))
    await asyncio.sleep(0)
    handling.cancel()
    await asyncio.gather(handling, return_exceptions=True)
    desk.restart()
    assert await desk.inlet.take_up(BOT) == 1


async def test_t10_with_a_webhook_what_is_in_anothers_hands_is_taken_up_only_when_it_is_old(
    desk: Desk,
) -> None:
    await desk.bring(1)
    third = Inlet(Journal(desk.database, desk.clock))
    desk.restart()  # another process, brought updates side by side
    early = await desk.inlet.take_up(BOT, ABANDONED)
    desk.clock.advance(ABANDONED.total_seconds())
    late = [await one.take_up(BOT, ABANDONED) for one in (desk.inlet, third)]
    assert (early, late) == (0, [1, 0])


async def test_what_was_handled_leaves_its_number_and_no_word_and_then_not_even_that(
    desk: Desk,
) -> None:
    await desk.bring(1)
    await desk.handle_all()
    async with desk.database.write() as tx:
        content = await tx.incoming.left(desk.clock(), desk.clock())
    desk.clock.advance(3 * 86_400)
    await Housekeeper(
        desk.database, _forget, desk.clock, desk.clock() - NOW, time.monotonic
    ).tick()
    await desk.bring(1)  # nobody brings it after two days
    assert (content, desk.inlet.qsize()) == ([], 1)


async def _forget(_chat: int) -> None:
    raise AssertionError("no chat is old")
