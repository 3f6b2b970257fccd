"""Showing in sent alerts which outlets joined, new headlines, translations that came late."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from bot.domain.message import Message
from bot.domain.model import Chat, Delivery
from bot.domain.outcomes import Ambiguous, Flooded, Outcome, Sent, Unreachable
from bot.domain.ports import Clock, Screen, Storage
from bot.services.deliver import Prepare
from bot.services.verdicts import LATE

LEASE = 60.0
"""Seconds a crashed process keeps an edit."""

AGAIN = timedelta(seconds=30)

AT_ONCE = 30
"""Edits at each tick of two seconds: half of what Telegram takes from one bot, so that a story in
hundreds of chats shows its second outlet in all of them within 30 seconds, and alerts go on."""

Render = Callable[[Delivery, Chat], Message]


class Retouch:
    """Edits the alerts whose turn it is, a few at each tick; alerts to be sent come first."""

    def __init__(
        self,
        storage: Storage,
        screen: Screen,
        render: Render,
        clock: Clock,
        prepare: Prepare | None = None,
    ) -> None:
        self._storage = storage
        self._screen = screen
        self._render = render
        self._clock = clock
        self._prepare = prepare

    async def tick(self, limit: int = AT_ONCE) -> int:
        """Edit what is due, up to `limit` side by side; returns how many there were."""
        async with self._storage.write() as tx:
            claimed = await tx.stories.claim_edits(self._clock(), limit, LEASE)
        edits = (self._edit(chat, delivery) for chat, delivery in claimed)
        results = await asyncio.gather(*edits, return_exceptions=True)
        for trouble in filter(None, results):
            raise trouble  # once all have ended: none is left behind by another's fault
        return len(claimed)

    async def _edit(self, chat: Chat, delivery: Delivery) -> None:
        alert = delivery.alert
        stale = delivery.size != alert.shown
        if not (delivery.subscriptions and stale) or alert.message_id is None:
            async with self._storage.write() as tx:
                await tx.stories.leave(alert, None)
            return
        if self._prepare is not None:
            delivery = await self._prepare(delivery, chat)
        if delivery.late:
            async with self._storage.write() as tx:
                await tx.stories.leave(alert, self._clock() + LATE)
            return
        message = self._render(delivery, chat)
        outcome = await self._screen.edit(alert.place, alert.message_id, message)
        await self._write(delivery, outcome)

    async def _write(self, delivery: Delivery, outcome: Outcome) -> None:
        """An edit is no alert: one that Telegram refuses is let be."""
        now = self._clock()
        async with self._storage.write() as tx:
            match outcome:
                case Sent():
                    await tx.stories.edited(delivery.alert, delivery.size, now)
                case Flooded(seconds):
                    await tx.stories.leave(delivery.alert, now + timedelta(seconds=seconds))
                case Unreachable() | Ambiguous():
                    await tx.stories.leave(delivery.alert, now + AGAIN)
                case _:
                    await tx.stories.leave(delivery.alert, None)
