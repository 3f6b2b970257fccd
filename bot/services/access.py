"""Who may use the bot: open to all but the banned, or only to those whom an operator let in.

Ids are kept as keyed hashes: what was deleted about a chat must not come back through its ban.
"""

from collections.abc import Collection
from hashlib import blake2b
from secrets import token_urlsafe
from typing import Literal

from bot.domain.ports import Clock, Storage

Refusal = Literal["banned", "uninvited"]


class Access:
    """Answers from memory; `refresh` takes in what other processes have changed."""

    def __init__(
        self, storage: Storage, clock: Clock, operators: Collection[int], *, invited_only: bool
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._operators = frozenset(operators)
        self._invited_only = invited_only
        self._known: dict[str, bool] = {}
        self._pepper = b""

    async def refresh(self) -> None:
        """Read who is known."""
        async with self._storage.write() as tx:
            pepper = await tx.access.keep("pepper", token_urlsafe(32))
            self._known = await tx.access.all()
        self._pepper = pepper.encode()[:64]

    def refused(self, chat: int, user: int | None) -> Refusal | None:
        """Why this chat, or this person in it, is not answered; None: it is."""
        if user in self._operators:
            return None
        said = [self._known.get(self.mark(one)) for one in (chat, user) if one is not None]
        if False in said:
            return "banned"
        return "uninvited" if self._invited_only and True not in said else None

    async def decide(self, who: int, *, allowed: bool) -> None:
        """Let a chat or person in, or shut it out: then nothing is sent there any more."""
        key = self.mark(who)
        async with self._storage.write() as tx:
            await tx.access.put(key, allowed=allowed)
            if not allowed and await tx.chats.get(who) is not None:
                await tx.chats.set_gone(who, self._clock())
        self._known[key] = allowed

    def invited(self, chat: int) -> bool:
        """Whether an operator has let this very chat in."""
        return self._known.get(self.mark(chat), False)

    def mark(self, who: int) -> str:
        """An id as a keyed hash: it can be compared here, and read nowhere."""
        return blake2b(str(who).encode(), key=self._pepper, digest_size=16).hexdigest()
