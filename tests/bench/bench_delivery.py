"""What an alert costs, against a bare loop of python-telegram-bot's `send_message`.

Both talk to the same emulated Telegram over loopback, in a process of its own. What is counted is
CPU time of this process, the database's thread included. The loop is bare: one message after the
other, text and buttons already written, nothing stored, nothing paced, nothing retried.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from telegram.error import RetryAfter
from telegram.request import BaseRequest, HTTPXRequest

from bot.clock import utc_now
from bot.domain.grammar import parse
from bot.domain.message import Message
from bot.domain.model import Place, Receipt
from bot.domain.outcomes import Flooded, Outcome, Sent
from bot.domain.pacing import Pace
from bot.domain.ports import Storage
from bot.parts import (
    ANSWER,
    LEASE,
)
from bot.sending.flight import Flight
from bot.sending.limiter import PacedRequests, Rank, seconds_of
from bot.sending.markup import send_arguments
from bot.sending.requests import SeparateClients
from bot.sending.sender import TelegramSender
from bot.services.deliver import Deliverer
from storage.engine import Database
from storage.transaction import Transaction
from tests.bench.desk import AT_ONCE, delivery, desk, renderer, running, telegram, unsent, until
from tests.bench.farm import Telegram
from tests.bench.ground import (
    Farm,
    Spent,
    farm_open,
    percentile,
    publish,
    settle_in,
    table,
)
from tests.bench.simulated import SimulatedLoop

ALERTS = 2_000
ROUND_TRIP = 0.08
"""Seconds to Telegram and back."""

LIMIT = 30
SECONDS = 60


# --- CPU an alert ------------------------------------------------------------------------------


async def bare(farm: Farm, message: Message, request: BaseRequest, at_once: int = 1) -> float:
    """CPU seconds a message of `send_message` in a loop (or so many loops side by side)."""
    arguments = send_arguments(message)
    count = ALERTS // 2
    async with telegram(farm, request) as sender:
        chats = iter(range(1, count + 1))

        async def loop() -> None:
            for chat in chats:
                await sender._bot.send_message(chat_id=chat, **arguments)

        spent = Spent()
        await asyncio.gather(*(loop() for _ in range(at_once)))
        return spent.cpu / count


async def drained(farm: Farm, database: Database, request: BaseRequest) -> float:
    """CPU seconds an alert of the delivery loop, from the outbox to the receipt."""
    async with (
        telegram(farm, request, AT_ONCE) as sender,
        delivery(database, sender) as deliverer,
    ):
        spent = Spent()
        async with running(deliverer, asyncio.Event()):
            await until(unsent(database), 300)
        return spent.cpu / ALERTS


async def stages(database: Database, sender: TelegramSender, batch: int) -> list[float]:
    """CPU seconds an alert of claim, read, render, send and settle, one stage after the other."""
    render, costs, served = renderer(), [0.0] * 5, 0
    while True:
        marks = [time.process_time()]
        async with database.write() as tx:
            lanes = await tx.alerts.claim_lanes(utc_now(), batch, 45)
        marks.append(time.process_time())
        if not lanes:
            return [cost / served for cost in costs]
        async with database.read() as tx:
            found = await tx.alerts.next_of(lanes, utc_now())
        marks.append(time.process_time())
        said = [(found[one.chat.id], render(found[one.chat.id], one)) for one in lanes]
        marks.append(time.process_time())
        await asyncio.gather(*(sender.send(one.alert.place, words) for one, words in said))
        marks.append(time.process_time())
        async with database.write() as tx:
            await tx.alerts.settle([Receipt(one.alert, 7, utc_now()) for one, _ in said])
            await tx.alerts.release_lanes(dict.fromkeys(lanes, utc_now()))
        marks.append(time.process_time())
        served += len(lanes)
        spans = [late - early for early, late in itertools.pairwise(marks)]
        costs = [sum(pair) for pair in zip(costs, spans, strict=True)]


async def example(folder: Path) -> Message:
    """One of the alerts that are drained, with its buttons."""
    async with desk(folder, 1) as database:
        await publish(database, 0)
        async with database.write() as tx:
            (lane,) = await tx.alerts.claim_lanes(utc_now(), 1, 45)
            found = await tx.alerts.next_of([lane], utc_now())
    return renderer()(found[lane.chat.id], lane)


async def staged(farm: Farm, folder: Path, chats: int, batch: int) -> list[float]:
    async with desk(folder, chats) as database, telegram(farm, SeparateClients(ANSWER)) as sender:
        await publish(database, 0)
        return await stages(database, sender, batch)


@pytest.mark.bench
async def test_an_alert_costs_at_most_twice_a_bare_send(tmp_path: Path) -> None:
    async with farm_open() as farm:
        alert = await example(tmp_path / "one")
        loops = [await bare(farm, alert, HTTPXRequest())]
        crowded = await bare(farm, alert, HTTPXRequest(connection_pool_size=256), 20)
        async with desk(tmp_path / "whole", ALERTS) as database:
            await publish(database, 0)
            ours = await drained(farm, database, SeparateClients(ANSWER))
        many = await staged(farm, tmp_path / "many", 1_600, 16)
        single = await staged(farm, tmp_path / "single", 200, 1)
        loops.append(await bare(farm, alert, HTTPXRequest()))
    loop = sum(loops) / len(loops)
    table(
        f"CPU ms an alert ({ALERTS} alerts in as many chats)",
        [
            ("bare send_message loop", _ms(loop), f"{1 / loop:.0f} a CPU-second"),
            ("the same, 20 at a time", _ms(crowded), f"{1 / crowded:.0f}"),
            ("Newsbell, outbox to receipt", _ms(ours), f"{1 / ours:.0f}"),
            ("ratio (target 0.5)", f"{loop / ours:.2f}", f"{crowded / ours:.2f} of 20 at a time"),
        ],
    )
    table(
        "of which, in CPU ms an alert",
        [
            ("", "claim", "read", "render", "send", "settle"),
            ("16 lanes at a time", *map(_ms, many)),
            ("one at a time", *map(_ms, single)),
        ],
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f}"


# --- pace --------------------------------------------------------------------------------------


@pytest.mark.bench
async def test_the_limit_is_used_and_never_broken(tmp_path: Path) -> None:
    """In real time, for a minute: a Telegram that answers 429 over 30/s and 1/s a chat."""
    async with farm_open() as farm, desk(tmp_path / "x", LIMIT * SECONDS) as database:
        await publish(database, 0)
        await farm.ask(f"limits?rate={LIMIT}")
        async with (
            telegram(farm, SeparateClients(ANSWER), LIMIT) as sender,
            delivery(database, sender) as deliverer,
        ):
            spent = Spent()
            async with running(deliverer, asyncio.Event()):
                await until(unsent(database), 3 * SECONDS)
        ledger = await farm.ask("ledger")
    moments = [moment for moment, *_ in ledger["accepted"]]
    rate = (len(moments) - 1) / (moments[-1] - moments[0])
    table(
        f"{len(moments)} alerts under a limit of {LIMIT}/s, in real time",
        [
            ("rate", f"{rate:.2f}/s", f"{rate / LIMIT:.1%} of the limit (target 95 %)"),
            ("refused with 429", ledger["refused"], f"inside a wait: {ledger['inside']} (0)"),
            ("CPU", f"{spent.cpu / spent.wall:.1%} of one core", ""),
        ],
    )
    assert (len(moments), ledger["inside"]) == (LIMIT * SECONDS, 0)


class Watched:
    """Storage whose transactions take no simulated time."""

    def __init__(self, database: Database, loop: SimulatedLoop) -> None:
        self._database = database
        self._loop = loop

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        with self._loop.at_work():
            async with self._database.read() as tx:
                yield tx

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        with self._loop.at_work():
            async with self._database.write() as tx:
                yield tx


class SimulatedTelegram:
    """A sender over the real limiter and the farm's limits, a round trip away."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.flight = Flight(clock)
        self._paced = PacedRequests(Pace(LIMIT), clock, asyncio.sleep, self.flight)
        self.judge = Telegram(LIMIT)

    async def send(self, place: Place, message: Message, *, plain: bool = False) -> Outcome:
        del message, plain
        data = {"chat_id": place.chat}
        try:
            await self._paced.process_request(
                self._accept, (place.chat,), {}, "sendMessage", data, Rank.ALERT
            )
        except RetryAfter as flood:
            return Flooded(seconds_of(flood))
        return Sent(len(self.judge.accepted))

    async def _accept(self, chat: int) -> bool:
        await asyncio.sleep(ROUND_TRIP / 2)
        wait = self.judge.wait(chat, self._clock())
        await asyncio.sleep(ROUND_TRIP / 2)
        if wait:
            raise RetryAfter(timedelta(seconds=wait))
        return True


