"""Trends: what headlines of the last two weeks had in common, kept in memory."""

import asyncio
import gc
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.documents import document_of
from bot.domain.errors import ChartError, QueryError
from bot.domain.grammar import parse
from bot.domain.languages import primary
from bot.domain.model import Article
from bot.domain.names import NO_NAMES, Names
from bot.domain.ports import Clock, Storage
from bot.domain.query import Query
from bot.domain.trends import (
    DAY,
    LEAST_HISTORY,
    WEEK,
    Steps,
    Told,
    Trend,
    counting,
    terms_of,
    told_by,
)

log = logging.getLogger(__name__)

EVERYBODY = 0
"""No chat has this id: what serves it is the catalogue."""

KEPT = 2 * WEEK + timedelta(days=1)
ASKED = timedelta(hours=1)
"""So long after a question its answer is kept fresh."""

SELDOM = timedelta(hours=1)
"""How old an answer may become that nobody asks for: who does has it at once, with its time."""

SLICE = 10
"""Headlines read before others may run: 1 to 4 ms."""

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
    picture: bytes | None = None
    """None: it could not be drawn, or there is nothing to draw."""


Draw = Callable[[Trends], Awaitable[bytes]]


class Trending:
    """Counts beside everything else; who asks gets what was counted last."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        names: Names = NO_NAMES,
        languages: Iterable[str] = ("en",),
        draw: Draw | None = None,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._names = names
        self._draw = draw
        self._told: deque[Told] = deque()
        self._last = 0
        self._answers: dict[_Key, Trends] = {}
        self._asked: dict[_Key, datetime] = {}
        self._keys: list[_Key] = [(span, one) for span in (DAY, WEEK) for one in sorted(languages)]

    async def of(self, span: timedelta, language: str | None) -> Trends | None:
        """What rises within `span` for readers of a language; None: it is still being counted."""
        now, key = self._clock(), (span, primary(language))
        self._asked[key] = now
        known = self._answers.get(key)
        if known is None:
            async with self._storage.read() as tx:
                first = await tx.articles.first_since(EVERYBODY, now - KEPT)
            if _is_young(first, now):
                return Trends((), span, now, young=True)
        return known

    async def tick(self) -> None:
        """Read what is new, and count anew what is too old."""
        await self._read(self._clock())
        for key in self._due(self._clock()):
            await self._answer(key)

    def _due(self, now: datetime) -> list[_Key]:
        """Whose answers are to be renewed, those first that somebody waits for."""
        self._asked = {key: at for key, at in self._asked.items() if now - at <= ASKED}
        keys = dict.fromkeys((*self._asked, *self._keys))
        return [key for key in keys if self._is_due(key, now)]

    def _is_due(self, key: _Key, now: datetime) -> bool:
        known = self._answers.get(key)
        return known is None or now - known.at > (fresh(key[0]) if key in self._asked else SELDOM)

    async def _answer(self, key: _Key) -> None:
        now, (span, language) = self._clock(), key
        young = _is_young(self._told[0].seen if self._told else None, now)
        found = await _in_steps(counting(tuple(self._told), now, span, language))
        trends = Trends(self._named(found), span, now, young)
        self._answers[key] = replace(trends, picture=await self._drawn(trends))

    async def _drawn(self, trends: Trends) -> bytes | None:
        if self._draw is None or trends.young or not trends.rises:
            return None
        try:
            return await self._draw(trends)
        except ChartError:
            log.warning("the picture of what rises could not be drawn: it goes without")
            return None

    async def keep(self, trends: Trends) -> None:
        """Remember the queries, so that buttons can name them."""
        async with self._storage.write() as tx:
            for one in trends.rises:
                await tx.subscriptions.keep_query(one.query, self._clock())

    async def _read(self, now: datetime) -> None:
        """Take in what is new; at the start two weeks, which the garbage collector need not see.

        In 165,000 headlines it would look for 20 ms and more, again and again while they come.
        """
        starting = not self._last
        while True:
            async with self._storage.read() as tx:
                found = await tx.stories.after(self._last, now - KEPT)
            if not found:
                break
            for count, article in enumerate(found):
                self._take_in(article)
                if count % SLICE == 0:
                    await asyncio.sleep(0)
            if starting:
                gc.collect(1)  # what is frozen is never looked at again: no garbage with it
                gc.freeze()
        while self._told and self._told[0].seen < now - KEPT:
            self._told.popleft()

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


def fresh(span: timedelta) -> timedelta:
    """How old an answer may become that people ask for: 5 minutes of a day, 35 of a week."""
    return span / 288


def _is_young(first: datetime | None, now: datetime) -> bool:
    return first is None or now - first < LEAST_HISTORY


async def _in_steps(steps: Steps[list[Trend]]) -> list[Trend]:
    """The result of some work; others run between its steps."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: list[Trend] = end.value
            return found
        await asyncio.sleep(0)
