"""An operator's words to every chat: paced like all we send, resumed after a kill."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.domain.message import Message
from bot.domain.model import Broadcast, Place
from bot.domain.outcomes import (
    ChatGone,
    ChatMoved,
    Flooded,
    Outcome,
    Sent,
    TokenRevoked,
    Unreachable,
)
from bot.domain.ports import Clock, Screen, Storage

LEASE = 60.0
A_TICK = 20
"""Chats told at one tick: alerts and answers go on beside it."""

PAUSE = 30.0
"""Seconds before the same chat is tried again, where it is not the chat that refuses."""

Progress = Callable[[Broadcast, bool], Message]
"""How far it is; True: it is over."""

Words = Callable[[str], Message]


class Broadcasts:
    """Tells chat after chat by id, and writes down each, so that a kill repeats one at most."""

    def __init__(
        self, storage: Storage, screen: Screen, words: Words, progress: Progress, clock: Clock
    ) -> None:
        self._storage = storage
        self._screen = screen
        self._words = words
        self._progress = progress
        self._clock = clock

    async def tick(self) -> int:
        """Tell the next chats of the oldest broadcast; returns how many."""
        async with self._storage.write() as tx:
            job = await tx.broadcasts.claim(self._clock(), LEASE)
        if job is None:
            return 0
        if job.message_id is None:
            job = await self._show(job)
        for count in range(A_TICK):
            async with self._storage.read() as tx:
                chat = await tx.broadcasts.next_chat(job.after)
            if chat is None:
                await self._end(job)
                return count
            told = await self._tell(job, chat)
            if told is None:
                return count
            job = told
        await self._show(job)
        await self._save(job, 0)
        return A_TICK

    async def _tell(self, job: Broadcast, chat: int) -> Broadcast | None:
        """One chat; None: Telegram takes nothing now, or another process goes on."""
        said = await self._say(job, chat)
        if said is None:
            return None
        (home, outcome), now = said, self._clock()
        if isinstance(outcome, Flooded | Unreachable | TokenRevoked):
            wait = outcome.seconds if isinstance(outcome, Flooded) else PAUSE
            await self._save(job, wait)
            return None
        told, missed = isinstance(outcome, Sent), not isinstance(outcome, Sent | ChatMoved)
        job = replace(job, after=chat, told=job.told + told, missed=job.missed + missed)
        async with self._storage.write() as tx:
            ours = await tx.broadcasts.save(job, now + timedelta(seconds=LEASE))
            if home != chat:
                await tx.chats.move(chat, home)
            if isinstance(outcome, ChatGone):
                await tx.chats.set_gone(home, now)
        return job if ours else None

    async def _say(self, job: Broadcast, chat: int) -> tuple[int, Outcome] | None:
        """Where the chat lives now, and what Telegram made of the words there.

        `ChatMoved`: they were not said, because the new id has a turn of its own. None: another
        process goes on; two sends can outlast the lease of one.
        """
        words = self._words(job.text)
        outcome = await self._screen.send(Place(chat), words)
        if not isinstance(outcome, ChatMoved):
            return chat, outcome
        home = outcome.new_id
        async with self._storage.read() as tx:
            known = await tx.chats.get(home)
        if home > chat or (known is not None and known.gone is None):
            return home, outcome
        if not await self._save(job, LEASE):
            return None
        return home, await self._screen.send(Place(home), words)

    async def _show(self, job: Broadcast, *, over: bool = False) -> Broadcast:
        """Say, or edit, how far it is."""
        message, place = self._progress(job, over), Place(job.chat)
        if job.message_id is not None:
            await self._screen.edit(place, job.message_id, message)
            return job
        outcome: Outcome = await self._screen.send(place, message)
        if isinstance(outcome, Sent):
            job = replace(job, message_id=outcome.message_id)
        await self._save(job, LEASE)
        return job

    async def _end(self, job: Broadcast) -> None:
        await self._show(job, over=True)
        async with self._storage.write() as tx:
            await tx.broadcasts.done(job)

    async def _save(self, job: Broadcast, wait: float) -> bool:
        """Not due for `wait` seconds; False: another process has it."""
        async with self._storage.write() as tx:
            return await tx.broadcasts.save(job, self._clock() + timedelta(seconds=wait))
