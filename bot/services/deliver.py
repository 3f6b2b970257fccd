"""Delivery: claim the chats that are due, say the oldest alert of each, write down what happened.

The order is claim, send, settle, so that a crash repeats at most the messages in flight and
loses none. A chat's lane is held by one worker and gives one alert at a time: that keeps order
within a chat, and makes a chat with a thousand alerts wait behind one with a single one.
"""

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

from bot.domain.errors import NewsbellError, StorageTrouble
from bot.domain.message import Message
from bot.domain.model import Alert, Chat, Delivery, Lane
from bot.domain.outcomes import NoRights, Outcome, Unreachable
from bot.domain.patience import Hold, held, held_apart
from bot.domain.places import Gather
from bot.domain.ports import Clock, Sender, Storage
from bot.domain.rights import Refusals
from bot.domain.settling import Bury, Decision, Stop, TakeApart, after_fault, decide
from bot.domain.silence import Silence
from bot.services.book import PASSING, Book, Owing, nobody
from bot.services.verdicts import Verdict, due_after
from bot.services.zones import zone_of

logger = logging.getLogger(__name__)

Render = Callable[[Delivery, Lane], Message]
"""Says an alert, in the locale and time zone of the lane's chat."""

Prepare = Callable[[Delivery, Chat], Awaitable[Delivery]]
"""Adds what is worth waiting for a moment: translations."""

Work = tuple[Lane, Delivery | None]
"""A lane in our hands, and what it has to say: None where that went meanwhile."""

FEWEST = 4
"""Places are filled when a quarter of them is free: under load that claims and reads many lanes at
once, for the price of one; without load there is always that much room."""

A_SEND = timedelta(seconds=45)
"""The longest a send may take: the limiter's patience and Telegram's answer. A lease that ends
before that is not begun on: a process that was frozen must not say what another has said."""

UNWANTED = ""
"""No reason: every subscription of the alert was removed, which is no fault to show anybody."""


class SendingStopped(NewsbellError):  # noqa: N818 - what happened, in the words of the others
    """Telegram refused the token (401). Nothing is lost: the alerts wait for a valid one."""


