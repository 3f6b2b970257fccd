"""What people do with sources: look, report, remove; and operators: mute, retire, promote."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.domain.grammar import parse
from bot.domain.model import Place, Source, SourceHealth
from bot.domain.polling import fails
from bot.domain.ports import Clock, Storage, Tx
from bot.domain.query import Query
from bot.domain.secrets import masked, masked_text
from bot.domain.shelves import Shelf
from bot.domain.standing import Standing
from bot.domain.text import fold
from bot.services.live_index import LiveIndex

log = logging.getLogger(__name__)


class Promotion(Enum):
    """What came of making a chat's own source everybody's."""

    DONE = "done"
    KNOWN = "known"  # the catalogue has it
    SECRET = "secret"  # noqa: S105 - its address holds a password or key, which would be everybody's too
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Card:
    """One source as a place sees it at `now`; `reports`: chats that think ill of it."""

    health: SourceHealth
    muted: bool
    reports: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """Sources of a shelf at `now`, by title; `muted`: those the place does not want to hear."""

    found: tuple[SourceHealth, ...]
    muted: Collection[int]
    now: datetime


class Sourcing:
    """Sources, as people see and judge them."""

    def __init__(
        self, storage: Storage, index: LiveIndex, clock: Clock, operators: Collection[int]
    ) -> None:
        self._storage = storage
        self._index = index
        self._clock = clock
        self._operators = tuple(operators)

    async def shelf(self, place: Place, shelf: Shelf, words: str = "") -> Listed:
        """What is on a shelf; only what has these words in its name or address."""
        now = self._clock()
        async with self._storage.read() as tx:
            found = await _on(tx, place.chat, shelf, now)
            muted = await tx.places.muted_sources(place)
        wanted = fold(words).split()
        some = [one for one in found if all(word in _name(one) for word in wanted)]
        return Listed(tuple(some), muted, now)

    async def card(self, place: Place, source_id: int, *, operator: bool) -> Card | None:
        """One source that serves this place, or, for operators, any; None: there is none."""
        now = self._clock()
        async with self._storage.read() as tx:
            health = await tx.sourcing.health(source_id, now)
            if health is None or not (operator or _serves(health.source, place.chat)):
                return None
            muted = source_id in await tx.places.muted_sources(place)
            return Card(health, muted, await tx.sourcing.reports(source_id), now)

    async def report(self, place: Place, source_id: int) -> bool | None:
        """Tell whoever runs the bot; False: this chat has done so before, None: no such source."""
        now = self._clock()
        async with self._storage.write() as tx:
            source = await tx.sources.get(source_id)
            if source is None or source.owner is not None or source.retired:
                return None
            if not await tx.sourcing.report(source_id, place.chat, now):
                return False
            told = {
                "title": masked_text(source.title),
                "address": masked(source.url),
                "source": str(source_id),
                "count": str(await tx.sourcing.reports(source_id)),
            }
            for operator in self._operators:
                await tx.notices.queue(operator, "report", told, now)
        log.warning("source %s was reported by a chat", source_id)
        return True

    async def drop(self, place: Place, source_id: int) -> Source | None:
        """Take a source of the chat's own away, and what rang for it alone."""
        async with self._storage.write() as tx:
            dropped = await tx.sourcing.drop(source_id, place.chat)
            if dropped is None:
                return None
            query = _all_of(dropped.id)
            for one in await tx.subscriptions.of_chat(place.chat):
                if one.query_id == query.id:
                    await tx.subscriptions.remove(one.place, one.id)
        self._index.discard(query.id, query.text)
        return dropped

    async def judge(self, source_id: int, standing: Standing) -> bool:
        """Write an operator's decision, or take the same one back; False: no such source."""
        now = self._clock()
        async with self._storage.write() as tx:
            source = await tx.sources.get(source_id)
            if source is None:
                return False
            new = Standing.GOOD if source.standing is standing else standing
            return await tx.sourcing.judge(source_id, new, now)

    async def promote(self, source_id: int) -> Promotion:
        """Make a chat's own source everybody's; chats that have a copy of it share it now."""
        async with self._storage.write() as tx:
            source = await tx.sources.get(source_id)
            if source is None or source.retired:
                return Promotion.GONE
            if masked(source.url) != source.url:
                return Promotion.SECRET
            promoted = await tx.sourcing.promote(source_id)
            if promoted is None:
                return Promotion.KNOWN
            copies = await tx.sourcing.copies(promoted)
            joined = [await self._join(tx, one, promoted) for one in copies]
            shared = _all_of(promoted.id)
            wanted = await tx.subscriptions.wanted([shared.id])
        for old in joined:
            self._index.discard(old.id, old.text)
        if wanted:
            self._index.add(shared)
        return Promotion.DONE

    async def _join(self, tx: Tx, copy: Source, shared: Source) -> Query:
        """What rang for all of the copy rings for the shared one; returns the copy's query."""
        old, new = _all_of(copy.id), _all_of(shared.id)
        chat = copy.owner or 0
        await tx.sourcing.drop(copy.id, chat)
        for one in await tx.subscriptions.of_chat(chat):
            if one.query_id == old.id:
                await tx.subscriptions.ask_instead(one, new, self._clock())
        return old

    async def offer(
        self, place: Place, found: Sequence[tuple[str, str]]
    ) -> list[tuple[int, str, str]]:
        """A page's feeds (address and title), each with the number of its button."""
        async with self._storage.write() as tx:
            numbers = await tx.sourcing.offer(place.chat, [url for url, _ in found], self._clock())
        return [(number, url, title) for number, (url, title) in zip(numbers, found, strict=True)]

    async def offered(self, place: Place, number: int) -> str | None:
        """The address behind such a button; None: it is gone, or another chat's."""
        async with self._storage.read() as tx:
            return await tx.sourcing.offered(place.chat, number)


async def _on(tx: Tx, chat: int, shelf: Shelf, now: datetime) -> list[SourceHealth]:
    if shelf is Shelf.FOREIGN:
        return await tx.sourcing.foreign(chat, now)
    found = await tx.sources.visible(chat, now)
    if shelf is Shelf.TROUBLED:
        return [one for one in found if fails(one.source)]
    return [one for one in found if one.source.owner is not None or shelf is Shelf.ALL]


def _all_of(source_id: int) -> Query:
    """What `/subscribe URL` asks for: everything that this source brings."""
    return parse(f"source:#{source_id}")


def _serves(source: Source, chat: int) -> bool:
    return source.owner in (None, chat) and not source.retired


def _name(one: SourceHealth) -> str:
    return fold(f"{one.source.title} {masked(one.source.url)}")
