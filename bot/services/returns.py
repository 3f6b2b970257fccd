"""Chats that refuse us are looked at now and then, without a message: are they back?"""

from bot.domain.model import Lane
from bot.domain.outcomes import ChatMoved, Outcome, Sent
from bot.domain.ports import Clock, Scout, Storage
from bot.domain.returning import next_look

LEASE = 60.0
"""Seconds a crashed process keeps such a chat."""


class Returns:
    """Brings chats back that take messages again, with all they had."""

    def __init__(self, storage: Storage, scout: Scout, clock: Clock) -> None:
        self._storage = storage
        self._scout = scout
        self._clock = clock

    async def tick(self, limit: int = 10) -> int:
        """Look at up to `limit` chats, one after the other; returns how many there were."""
        async with self._storage.write() as tx:
            claimed = await tx.chats.claim_gone(self._clock(), limit, LEASE)
        for lane in claimed:
            await self._write(lane, await self._scout.look(lane.chat))
        return len(claimed)

    async def _write(self, lane: Lane, outcome: Outcome) -> None:
        now = self._clock()
        async with self._storage.write() as tx:
            match outcome:
                case Sent():
                    await tx.chats.set_back(lane, now)
                case ChatMoved(new_id):
                    await tx.chats.move(lane.chat.id, new_id)
                case _:
                    await tx.chats.still_gone(lane, next_look(lane.chat.gone or now, now))
