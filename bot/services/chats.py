"""The chats we know, what we asked them, and how fresh their news is."""

from datetime import datetime

from bot.domain.errors import LimitReached
from bot.domain.figures import Freshness
from bot.domain.model import Chat, ChatKind
from bot.domain.ports import Clock, Storage
from bot.services.live_index import LiveIndex

BROUGHT = 10
"""Chats that one person may bring the bot into (reliability.md, Q2)."""


class Chats:
    """Chats come, go, move and answer questions."""

    def __init__(self, storage: Storage, index: LiveIndex, clock: Clock) -> None:
        self._storage = storage
        self._index = index
        self._scrubbed = True
        self._clock = clock

    async def ensure(self, chat: int, kind: ChatKind, title: str, locale: str | None) -> Chat:
        """Know this chat; one that was gone is back with all it had."""
        async with self._storage.read() as tx:
            known = await tx.chats.get(chat)
        if known is not None and (known.kind, known.title, known.gone) == (kind, title, None):
            return known
        async with self._storage.write() as tx:
            return await tx.chats.ensure(chat, kind, title, locale)

    async def arrive(
        self, chat: int, kind: ChatKind, title: str, locale: str | None, inviter: str | None
    ) -> None:
        """Somebody has brought the bot here; None: somebody whose chats are not counted.

        Raises:
            LimitReached: into as many chats as one person may.
        """
        async with self._storage.write() as tx:
            known = await tx.chats.get(chat)
            new = known is None or known.gone is not None
            if inviter and new and await tx.chats.brought_by(inviter) >= BROUGHT:
                raise LimitReached("chats", BROUGHT)
            await tx.chats.ensure(chat, kind, title, locale)
            if inviter and new:
                await tx.chats.set_inviter(chat, inviter)

    async def kept_by(self, chat: int, person: int) -> None:
        """This person has changed something there: they hear if we lose our rights."""
        async with self._storage.read() as tx:
            if await tx.chats.keeper(chat) == person:
                return
        async with self._storage.write() as tx:
            await tx.chats.set_keeper(chat, person)

    async def gone(self, chat: int) -> None:
        """Telegram says we may not write there any more: keep the data, stop sending."""
        async with self._storage.write() as tx:
            await tx.chats.set_gone(chat, self._clock())

    async def move(self, old: int, new: int) -> None:
        """A group became a supergroup: everything moves in one transaction."""
        async with self._storage.write() as tx:
            await tx.chats.move(old, new)

    async def forget(self, chat: int) -> None:
        """Remove everything about this chat, from the index and from the files too."""
        async with self._storage.write() as tx:
            gone = await tx.subscriptions.of_chat(chat)
            await tx.chats.forget(chat)
            wanted = await tx.subscriptions.wanted([one.query_id for one in gone])
        for one in gone:
            if one.query_id not in wanted:
                self._index.discard(one.query_id, one.query)
        self._scrubbed = await self._storage.scrub()

    async def scrub_again(self) -> None:
        """Where somebody was reading when a chat was forgotten, its bytes are still there."""
        if not self._scrubbed:
            self._scrubbed = await self._storage.scrub()

    async def ask(self, chat: int, message_id: int, verb: str) -> None:
        """Remember that this message of ours asks for the argument of a command."""
        async with self._storage.write() as tx:
            await tx.chats.ask(chat, message_id, verb, self._clock())

    async def asked(self, chat: int, message_id: int) -> str | None:
        """The command whose argument this message asked for, within the last hour."""
        async with self._storage.read() as tx:
            return await tx.chats.asked(chat, message_id, self._clock())

    async def manage(self, chat: int, message_id: int, about: int) -> None:
        """Remember that this message of ours in a private chat manages another chat."""
        async with self._storage.write() as tx:
            await tx.cards.put(chat, message_id, about)

    async def managed(self, chat: int, message_id: int) -> tuple[bool, Chat | None]:
        """Whether this message manages another chat, and which; None: one we know no more."""
        async with self._storage.read() as tx:
            about = await tx.cards.about(chat, message_id)
            return about is not None, await tx.chats.get(about) if about else None

    async def freshness(self, chat: int | None) -> tuple[Freshness, datetime]:
        """The figures of /status for one chat (None: of everything) and the moment they hold."""
        now = self._clock()
        async with self._storage.read() as tx:
            return await tx.status.freshness(chat, now), now
