"""Stand-ins for the world outside: a clock, a Telegram that keeps a ledger, a small storage."""

import asyncio
import heapq
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bot.domain.message import Message
from bot.domain.model import (
    Alert,
    Chat,
    Delivery,
    Lane,
    NoticeKind,
    Place,
    Receipt,
    Subscription,
)
from bot.domain.outcomes import Outcome, Sent
from bot.domain.places import Gather
from tests.builders import NOW, make_article


class FakeClock:
    """A wall clock that moves only when told."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class VirtualTime:
    """A monotonic clock and its `sleep`: time jumps to the next sleeper when all are waiting."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        wake = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), wake))
        await wake

    async def finish(self, *work: Coroutine[Any, Any, Any]) -> list[Any]:
        """Run `work` side by side to its end, in no real time; exceptions are results."""
        everything = asyncio.gather(*work, return_exceptions=True)
        while not everything.done():
            await settle_down()
            if not everything.done():
                self.jump()
        return everything.result()

    def jump(self) -> bool:
        """To the next sleeper; False: nobody sleeps."""
        if not self._sleepers:
            return False
        moment, _, wake = heapq.heappop(self._sleepers)
        self.now = max(self.now, moment)
        if not wake.done():
            wake.set_result(None)
        return True


async def settle_down(rounds: int = 12) -> None:
    """Let every task run until it waits for something."""
    for _ in range(rounds):
        await asyncio.sleep(0)


class Crash(BaseException):
    """The process dies here; nothing of ours may catch it."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the fake Telegram's ledger."""

    place: Place
    text: str
    plain: bool
    at: datetime


class FakeSender:
    """Accepts everything, save what `answers` scripts per chat; writes each try into `ledger`.

    An exception in `answers` is raised after the try was written down: Telegram has the message,
    we do not know.
    """

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._ids = count(1)
        self.answers: dict[int, list[Outcome | BaseException]] = defaultdict(list)
        self.ledger: list[Said] = []
        self.gates: dict[int, asyncio.Event] = {}  # chats that are answered only when set

    async def send(self, place: Place, message: Message, *, plain: bool = False) -> Outcome:
        self.ledger.append(Said(place, message.text, plain, self._clock()))
        if gate := self.gates.get(place.chat):
            await gate.wait()
        await asyncio.sleep(0)
        script = self.answers[place.chat]
        answer = script.pop(0) if script else Sent(next(self._ids))
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def texts(self, chat: int) -> list[str]:
        return [said.text for said in self.ledger if said.place.chat == chat]


@dataclass
class _Rows:
    chats: dict[int, Chat] = field(default_factory=dict)
    due: dict[int, datetime | None] = field(default_factory=dict)
    claims: dict[int, int] = field(default_factory=dict)
    alerts: dict[int, Alert] = field(default_factory=dict)  # unsent, in order
    settled: dict[int, int] = field(default_factory=dict)
    buried: dict[int, str] = field(default_factory=dict)
    subscriptions: dict[Place, tuple[Subscription, ...]] = field(default_factory=dict)
    ready: dict[int, datetime] = field(default_factory=dict)
    claimed: list[int] = field(default_factory=list)  # how many lanes each claim gave


class FakeStorage:
    """What delivery needs of storage, in memory: transactions roll back, leases are fenced."""

    def __init__(self) -> None:
        self.rows = _Rows()
        self.broken: Exception | None = None  # raised by the next write, once
        self.writes = 0
        self.unwritable: dict[int, Exception] = {}  # raised whenever this alert is settled
        self.graves = True  # False: nor can it be buried

    def add(self, chat: Chat, alerts: Iterable[Alert], *wanted_by: Subscription) -> None:
        """Know a chat, its subscriptions and its alerts, due at once."""
        rows = self.rows
        rows.chats[chat.id] = chat
        rows.due[chat.id] = NOW
        rows.claims.setdefault(chat.id, 0)
        for alert in alerts:
            rows.alerts[alert.id] = alert
            rows.subscriptions[alert.place] = wanted_by

    @asynccontextmanager
    async def read(self) -> AsyncIterator["FakeTx"]:
        yield FakeTx(self.rows)

    @asynccontextmanager
    async def write(self) -> AsyncIterator["FakeTx"]:
        with self._rolled_back_on_error():
            await asyncio.sleep(0)
            before = self.rows.settled.keys() | set()
            buried = self.rows.buried.keys() | set()
            yield FakeTx(self.rows)
            written = self.rows.settled.keys() - before
            if not self.graves:
                written |= self.rows.buried.keys() - buried
            for number in written & self.unwritable.keys():
                raise self.unwritable[number]
            if self.broken is not None:
                broken, self.broken = self.broken, None
                raise broken
        self.writes += 1

    @contextmanager
    def _rolled_back_on_error(self) -> Iterator[None]:
        before = deepcopy(self.rows)
        try:
            yield
        except BaseException:
            self.rows = before
            raise


class FakeTx:
    def __init__(self, rows: _Rows) -> None:
        self.alerts = FakeAlerts(rows)
        self.chats = FakeChats(rows)
        self.notices = FakeNotices()


