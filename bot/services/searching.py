"""Search in the whole archive: the index finds candidates newest first, the matcher decides.

Candidates are looked at in batches until a page is full, so that a word in every second article
costs no more than a rare one. Where a page ended is remembered, so that turning on looks at
nothing twice.
"""

import asyncio
from array import array
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field

from bot.domain.candidates import Wanted, wanted_by
from bot.domain.documents import Document, document_of
from bot.domain.matching import is_met
from bot.domain.model import Article
from bot.domain.names import NO_NAMES, Names
from bot.domain.ports import Storage
from bot.domain.query import Query

SLICE = 10
"""Articles examined before others may run: 2 ms, 7 where no word was seen before."""

FIRST_LOOK, LONGEST_LOOK = 24, 100
"""Candidates of the first batch, and of the last: each is twice the one before."""

MOST_LOOKED_AT = 500
"""Candidates for one page: 0.2 s (bench_archive). What is behind them is on the next page."""

BOOKMARKS = 2_000
TOLD = 500
"""Stories that a bookmark remembers as told, 4 kB: later articles of one come close behind it."""


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
    told: "array[int]" = field(default_factory=lambda: array("q"))


class Searching:
    """Pages of what meets a query, each story once."""

    def __init__(self, storage: Storage, names: Names = NO_NAMES) -> None:
        self._storage = storage
        self._names = names
        self._bookmarks: OrderedDict[tuple[int, int, int, int], Bookmark] = OrderedDict()

    async def page(self, chat: int, query: Query, number: int, size: int) -> Page:
        """A page of the articles that meet the query, of the sources that serve `chat`.

        Where nobody remembers its beginning, the pages before it are read; where that takes too
        long, the page come to so far is the answer.
        """
        at = number
        while at and (chat, query.id, size, at) not in self._bookmarks:
            at -= 1
        looked = 0
        while True:
            page, candidates = await self._read(chat, query, at, size)
            looked += candidates
            if at == number or looked >= MOST_LOOKED_AT:
                return page
            if not page.more:
                return Page((), number, more=False)
            at += 1

    async def _read(self, chat: int, query: Query, number: int, size: int) -> tuple[Page, int]:
        """A page whose beginning is known, and how many candidates were looked at for it."""
        start = self._bookmarks.get((chat, query.id, size, number), Bookmark())
        found, end, looked = await self._fill(chat, query, start, size)
        if end is not None:
            self._bookmarks[chat, query.id, size, number + 1] = end
            if len(self._bookmarks) > BOOKMARKS:
                self._bookmarks.popitem(last=False)
        return Page(tuple(found), number, more=end is not None), looked

    async def _fill(
        self, chat: int, query: Query, start: Bookmark, size: int
    ) -> tuple[list[Article], Bookmark | None, int]:
        """A page from there on, where the next begins (or None), and how many were looked at."""
        found: list[Article] = []
        told, last, looked = dict.fromkeys(start.told), start.before, 0
        wanted = wanted_by(query, self._names)
        async for some, going_on in self.candidates(chat, wanted, start.before):
            looked += len(some)
            async for article, document in analysed(some, self._names):
                if article.story not in told and is_met(query.node, document):
                    if len(found) == size:
                        return found, _bookmark(last, told), looked
                    found.append(article)
                    told[article.story] = None
                last = article.id
            last = going_on
        return found, None if last is None else _bookmark(last, told), looked

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


def _bookmark(before: int | None, told: Iterable[int]) -> Bookmark:
    return Bookmark(before, array("q", list(told)[-TOLD:]))
