"""Trends: what headlines of the last two weeks had in common, kept in memory."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.documents import document_of
from bot.domain.errors import QueryError
from bot.domain.grammar import parse
from bot.domain.languages import primary
from bot.domain.model import Article
from bot.domain.names import NO_NAMES, Names
from bot.domain.ports import Clock, Storage
from bot.domain.query import Query
from bot.domain.trends import LEAST_HISTORY, WEEK, Told, Trend, rising, terms_of, told_by

KEPT = 2 * WEEK + timedelta(days=1)
FRESH = timedelta(minutes=5)
"""How long an answer is given again."""

AHEAD = timedelta(minutes=1)
"""So long before an answer is too old, the next is worked out: twice the time between ticks."""

LATELY = timedelta(hours=1)
SLICE = 25
"""Headlines read before others may run: about 10 ms."""

_Key = tuple[timedelta, str | None]


@dataclass(frozen=True, slots=True)
class Rise:
    """A trend with its name for people, and the query that finds its stories."""

    trend: Trend
    label: str
    query: Query


@dataclass(frozen=True, slots=True)
class Trends:
    """What rises; `young`: the archive does not know yet what is usual."""

    rises: tuple[Rise, ...]
    span: timedelta
    at: datetime
    young: bool = False


Draw = Callable[[Trends], Awaitable[bytes]]


class Trending:
    """Reads new headlines when asked, and remembers its answers for minutes."""

    def __init__(self, storage: Storage, clock: Clock, names: Names = NO_NAMES) -> None:
        self._storage = storage
        self._clock = clock
        self._names = names
        self._told: deque[Told] = deque()
        self._last = 0
        self._answers: dict[_Key, Trends] = {}
        self._pictures: dict[_Key, tuple[datetime, bytes]] = {}
        self._asked: dict[_Key, datetime] = {}
        self._reading = asyncio.Lock()
        self._loaded = False

    async def of(self, span: timedelta, language: str | None) -> Trends:
        """What rises within `span` for readers of a language."""
        now, key = self._clock(), (span, primary(language))
        self._asked[key] = now
        known = self._answers.get(key)
        if known is None or now - known.at > FRESH:
            await self._read(now)
            known = await self._answer(key, now)
        return known

    async def at_hand(self, span: timedelta, language: str | None) -> Trends | None:
        """The same for who would not wait; None: the headlines are still being read."""
        return await self.of(span, language) if self._loaded else None

    async def tick(self) -> None:
        """Read what is new, and answer anew what was asked lately: nobody has to wait for it."""
        now = self._clock()
        await self._read(now)
        for key, asked in list(self._asked.items()):
            if now - asked > LATELY:
                del self._asked[key]
            elif key in self._answers and now - self._answers[key].at > FRESH - AHEAD:
                await self._answer(key, now)

    async def _answer(self, key: _Key, now: datetime) -> Trends:
        span, language = key
        found = await asyncio.to_thread(rising, tuple(self._told), now, span, language)
        known = self._answers[key] = Trends(self._named(found), span, now, self._young(now))
        return known

    async def picture(self, trends: Trends, language: str | None, draw: Draw) -> bytes:
        """The picture of an answer, drawn once."""
        key = (trends.span, primary(language))
        at, drawn = self._pictures.get(key, (None, b""))
        if at != trends.at:
            drawn = await draw(trends)
            self._pictures[key] = (trends.at, drawn)
        return drawn

    async def keep(self, trends: Trends) -> None:
        """Remember the queries, so that buttons can name them."""
        async with self._storage.write() as tx:
            for one in trends.rises:
                await tx.subscriptions.keep_query(one.query, self._clock())

    def _young(self, now: datetime) -> bool:
        return not self._told or now - self._told[0].seen < LEAST_HISTORY

    async def _read(self, now: datetime) -> None:
        async with self._reading:
            while True:
                async with self._storage.read() as tx:
                    found = await tx.stories.after(self._last, now - KEPT)
                if not found:
                    break
                for count, article in enumerate(found):
                    self._take_in(article)
                    if count % SLICE == 0:
                        await asyncio.sleep(0)
            while self._told and self._told[0].seen < now - KEPT:
                self._told.popleft()
            self._loaded = True

    def _take_in(self, article: Article) -> None:
        """What a chat's own source says is not everybody's trend."""
        self._last = max(self._last, article.id)
        if article.source_owner is None:
            document = document_of(article, self._names)
            terms = terms_of(document)
            self._told.append(told_by(article, terms, document.language))

    def _named(self, found: list[Trend]) -> tuple[Rise, ...]:
        rises = []
        for one in found:
            label, asked = self._words(one.term)
            try:
                rises.append(Rise(one, label, parse(asked)))
            except QueryError:  # a term that is no query cannot be followed, so it is left out
                continue
        return tuple(rises)

    def _words(self, term: str) -> tuple[str, str]:
        """How a term is called, and asked for."""
        if term.startswith("@"):
            label = self._names.main(term[1:])
            return label, f'"{label}"' if " " in label else label
        return term, f'"{term}"' if " " in term else term
