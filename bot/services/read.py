"""The paper: what there is to read."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.matching import document_of, explain
from bot.domain.model import Article, Preview
from bot.domain.ports import Clock, Storage
from bot.domain.query import Query

PAGE = 8
"""Articles a page: what fits a phone's screen without scrolling far."""

DRY_RUN = timedelta(hours=24)
EXAMPLES = 3
SCAN = 5_000
"""Articles that one question may look through: two days of the shipped catalogue."""

SLICE = 25
"""Articles examined before others may run: about 5 ms (0.2 ms an article)."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of articles, newest first; `number` counts from 0."""

    articles: tuple[Article, ...]
    number: int
    more: bool


class Reader:
    """Answers from the archive, always of the sources that serve the asking chat."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def preview(self, chat: int, query: Query) -> Preview:
        """The dry run: which articles of the last 24 h the query would have rung for."""
        async with self._storage.read() as tx:
            articles = await tx.articles.since(chat, self._clock() - DRY_RUN, SCAN)
        hits = await _matching(query, articles)
        return Preview(count=len(hits), hits=tuple(hits[:EXAMPLES]), capped=len(articles) >= SCAN)

    async def latest(self, chat: int, page: int, query: Query | None = None) -> Page:
        """A page of the newest articles, of all or of those that meet the query."""
        first = page * PAGE
        async with self._storage.read() as tx:
            if query is None:
                found = await tx.articles.latest(chat, limit=PAGE + 1, offset=first)
            else:
                newest = await tx.articles.latest(chat, limit=SCAN)
        if query is not None:
            found = (await _matching(query, newest))[first : first + PAGE + 1]
        return Page(tuple(found[:PAGE]), page, len(found) > PAGE)


async def _matching(query: Query, articles: Iterable[Article]) -> list[Article]:
    hits = []
    for count, article in enumerate(articles):
        if count % SLICE == SLICE - 1:
            await asyncio.sleep(0)
        if explain(query, document_of(article)) is not None:
            hits.append(article)
    return hits
