"""What people and operators do with sources, beside reading them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.model import Source, SourceHealth
from bot.domain.standing import Standing


class Sourcing(Protocol):
    async def health(self, source_id: int, now: datetime) -> SourceHealth | None:
        """How any source does, whomever it serves: for operators."""
        ...

    async def foreign(self, chat: int, now: datetime) -> list[SourceHealth]:
        """What other chats than this one have added for themselves, by title: for operators."""
        ...

    async def report(self, source_id: int, chat: int, now: datetime) -> bool:
        """This chat thinks ill of it; False where it has said so before."""
        ...

    async def reports(self, source_id: int) -> int:
        """How many chats think ill of it."""
        ...

    async def judge(self, source_id: int, standing: Standing, now: datetime) -> bool:
        """Write an operator's decision; what waits to be told of a bad source is told no more.

        False where there is no such source.
        """
        ...

    async def promote(self, source_id: int) -> Source | None:
        """A chat's own source serves everybody from now on; None where they have its address."""
        ...

    async def copies(self, source: Source) -> list[Source]:
        """What chats have for themselves at the same address."""
        ...

    async def drop(self, source_id: int, chat: int) -> Source | None:
        """The chat wants its own source no more; None: it is none of its own."""
        ...

    async def offer(self, chat: int, urls: Sequence[str], now: datetime) -> list[int]:
        """Keep addresses for buttons of this chat; returns their numbers, in order."""
        ...

    async def offered(self, chat: int, number: int) -> str | None:
        """The address behind such a button."""
        ...
