"""T1, T12 and the limits: a Telegram that enforces its rules in every window, in virtual time."""

from collections import defaultdict, deque
from typing import Any

from bot.domain.outcomes import Flooded, Sent
from tests.fakes import VirtualTime
from tests.sending.wire import TimedRequest, Wire
from tests.telegram_script import refused

LANES = 64
OVERALL, IN_A_CHAT, IN_A_GROUP = 30, 1, 20
HALF_A_TICK = 1e-6


class StrictTelegram(TimedRequest):
    """Accepts 30 a second, one a second in a chat, 20 a minute in a group; 429 for more.

    `inside` counts requests within a wait that was asked for; `waits` asks some chats to wait.
    """

    def __init__(self, time: VirtualTime) -> None:
        super().__init__(time)
        self.accepted: dict[int, list[float]] = defaultdict(list)
        self.waits: dict[int, int] = {}
        self.inside = 0
        self._until: dict[int, float] = {}

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        answer = await super().do_request(*args, **kwargs)
        chat, now = self.moments[-1]
        self.inside += now < self._until.get(chat, 0.0) - HALF_A_TICK
        wait = self.waits.pop(chat, 0) or self._exceeded(chat, now)
        if wait:
            self._until[chat] = now + wait
            return refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        self.accepted[chat].append(now)
        return answer

    def _exceeded(self, chat: int, now: float) -> int:
        every = [moment for moments in self.accepted.values() for moment in moments]
        mine = self.accepted[chat]
        full = (
            _within(every, now, 1) >= OVERALL
            or _within(mine, now, 1) >= IN_A_CHAT
            or (chat < 0 and _within(mine, now, 60) >= IN_A_GROUP)
        )
        return 5 if full else 0


def _within(moments: list[float], now: float, seconds: float) -> int:
    return sum(now - moment < seconds - HALF_A_TICK for moment in moments)


class Crowd:
    """Chats with alerts, taken by so many lanes as the deliverer has, each chat in its order."""

    def __init__(self, wire: Wire, queues: dict[int, int]) -> None:
        self._wire = wire
        self._queue = deque(queues.items())

    async def drain(self) -> None:
        await self._wire.time.finish(*(self._lane() for _ in range(LANES)))

    async def _lane(self) -> None:
        while self._queue:
            chat, left = self._queue.popleft()
            outcome = await self._wire.alert(chat)
            if isinstance(outcome, Flooded):
                await self._wire.time.sleep(outcome.seconds)
            left -= isinstance(outcome, Sent)
            if left:
                self._queue.append((chat, left))


def strict(queues: dict[int, int]) -> tuple[StrictTelegram, Crowd]:
    wire = Wire(StrictTelegram)
    assert isinstance(wire.telegram, StrictTelegram)
    return wire.telegram, Crowd(wire, queues)


async def test_one_item_for_300_chats_loses_none_wastes_no_second_and_meets_no_refusal() -> None:
    telegram, crowd = strict(dict.fromkeys(range(1, 301), 1))
    await crowd.drain()
    last = max(moments[-1] for moments in telegram.accepted.values())
    assert (len(telegram.accepted), len(telegram.calls)) == (300, 300)
    assert 300 / last >= 0.95 * OVERALL


async def test_twenty_items_for_five_chats_and_a_group_lose_none() -> None:
    telegram, crowd = strict({1: 20, 2: 20, 3: 20, 4: 20, 5: 20, -6: 25})
    await crowd.drain()
    counts = {chat: len(moments) for chat, moments in telegram.accepted.items()}
    assert counts == {1: 20, 2: 20, 3: 20, 4: 20, 5: 20, -6: 25}
    assert (telegram.inside, len(telegram.calls)) == (0, 125)


async def test_f12_chats_that_must_wait_do_and_delay_no_other() -> None:
    telegram, crowd = strict(dict.fromkeys(range(1, 41), 2))
    telegram.waits = {7: 43, 8: 1}
    await crowd.drain()
    others = [moments for chat, moments in telegram.accepted.items() if chat not in (7, 8)]
    delays = [later - first for first, later in others]
    assert (telegram.inside, max(delays) <= 2 + 2 / OVERALL) == (0, True)
    assert {len(moments) for moments in telegram.accepted.values()} == {2}


async def test_t1_three_chats_in_ten_seconds_stop_all_of_us_and_nothing_goes_before_its_time() -> (
    None
):
    telegram, crowd = strict(dict.fromkeys(range(1, 101), 1))
    telegram.waits = {4: 10, 5: 10, 6: 10}
    await crowd.drain()
    third = telegram.moments[5][1]
    within = [moment for _, moment in telegram.moments if third < moment < third + 9.9]
    assert (within, telegram.inside, len(telegram.accepted)) == ([], 0, 100)
