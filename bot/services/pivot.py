"""Matching translations: a free phrase has no names in other languages ("ceasefire talks").

Off the hot path: an article rings at once for what its own words meet. Where a chat wants it
(/settings) and an engine is free, the article is queued as well, translated into that chat's
language, and what only the translation meets rings then; the outbox sees to it that no place is
told of a story twice.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.domain.documents import document_of
from bot.domain.languages import NewsLanguages, primary
from bot.domain.model import Article, Pivot
from bot.domain.names import NO_NAMES, Names
from bot.domain.ports import Clock, Storage
from bot.domain.stored import stored_query
from bot.domain.why import meets_translated
from bot.rendering.alert import headline_and_lede
from bot.services.engines import Engines
from bot.services.live_index import LiveIndex

LEASE = 150.0
"""Seconds: longer than an engine's longest answer."""

AT_ONCE = 3
"""Requests to the engines at a time: alerts that wait for theirs come first."""

TRIES = 4
AGAIN = timedelta(minutes=2)
STALE = timedelta(hours=6)
"""After an outage of the engine, news that old is no alert any more."""


class Pivoting:
    """Translates and matches what is queued."""

    def __init__(
        self,
        *,
        storage: Storage,
        engines: Engines,
        index: LiveIndex,
        clock: Clock,
        rung: Callable[[], None],
        news: NewsLanguages = NewsLanguages(),  # noqa: B008 - a frozen value
        names: Names = NO_NAMES,
    ) -> None:
        self._storage = storage
        self._engines = engines
        self._index = index
        self._clock = clock
        self._rung = rung
        self._news = news
        self._names = names
        self._free = asyncio.Semaphore(AT_ONCE)

    async def tick(self, limit: int = 20) -> int:
        """Do up to `limit` of what is queued; returns how many alerts that made."""
        async with self._storage.write() as tx:
            claimed = await tx.pivots.claim(self._clock(), limit, LEASE)
        rung = sum(await asyncio.gather(*map(self._one, claimed)))
        if rung:
            self._rung()
        return rung

    async def _one(self, one: Pivot) -> int:
        stale = one.article.seen < self._clock() - STALE
        found = None if stale else await self._translated(one)
        if found is not None:
            return await self._ring(one, found)
        async with self._storage.write() as tx:
            if stale or one.claim >= TRIES:
                await tx.pivots.done(one)
            else:
                await tx.pivots.postpone(one, self._clock() + AGAIN)
        return 0

    async def _translated(self, one: Pivot) -> Article | None:
        article, source = one.article, primary(one.article.language)
        if source is None:
            return None
        texts = headline_and_lede(article)
        async with self._free:
            found = await self._engines.translate(texts, source, one.target, free=True)
        if found is None:
            return None
        title, lede = found.texts
        return replace(article, title=title, summary=lede, language=one.target)

    async def _ring(self, one: Pivot, translated: Article) -> int:
        (hits,) = await self._index.match_all([translated])
        async with self._storage.write() as tx:
            if not await tx.pivots.done(one):  # another process has it now
                return 0
            fresh = hits - set(await tx.articles.hits(one.article.id))
            texts = {query: await tx.subscriptions.query_text(query) for query in fresh}
            new = self._fitting(texts, one.article)
            await tx.articles.record_hits({one.article.id: new}, translated=True)
            now = self._clock()
            return await tx.alerts.enqueue(
                one.article, sorted(new), now, self._news, pivot=one.target
            )

    def _fitting(self, texts: dict[int, str | None], article: Article) -> set[int]:
        """Those that a translation may meet."""
        document = document_of(article, self._names)
        return {
            query
            for query, text in texts.items()
            if text is not None and meets_translated(stored_query(query, text).node, document)
        }