@pytest.mark.bench
def test_two_thousand_chats_times_twenty_alerts(tmp_path: Path) -> None:
    """40,000 alerts at 30/s are 22 minutes: simulated, with the real loop, limiter and database.

    Each chat hears twenty outlets about twenty words, so that nothing is a burst.
    """
    spent, chats, each = Spent(), 2_000, 20
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        judge = runner.run(emptied(tmp_path / "x", chats, each))
    moments = [moment for moment, *_ in judge.accepted]
    rate = (len(moments) - 1) / (moments[-1] - moments[0])
    told = Counter(chat for _, chat, _ in judge.accepted)
    table(
        f"{chats} chats x {each} alerts under a limit of {LIMIT}/s, in simulated time",
        [
            ("drained in", f"{moments[-1] - moments[0]:.0f} s", f"{spent.wall:.0f} s of ours"),
            ("rate", f"{rate:.2f}/s", f"{rate / LIMIT:.1%} of the limit (target 95 %)"),
            ("refused with 429", judge.refused, f"{judge.inside} inside a wait"),
            ("alerts a chat", f"{min(told.values())} to {max(told.values())}", ""),
        ],
    )
    assert (judge.refused, set(told.values())) == (0, {each})
    assert rate >= 0.95 * LIMIT  # simulated time: no machine is too slow for it


