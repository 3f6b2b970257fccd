"""Search in the whole archive: the index finds candidates newest first, the matcher decides.

Candidates are looked at in batches until a page is full, so that a word in every second article
costs no more than a rare one. Where a page ended is remembered, so that turning on looks at
nothing twice.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from bot.domain.candidates import Wanted, wanted_by
from bot.domain.documents import Document, document_of
from bot.domain.matching import is_met
from bot.domain.model import Article
from bot.domain.names import NO_NAMES, Names
from bot.domain.ports import Storage
from bot.domain.query import Query

SLICE = 25
"""Articles examined before others may run: about 5 ms (0.2 ms an article)."""

FIRST_LOOK, LONGEST_LOOK = 24, 100
"""Candidates of the first batch, and of the last: each is twice the one before."""

MOST_LOOKED_AT = 500
"""Candidates for one page: 0.2 s (bench_archive). What is behind them is on the next page."""

BOOKMARKS = 2_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page of articles, newest first; `number` counts from 0."""

    articles: tuple[Article, ...]
    number: int
    more: bool


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where a page begins: with articles older than the id `before`, of stories not yet `told`."""

    before: int | None = None
    told: frozenset[int] = frozenset()


class Searching:
    """Pages of what meets a query, each story once."""

    def __init__(self, storage: Storage, names: Names = NO_NAMES) -> None:
        self._storage = storage
        self._names = names
        self._bookmarks: OrderedDict[tuple[int, int, int, int], Bookmark] = OrderedDict()

    async def page(self, chat: int, query: Query, number: int, size: int) -> Page:
        """A page of the articles that meet the query, of the sources that serve `chat`."""
        for before in range(number):
            key = (chat, query.id, size, before + 1)
            if (
                key not in self._bookmarks
                and not (await self._read(chat, query, before, size)).more
            ):
                return Page((), number, more=False)
        return await self._read(chat, query, number, size)

    async def _read(self, chat: int, query: Query, number: int, size: int) -> Page:
        """A page whose beginning is known."""
        start = self._bookmarks.get((chat, query.id, size, number), Bookmark())
        found, end = await self._fill(chat, query, start, size)
        if end is not None:
            self._bookmarks[chat, query.id, size, number + 1] = end
            if len(self._bookmarks) > BOOKMARKS:
                self._bookmarks.popitem(last=False)
        return Page(tuple(found), number, more=end is not None)

    async def _fill(
        self, chat: int, query: Query, start: Bookmark, size: int
    ) -> tuple[list[Article], Bookmark | None]:
        """A page from there on, and where the next begins; None: there is none."""
        found: list[Article] = []
        told, last = set(start.told), start.before
        wanted = wanted_by(query, self._names)
        async for some, going_on in self.candidates(chat, wanted, start.before):
            async for article, document in analysed(some, self._names):
                if article.story not in told and is_met(query.node, document):
                    if len(found) == size:
                        return found, Bookmark(last, frozenset(told))
                    found.append(article)
                    told.add(article.story)
                last = article.id
            last = going_on
        return found, None if last is None else Bookmark(last, frozenset(told))

    async def candidates(
        self, chat: int, wanted: Wanted, before: int | None = None, most: int = MOST_LOOKED_AT
    ) -> AsyncIterator[tuple[list[Article], int | None]]:
        """Articles that have what is wanted in growing batches, and where the next begins."""
        looked, size = 0, FIRST_LOOK
        going_on: int | None = before
        while looked < most:
            async with self._storage.read() as tx:
                found, going_on = await tx.search.find(wanted, chat, going_on, size)
            yield found, going_on
            if going_on is None:
                return
            looked, size = looked + size, min(size * 2, LONGEST_LOOK)


async def analysed(
    articles: Sequence[Article], names: Names
) -> AsyncIterator[tuple[Article, Document]]:
    """Articles with their analysis; others run in between."""
    for count, article in enumerate(articles, start=1):
        yield article, document_of(article, names)
        if count % SLICE == 0:
            await asyncio.sleep(0)