class FakeAlerts:
    def __init__(self, rows: _Rows) -> None:
        self._rows = rows

    async def claim_lanes(self, now: datetime, limit: int, lease: float) -> list[Lane]:
        rows = self._rows
        due = sorted(
            (moment, chat)
            for chat, moment in rows.due.items()
            if moment is not None and moment <= now and rows.chats[chat].gone is None
        )[:limit]
        if due:
            rows.claimed.append(len(due))
        for _, chat in due:
            rows.due[chat] = now + timedelta(seconds=lease)
            rows.claims[chat] += 1
        until = now + timedelta(seconds=lease)
        return [
            Lane(chat=rows.chats[chat], claim=rows.claims[chat], until=until) for _, chat in due
        ]

    async def next_of(self, lanes: Sequence[Lane], now: datetime) -> dict[int, Delivery]:
        found = {lane.chat.id: self._next(lane.chat.id, now) for lane in lanes}
        return {chat: delivery for chat, delivery in found.items() if delivery is not None}

    def _next(self, chat: int, now: datetime) -> Delivery | None:
        for alert in self._rows.alerts.values():
            ready = self._rows.ready.get(alert.id, now)
            if alert.place.chat == chat and ready <= now:
                article = make_article(id=alert.article, title=f"article {alert.article}")
                wanted_by = self._rows.subscriptions[alert.place]
                return Delivery(alert=alert, article=article, subscriptions=wanted_by)
        return None

    async def settle(self, receipts: Sequence[Receipt]) -> None:
        for one in receipts:
            del self._rows.alerts[one.alert.id]
            self._rows.settled[one.alert.id] = one.message_id

    async def settle_lost(self, receipts: Sequence[Receipt]) -> None:
        await self.settle([one for one in receipts if one.alert.id in self._rows.alerts])

    async def hasten(self, lanes: Sequence[Lane], now: datetime) -> None:
        for lane in lanes:
            if self._rows.claims.get(lane.chat.id) == lane.claim:
                self._rows.due[lane.chat.id] = now

    async def retry(
        self, alert: Alert, *, attempts: int, plain: bool = False, unanswered: bool = False
    ) -> None:
        self._rows.alerts[alert.id] = replace(
            alert, attempts=attempts, plain=plain, unanswered=unanswered
        )

    async def bury(self, alert: Alert, reason: str, now: datetime) -> None:
        del now
        del self._rows.alerts[alert.id]
        self._rows.buried[alert.id] = reason

    async def hold(self, alert: Alert, until: datetime, gather: Gather) -> None:
        self._rows.alerts[alert.id] = replace(alert, gather=gather)
        self._rows.ready[alert.id] = until

    async def take_apart(self, alerts: Sequence[Alert]) -> None:
        parted = {one.id: replace(one, gather=Gather.APART) for one in alerts}
        self._rows.alerts |= parted

    async def hold_topic(self, place: Place, until: datetime) -> None:
        held = [one.id for one in self._rows.alerts.values() if one.place == place]
        self._rows.ready |= dict.fromkeys(held, until)

    async def release_lanes(self, dues: Mapping[Lane, datetime | None]) -> bool:
        rows = self._rows
        if any(rows.claims.get(lane.chat.id) != lane.claim for lane in dues):
            return False
        for lane, due in dues.items():
            chat = lane.chat.id
            left = [one.id for one in rows.alerts.values() if one.place.chat == chat]
            ready = min((rows.ready.get(one, NOW) for one in left), default=None)
            rows.due[chat] = None if ready is None else max(due or NOW, ready)
        return True


class FakeChats:
    def __init__(self, rows: _Rows) -> None:
        self._rows = rows

    async def keeper(self, chat: int) -> int | None:
        del chat
        return None

    async def set_gone(self, chat: int, now: datetime) -> None:
        self._rows.chats[chat] = replace(self._rows.chats[chat], gone=now)

    async def move_topic(self, place: Place, now: datetime) -> None:
        rows = self._rows
        rows.due[place.chat] = now
        self._rehouse(place, Place(place.chat))

    async def move(self, old: int, new: int) -> None:
        rows = self._rows
        rows.chats[new] = replace(rows.chats.pop(old), id=new)
        rows.due[new] = rows.due.pop(old)
        rows.claims[new] = rows.claims.pop(old)
        for place in {one.place for one in rows.alerts.values() if one.place.chat == old}:
            self._rehouse(place, replace(place, chat=new))

    def _rehouse(self, old: Place, new: Place) -> None:
        rows = self._rows
        rows.subscriptions[new] = rows.subscriptions[old]
        for alert in tuple(rows.alerts.values()):
            if alert.place == old:
                rows.alerts[alert.id] = replace(alert, place=new)


class FakeNotices:
    async def queue(
        self,
        chat: int,
        kind: NoticeKind,
        values: Mapping[str, str],
        now: datetime,
        *,
        wait: timedelta = timedelta(),
    ) -> bool:
        del chat, kind, values, now, wait
        return True

    async def withdraw(self, kind: NoticeKind) -> Sequence[Mapping[str, str]]:
        del kind
        return []
