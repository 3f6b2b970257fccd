"""All subscribed queries in memory: what the bell decides with."""

import asyncio
import logging
from datetime import datetime, timedelta

from bot.domain.errors import QueryError
from bot.domain.grammar import parse
from bot.domain.matching import Index, document_of
from bot.domain.model import Article, Hit
from bot.domain.ports import Storage, Tx
from bot.domain.query import Query

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=5)
"""How far back a refresh looks: longer than any transaction of another process stays open, so
that a query committed late is not missed (commit order is not time order on PostgreSQL)."""


class LiveIndex:
    """The index of all subscriptions' queries, kept up to date in this process."""

    def __init__(self) -> None:
        self._index = Index()
        self._fresh: datetime | None = None

    async def load(self, storage: Storage, now: datetime) -> int:
        """Fill the index from storage in slices, letting others run; returns how many queries."""
        async with storage.read() as tx:
            async for batch in tx.subscriptions.queries():
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

    def match(self, article: Article) -> list[Hit]:
        """Every query that this article meets, with the reasons."""
        return self._index.match(document_of(article))

    def _add_stored(self, queries: list[tuple[int, str]]) -> None:
        for query_id, text in queries:
            if query_id in self._index:
                continue
            try:
                self._index.add(parse(text))
            except QueryError as error:  # stored by a version with another grammar
                log.warning("stored query %s cannot be read: %s", query_id, error.message)
