"""Imports worked off: each entry in a transaction with its result, a few at each tick.

Whatever is killed is taken up by the next tick, and no entry is done twice.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from bot.domain.errors import LeaseLost, LimitReached, QueryError
from bot.domain.faults import packed
from bot.domain.grammar import parse
from bot.domain.imports import Import, Progress, Refusal, Result, Step
from bot.domain.message import Message
from bot.domain.model import Place
from bot.domain.outcomes import ChatGone, ChatMoved, Flooded, Outcome, Sent, Unreachable
from bot.domain.portable import Wanted, item_of
from bot.domain.ports import CatalogueEntry, Clock, Screen, Storage, Tx
from bot.domain.query import Query
from bot.domain.quotas import Quotas
from bot.domain.secrets import is_masked, masked, masked_text
from bot.services.live_index import LiveIndex

LEASE = 20.0
"""Seconds a crashed process keeps an import."""

SLICE = 20
"""Entries a tick adds: an import of 500 must not stand between the news and its readers."""

LOOK = 3.0
"""Seconds between two looks of the message that shows how far an import is."""

MOST_ATTEMPTS = 5
MOST_ADDRESS = 2_048
_ODD = re.compile(r"[\s<>\"\\]")

Show = Callable[[Import, Progress, bool], Message]
"""The message of an import: how far it is; True: that it is over."""


class Importer:
    """Adds one entry of a file to a place."""

    def __init__(self, storage: Storage, index: LiveIndex, clock: Clock, quotas: Quotas) -> None:
        self._storage = storage
        self._index = index
        self._clock = clock
        self._quotas = quotas

    async def add(self, job: Import, step: Step) -> bool:
        """Give one entry its turn; False: somebody else had it, or the import is no more."""
        try:
            async with self._storage.write() as tx:
                result, query, why = await self._result(tx, job.place, step)
                await _settled(tx, job, step, result, why)
        except LeaseLost:
            return False
        if query is not None:
            self._index.add(query)
        return True

    async def _result(
        self, tx: Tx, place: Place, step: Step
    ) -> tuple[Result, Query | None, Refusal | None]:
        item = item_of(step.facts)
        if isinstance(item, CatalogueEntry):
            result, why = await self._add_source(tx, place.chat, item)
            return result, None, why
        try:
            query = await _query_of(tx, place.chat, item, self._quotas)
            added = await self._subscribe(tx, place, item, query)
        except QueryError as error:
            return Result.REFUSED, None, Refusal(item.typed, "query", packed(error.complaint))
        except LimitReached as error:
            return Result.REFUSED, None, Refusal(item.typed, error.what, str(error.limit))
        if query is None:
            return Result.REFUSED, None, Refusal(masked_text(item.typed), "no-source")
        return (Result.ADDED if added else Result.KNOWN), query, None

    async def _add_source(
        self, tx: Tx, chat: int, entry: CatalogueEntry
    ) -> tuple[Result, Refusal | None]:
        shown = masked(entry.url)
        if is_masked(entry.url):
            return Result.REFUSED, Refusal(shown, "masked")
        if not _is_address(entry.url):
            return Result.REFUSED, Refusal(shown, "address")
        known = await tx.sources.find(entry.url, chat)
        if known is not None and not known.closed:
            return Result.KNOWN, None
        if known is None and len(await tx.sources.owned(chat)) >= self._quotas.imported:
            return Result.REFUSED, Refusal(shown, "sources", str(self._quotas.imported))
        await tx.sources.add(replace(entry, title=masked_text(entry.title)), chat, self._clock())
        return Result.ADDED, None

    async def _subscribe(self, tx: Tx, place: Place, item: Wanted, query: Query | None) -> bool:
        if query is None:
            return False
        existing = await tx.subscriptions.of_place(place)
        if query.id in {one.query_id for one in existing}:
            return False
        if len(existing) >= self._quotas.subscriptions:
            raise LimitReached("subscriptions", self._quotas.subscriptions)
        typed = masked_text(item.typed[: self._quotas.query.characters])
        made, _ = await tx.subscriptions.add(place, typed, query, self._clock())
        await tx.subscriptions.update(
            replace(
                made, when=item.when, silent=not item.sound, form=item.form, urgent=item.urgent
            )
        )
        return True


class ImportWork:
    """The tick that works imports off and shows how far they are, in one message each."""

    def __init__(
        self,
        storage: Storage,
        importer: Importer,
        screen: Screen,
        show: Show,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._importer = importer
        self._screen = screen
        self._show = show
        self._clock = clock

    async def tick(self, limit: int = 4) -> int:
        """One slice of up to `limit` imports; returns how many there were."""
        async with self._storage.write() as tx:
            jobs = await tx.imports.claim(self._clock(), limit, LEASE)
        for job in jobs:
            await self._advance(job)
        return len(jobs)

    async def _advance(self, job: Import) -> None:
        """Show the message first, so that even a short import can be cancelled."""
        if job.message is not None:
            await self._work(job)
        async with self._storage.read() as tx:
            over = await tx.imports.cancelled(job) or not await tx.imports.next(job, 1)
            progress = await tx.imports.progress(job)
        now = self._clock().timestamp()
        if job.message is not None and now < job.show:
            await self._release(job, job.message, job.show)
            return
        over = over and job.message is not None
        outcome = await self._say(job, self._show(job, progress, over))
        await self._settle(job, outcome, over=over)

    async def _work(self, job: Import) -> None:
        async with self._storage.read() as tx:
            steps = await tx.imports.next(job, SLICE)
        for step in steps:
            if not await self._importer.add(job, step):
                return

    async def _say(self, job: Import, message: Message) -> Outcome:
        """A message that somebody deleted is said anew."""
        if job.message is None:
            return await self._screen.send(job.place, message)
        outcome = await self._screen.edit(job.place, job.message, message)
        if isinstance(outcome, Sent | Flooded | Unreachable | ChatGone | ChatMoved):
            return outcome
        return await self._screen.send(job.place, message)

    async def _settle(self, job: Import, outcome: Outcome, *, over: bool) -> None:
        now = self._clock().timestamp()
        match outcome:
            case Sent(message_id) if over:
                await self._finish(job)
                del message_id
            case Sent(message_id):
                await self._release(job, message_id, now + LOOK)
            case Flooded(seconds):
                await self._release(job, job.message, now + seconds)
            case Unreachable():
                await self._release(job, job.message, now + LOOK)
            case ChatMoved(new):
                async with self._storage.write() as tx:
                    await tx.chats.move(job.place.chat, new)
            case ChatGone():
                async with self._storage.write() as tx:
                    await tx.chats.set_gone(job.place.chat, self._clock())
                await self._release(job, job.message, now + LOOK)
            case _ if job.attempts >= MOST_ATTEMPTS:
                await self._unseen(job)
            case _:
                await self._release(job, job.message, now + LOOK, job.attempts + 1)

    async def _unseen(self, job: Import) -> None:
        """Nobody can be shown anything there: add what is left, and be done."""
        while True:
            async with self._storage.read() as tx:
                steps = await tx.imports.next(job, 1)
            if not steps or not await self._importer.add(job, steps[0]):
                break
        await self._finish(job)

    async def _finish(self, job: Import) -> None:
        async with self._storage.write() as tx:
            await tx.imports.finish(job)

    async def _release(
        self, job: Import, message: int | None, show: float, attempts: int = 0
    ) -> None:
        async with self._storage.write() as tx:
            await tx.imports.release(
                job, self._clock(), message=message, show=show, attempts=attempts
            )


def _is_address(url: str) -> bool:
    """Whether it is worth asking there; what the guard says to it, the poll will tell."""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    fits = len(url) <= MOST_ADDRESS and _ODD.search(url) is None
    return fits and named and parts.scheme in ("http", "https")


async def _settled(tx: Tx, job: Import, step: Step, result: Result, why: Refusal | None) -> None:
    if not await tx.imports.settle(job, step, result, why):
        raise LeaseLost


async def _query_of(tx: Tx, chat: int, item: Wanted, quotas: Quotas) -> Query | None:
    """None: it is all of a source that this chat does not have."""
    if item.source is None:
        return parse(item.query, quotas.query)
    source = await tx.sources.find(item.source, chat)
    return None if source is None else parse(f"source:#{source.id}")
