"""What a kill may double is as little as the pace allows, and the pace is kept all the same."""

import asyncio

import pytest

from bot.domain.message import Message
from bot.domain.model import Place
from bot.sending.flight import SLOW, Flight
from bot.sending.limiter import PATIENCE, Rank
from tests.fakes import VirtualTime
from tests.sending.wire import TimedRequest, Wire

TICK = 1 / 30


class Telegram(TimedRequest):
    """Answers after `seconds`; `accepted` counts what it has and nobody wrote down."""

    def __init__(self, time: VirtualTime) -> None:
        super().__init__(time)
        self.seconds = 0.0
        self.slow: dict[int, float] = {}
        self.accepted: set[int] = set()
        self.most = 0

    async def do_request(self, *args: object, **kwargs: object) -> tuple[int, bytes]:
        answer = await super().do_request(*args, **kwargs)
        chat = self.moments[-1][0]
        self.accepted.add(chat)
        self.most = max(self.most, len(self.accepted))
        await self._time.sleep(self.slow.get(chat, self.seconds))
        return answer


class Desk:
    """Alerts to many chats; each is written down `commit` seconds after its answer, in order."""

    def __init__(self, answer: float, commit: float) -> None:
        self.wire = Wire(Telegram)
        assert isinstance(self.wire.telegram, Telegram)
        self.telegram = self.wire.telegram
        self.telegram.seconds = answer
        self.commit = commit
        self.owed: list[int] = []
        self.writing = asyncio.Lock()

    async def alert(self, chat: int) -> None:
        await self.wire.sender.send(Place(chat), Message(text="alert"))
        self.owed.append(chat)
        self.wire.flight.owe(len(self.owed))
        async with self.writing:
            await self.wire.time.sleep(self.commit)
        self.owed.remove(chat)
        self.telegram.accepted.discard(chat)
        self.wire.flight.owe(len(self.owed))

    async def send(self, chats: int) -> list[float]:
        """When each was asked for; as many at once as delivery has lanes."""
        lanes = asyncio.Semaphore(64)

        async def one(chat: int) -> None:
            async with lanes:
                await self.alert(chat)

        await self.wire.time.finish(*(one(chat) for chat in range(1, chats + 1)))
        return [moment for _, moment in self.telegram.moments]


@pytest.mark.parametrize(
    ("answer", "commit", "most"),
    [(0.005, 0.005, 1), (0.015, 0.004, 1), (0.08, 0.01, 4), (0.15, 0.02, 8)],
)
async def test_f4_as_few_are_accepted_and_not_written_down_as_the_pace_allows(
    answer: float, commit: float, most: int
) -> None:
    desk = Desk(answer, commit)
    moments = await desk.send(200)
    rate = 100 / (moments[130] - moments[30])  # many wait, the pace is known
    assert (desk.telegram.most <= most, rate >= 0.95 * 30) == (True, True)


async def test_f4_a_few_readers_go_one_after_the_other_even_where_answers_are_slow() -> None:
    desk = Desk(0.07, 0.02)
    moments = await desk.send(12)
    assert (desk.telegram.most, moments[-1] < 2) == (1, True)


async def test_a_chat_that_is_answered_slowly_holds_others_up_for_a_moment_only() -> None:
    desk = Desk(0.005, 0.005)
    desk.telegram.slow[1] = 15.0
    moments = await desk.send(30)
    assert moments[-1] <= 29 * TICK + 2 * SLOW


async def test_f18_what_cannot_be_written_down_lets_no_other_begin() -> None:
    desk = Desk(0.005, 60.0)
    lanes = [desk.alert(chat) for chat in range(1, 41)]
    running = asyncio.gather(*lanes)
    started = desk.wire.time.now
    while desk.wire.time.now < started + PATIENCE[Rank.ALERT] + 1:
        await asyncio.sleep(0)
        if not desk.wire.time.jump():
            break
    begun = len(desk.telegram.moments)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert begun <= 1


def test_one_is_under_way_until_it_is_answered_and_written_down() -> None:
    flight = Flight(lambda: 0.0)
    seen = [flight.full(TICK)]
    number = flight.begin()
    seen.append(flight.full(TICK))
    flight.land(number)
    flight.owe(1)
    seen.append(flight.full(TICK))
    flight.owe(0)
    seen.append(flight.full(TICK))
    assert seen == [False, True, True, False]