async def emptied(folder: Path, chats: int, each: int) -> Telegram:
    """Every chat told so many alerts, in simulated time."""
    loop = cast("SimulatedLoop", asyncio.get_running_loop())
    words = [f"word{number}" for number in range(each)]
    async with desk(folder, chats, *words) as database:
        for number, word in enumerate(words):
            await publish(database, number, word)
        telegram_, start, began = SimulatedTelegram(loop.time), utc_now(), loop.time()

        def clock() -> datetime:
            return start + timedelta(seconds=loop.time() - began)

        storage = cast("Storage", Watched(database, loop))
        owing = telegram_.flight.owe
        deliverer = Deliverer(storage, telegram_, renderer(), clock, lease=LEASE, owing=owing)
        async with running(deliverer, asyncio.Event()):
            while len(telegram_.judge.accepted) < chats * each:
                await asyncio.sleep(1)
    return telegram_.judge


@pytest.mark.bench
async def test_below_the_limit_alerts_go_at_once(tmp_path: Path) -> None:
    """20 alerts a second for half a minute, each for another chat; stored to accepted."""
    rate, seconds = 20, 30
    async with farm_open() as farm, desk(tmp_path / "x", 1) as database:
        await settle_in(database, range(2, 2 + rate * seconds), "filler")
        stored = {}
        async with (
            telegram(farm, SeparateClients(ANSWER), LIMIT) as sender,
            delivery(database, sender) as deliverer,
        ):
            wake = asyncio.Event()
            async with running(deliverer, wake):
                begun = time.monotonic()
                for number in range(rate * seconds):
                    await asyncio.sleep(max(begun + number / rate - time.monotonic(), 0))
                    await ring(database, 2 + number)
                    stored[2 + number] = time.monotonic()
                    wake.set()
                await until(unsent(database), 60)
        ledger = await farm.ask("ledger")
    waits = [moment - stored[chat] for moment, chat, _ in ledger["accepted"]]
    table(
        f"{rate} alerts a second, from stored to accepted",
        [
            ("alerts", len(waits), ""),
            ("p50", f"{percentile(waits, 0.5) * 1e3:.0f} ms", ""),
            ("p95", f"{percentile(waits, 0.95) * 1e3:.0f} ms", "target 1500 ms"),
            ("p99", f"{percentile(waits, 0.99) * 1e3:.0f} ms", ""),
        ],
    )
    assert len(waits) == rate * seconds


async def ring(database: Database, chat: int) -> None:
    """News that only one chat has asked for."""
    asked, now = parse(f"only{chat}"), utc_now()
    async with database.write() as tx:
        await tx.subscriptions.add(Place(chat), asked.text, asked, now)
    await publish(database, chat, asked.text)
