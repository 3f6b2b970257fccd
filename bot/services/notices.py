"""Telling chats what became of the sources they added: claim, say, write down."""

from collections.abc import Callable

from bot.domain.message import Message
from bot.domain.model import Notice, Place
from bot.domain.notices import next_try
from bot.domain.outcomes import ChatGone, ChatMoved, Outcome
from bot.domain.ports import Clock, Sender, Storage

LEASE = 60.0
"""Seconds a crashed process keeps a notice."""

Render = Callable[[Notice], Message]


class Notices:
    """Empties the queue of notices, a few at each tick; they are rare."""

    def __init__(self, storage: Storage, sender: Sender, render: Render, clock: Clock) -> None:
        self._storage = storage
        self._sender = sender
        self._render = render
        self._clock = clock

    async def tick(self, limit: int = 20) -> int:
        """Say what is due, up to `limit`, one after the other; returns how many there were."""
        async with self._storage.write() as tx:
            claimed = await tx.notices.claim(self._clock(), limit, LEASE)
        for notice in claimed:
            outcome = await self._sender.send(Place(notice.chat.id), self._render(notice))
            await self._write(notice, outcome)
        return len(claimed)

    async def _write(self, notice: Notice, outcome: Outcome) -> None:
        """A lost lease changes nothing: whoever has it now writes it down."""
        now = self._clock()
        again = next_try(notice, outcome, now)
        async with self._storage.write() as tx:
            if again is None:
                await tx.notices.done(notice)
                return
            due, attempts = again
            if not await tx.notices.again(notice, due, attempts):
                return
            if isinstance(outcome, ChatGone):
                await tx.chats.set_gone(notice.chat.id, now)
            elif isinstance(outcome, ChatMoved):
                await tx.chats.move(notice.chat.id, outcome.new_id)