class Deliverer:
    """Takes alerts from storage to Telegram. One a process; any number of processes.

    `lanes` bounds the requests in flight, `lease` (seconds) how long a crashed worker's chats
    stay untouched: it must exceed the longest wait for a slot and for Telegram's answer together.
    `tick` (seconds) is the longest pause between two looks at the database. At shutdown, what is
    in flight gets `grace` seconds to end. `resend`: see `settling.decide`; `owing`: see
    `book`.
    """

    def __init__(  # noqa: PLR0913 - four parts and four numbers with defaults
        self,
        storage: Storage,
        sender: Sender,
        render: Render,
        clock: Clock,
        *,
        prepare: Prepare | None = None,
        lanes: int = 64,
        lease: float = 60.0,
        tick: float = 1.0,
        grace: float = 8.0,
        resend: bool = True,
        owing: Owing = nobody,
    ) -> None:
        self._storage = storage
        self._sender = sender
        self._render = render
        self._clock = clock
        self._prepare = prepare
        self._lanes = lanes
        self._fewest = max(lanes // FEWEST, 1)
        self._lease = lease
        self._tick = tick
        self._grace = grace
        self._resend = resend
        self._book = Book(storage, owing)
        self._faults: dict[int, int] = {}  # of ours, by alert
        self._silence = Silence()
        self._refusals = Refusals()
        self._waiting: tuple[Lane, ...] = ()  # lanes that Telegram's first answer sets free
        self._dues: list[datetime] = []  # heap: lanes we handed back that are due soon

    async def run_once(self, now: datetime) -> int:
        """Serve every chat that is due at `now`, up to `lanes`; returns how many there were.

        Raises:
            SendingStopped: Telegram refused the token.
        """
        claimed = await self._claim(now, self._lanes)
        served = (self._serve(*work) for work in claimed)
        results = await asyncio.gather(*served, return_exceptions=True)
        failed = [(work, one) for work, one in zip(claimed, results, strict=True) if one]
        for work, failure in failed:
            await self._failed(work, failure)
        for _, failure in failed:
            raise failure
        return len(claimed)

    async def run(self, wake: asyncio.Event) -> None:
        """Deliver until cancelled: at `wake`, when a lane is due again, and at every tick.

        A chat that Telegram answers slowly holds nobody up: its place alone stays taken.

        Raises:
            SendingStopped: Telegram refused the token.
        """
        serving: dict[asyncio.Task[None], Work] = {}
        try:
            while True:
                wake.clear()  # before looking: what is stored from now on wakes us again
                room = self._lanes - len(serving)
                if room >= self._fewest:
                    claimed = await self._claim_if_well(room)
                    serving |= {asyncio.create_task(self._serve(*work)): work for work in claimed}
                more = self._lanes - len(serving) < self._fewest
                ended = await self._pause(set(serving), None if more else wake)
                for work, failure in [(serving.pop(task), task.exception()) for task in ended]:
                    await self._failed(work, failure)
        finally:
            await self._finish(set(serving))

    async def _claim_if_well(self, room: int) -> list[Work]:
        """Nothing, where the database fails: what cannot be written down is not said.

        What is being said meanwhile goes on: cut off, it would be said again.
        """
        try:
            return await self._claim(self._clock(), room)
        except StorageTrouble as trouble:
            logger.warning("no alert goes out: %s", trouble)
            return []

    async def _claim(self, now: datetime, room: int) -> list[Work]:
        """Take due lanes, each with its oldest alert; first write what could not be written."""
        await self._book.write_down()
        waiting, self._waiting = self._waiting, ()
        async with self._storage.write() as tx:
            await tx.alerts.hasten(waiting, now)
            lanes = await tx.alerts.claim_lanes(now, room, self._lease)
        if not lanes:
            return []
        async with self._storage.read() as tx:
            found = await tx.alerts.next_of(lanes, now)
        return [(lane, found.get(lane.chat.id)) for lane in lanes]

    async def _serve(self, lane: Lane, delivery: Delivery | None) -> None:
        """Say the alert, then write down what Telegram made of it."""
        if delivery is not None and delivery.alert.id in self._book.unsayable:
            return
        verdict = await self._say(lane, delivery)
        await self._book.enter(verdict)
        if verdict.due is not None and verdict.due < self._clock() + timedelta(seconds=self._tick):
            heapq.heappush(self._dues, verdict.due)
        if isinstance(verdict.decision, Stop):
            raise SendingStopped("Telegram refused the bot's token (401)")

    async def _failed(self, work: Work, failure: BaseException | None) -> None:
        """A fault of ours is tried again, then buried: what comes behind it must not wait.

        Raises:
            SendingStopped: Telegram refused the token.
        """
        if isinstance(failure, SendingStopped):
            raise failure
        if failure is None or not isinstance(failure, Exception):
            return
        logger.error("a chat could not be served", exc_info=failure)
        lane, delivery = work
        if delivery is None or isinstance(failure, PASSING):
            return  # its lease runs out
        alert, now = delivery.alert, self._clock()
        self._faults[alert.id] = self._faults.get(alert.id, 0) + 1
        decision = after_fault(alert, now, self._faults[alert.id], many=bool(delivery.rest))
        with suppress(*PASSING):
            due = due_after(decision, lane, now)
            await self._book.enter(Verdict(lane, now, alert, decision, due, _listed(delivery)))

    async def _say(self, lane: Lane, delivery: Delivery | None) -> Verdict:
        if delivery is None:
            return Verdict(lane, self._clock())
        alert = delivery.alert
        unsaid = _unsaid(lane, delivery, self._clock())
        if unsaid is not None:
            return Verdict(lane, self._clock(), alert, unsaid)
        if self._prepare is not None:
            delivery = await self._prepare(delivery, lane.chat)
        message = self._render(delivery, lane)
        now = self._clock()
        if lane.until is not None and now + A_SEND > lane.until:
            return Verdict(lane, now)
        outcome = await self._sender.send(alert.place, message, plain=alert.plain)
        now = self._clock()
        decision = self._decide(outcome, delivery, lane, now)
        rest = _listed(delivery)
        if not isinstance(decision, TakeApart):
            rest += delivery.unlisted
        due = due_after(decision, lane, now)
        late = delivery.late and not alert.gather  # what was gathered is never edited
        return Verdict(lane, now, alert, decision, due, rest, delivery.size, late)

    def _decide(self, outcome: Outcome, delivery: Delivery, lane: Lane, now: datetime) -> Decision:
        """What follows, also from what other chats have met lately."""
        missed = 1
        self._refusals.saw(lane.chat.id, now, refused=isinstance(outcome, NoRights))
        if isinstance(outcome, Unreachable):
            missed = self._silence.missed(lane)
        else:
            self._waiting += self._silence.answered(lane.chat.id)
        return decide(
            outcome,
            delivery.alert,
            now,
            missed,
            many=bool(delivery.rest),
            mass=self._refusals.mass(),
            resend=self._resend,
        )

    async def _pause(
        self, serving: set[asyncio.Task[None]], wake: asyncio.Event | None
    ) -> set[asyncio.Task[None]]:
        """Wait for news, a place, a due lane or the tick; returns the tasks that have ended."""
        news = {asyncio.create_task(wake.wait())} if wake is not None else set()
        try:
            await asyncio.wait(
                serving | news, timeout=self._idle_seconds(), return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for task in news:
                task.cancel()
        return {task for task in serving if task.done()}

    def _idle_seconds(self) -> float:
        now = self._clock()
        while self._dues and self._dues[0] <= now:
            heapq.heappop(self._dues)
        if not self._dues:
            return self._tick
        return min(self._tick, (self._dues[0] - now).total_seconds())

    async def _finish(self, serving: set[asyncio.Task[None]]) -> None:
        """Let what is in flight be answered and written down, within the grace."""
        if serving:
            _, late = await asyncio.wait(serving, timeout=self._grace)
            for task in late:
                task.cancel()


def _listed(delivery: Delivery) -> tuple[Alert, ...]:
    """Alerts that are told beside the first."""
    return tuple(one.alert for one in delivery.rest)


def _unsaid(lane: Lane, delivery: Delivery, now: datetime) -> Bury | Hold | None:
    """Why an alert is not said now: nobody wants it any more, or it has to wait."""
    met, settings = delivery.subscriptions, delivery.settings
    if not met or settings.silenced(now):
        return Bury(UNWANTED)
    zone = zone_of(lane.chat.timezone)
    if delivery.alert.gather is Gather.APART:
        return held_apart(met, settings, zone, now)
    return None if delivery.alert.gather else held(met, settings, zone, now, delivery.crowd)
