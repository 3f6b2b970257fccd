"""All subscribed queries in memory: what the bell decides with."""

import asyncio
import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta

from bot.domain.documents import document_of
from bot.domain.errors import QueryError
from bot.domain.matching import Index
from bot.domain.model import Article
from bot.domain.names import NO_NAMES, Names
from bot.domain.ports import Storage, Tx
from bot.domain.query import Query
from bot.domain.stored import stored_query
from bot.domain.text import base_language

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=5)
"""How far back a refresh looks: longer than any transaction of another process stays open, so
that a query committed late is not missed (commit order is not time order on PostgreSQL)."""


@contextmanager
def _frozen() -> Iterator[None]:
    """What is made inside is not the garbage collector's business, now or later.

    A full collection over a million queries would stop everything for 0.1 s (measured:
    performance.md 1.2), and looking at them while they are made takes a third of the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


class LiveIndex:
    """The index of all subscriptions' queries, kept up to date in this process."""

    def __init__(self, names: Names = NO_NAMES) -> None:
        self._names = names
        self._index = Index(names)
        self._fresh: datetime | None = None

    async def load(self, storage: Storage, now: datetime) -> int:
        """Fill the index from storage in slices, letting others run; returns how many queries."""
        async with storage.read() as tx:
            async for batch in tx.subscriptions.queries():
                with _frozen():
                    self._add_stored(batch)
                await asyncio.sleep(0)
        self._fresh = now
        return len(self._index)

    async def refresh(self, tx: Tx, now: datetime) -> None:
        """Take in the queries that other processes stored since the last look."""
        since = (self._fresh or now) - OVERLAP
        self._add_stored(await tx.subscriptions.queries_since(since))
        self._fresh = now

    def add(self, query: Query) -> None:
        """Effective for the next article."""
        self._index.add(query)

    def discard(self, query_id: int, text: str) -> None:
        """Nobody subscribes to this query (its id and canonical text) any more."""
        with suppress(QueryError):  # stored by a version with another grammar: it is not here
            self._index.discard(stored_query(query_id, text))

    @contextmanager
    def leaving(self) -> Iterator[Callable[[int, str], None]]:
        """Gives a `discard` that is undone when what is inside fails.

        For use around a transaction: queries leave inside it, so that who subscribes to one
        meanwhile has it put in again afterwards, and come back where nothing could be written.
        """
        with ExitStack() as undo:

            def discard(query_id: int, text: str) -> None:
                self.discard(query_id, text)
                undo.callback(self._add_stored, [(query_id, text)])

            yield discard
            undo.pop_all()

    async def match_all(self, articles: Sequence[Article]) -> tuple[frozenset[int], ...]:
        """The ids of the queries that each article meets; others run in between."""
        return tuple([await self._match(one) for one in articles])

    async def _match(self, article: Article) -> frozenset[int]:
        language = base_language(article.language)
        while not self._index.prepare(language):  # noqa: ASYNC110 - a slice of work, not a wait
            await asyncio.sleep(0)
        found = frozenset(self._index.match(document_of(article, self._names)))
        await asyncio.sleep(0)
        return found

    def _add_stored(self, queries: Sequence[tuple[int, str]]) -> None:
        for query_id, text in queries:
            try:
                self._index.add_stored(query_id, text)
            except QueryError as error:  # stored by a version with another grammar
                log.warning("stored query %s cannot be read: %s", query_id, error.message)
