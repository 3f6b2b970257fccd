"""The paper: what there is to read."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.documents import Document, document_of
from bot.domain.languages import NewsLanguages, names_language, rings
from bot.domain.matching import is_met
from bot.domain.model import Article, Preview, Proposal, Section
from bot.domain.names import NO_NAMES, Names
from bot.domain.ports import Clock, Storage
from bot.domain.proposals import narrower, wider
from bot.domain.query import Query
from bot.domain.related import related
from bot.domain.stored import stored_query

PAGE = 8
"""Articles a page: what fits a phone's screen without scrolling far."""

DRY_RUN = timedelta(hours=24)
EXAMPLES = 3
SCAN = 5_000
"""Articles that one question may look through: two days of the shipped catalogue."""

SLICE = 25
"""Articles examined before others may run: about 5 ms (0.2 ms an article)."""

MANY_A_DAY = 50
"""More alerts than that a day, and a narrower form is proposed."""

PROPOSALS = 2
RELATED_SPAN = timedelta(days=3)
RELATED_SCAN = 2_000
"""Articles that "You may like" looks through: about 0.3 s at worst, in slices."""
LEAST_SPAN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of articles, newest first; `number` counts from 0."""

    articles: tuple[Article, ...]
    number: int
    more: bool


class Reader:
    """Answers from the archive, always of the sources that serve the asking chat."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        news: NewsLanguages = NewsLanguages(),  # noqa: B008 - a frozen value
        names: Names = NO_NAMES,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._news = news
        self._names = names

    async def preview(self, chat: int, query: Query) -> Preview:
        """The dry run: what the query would have rung for in 24 h, and what to try instead."""
        now = self._clock()
        async with self._storage.read() as tx:
            articles = await tx.articles.since(chat, now - DRY_RUN, SCAN)
            asking = await tx.chats.get(chat)
        if asking is not None and not names_language(query.node):
            articles = [
                one
                for one in articles
                if rings(one.language, asking.news, asking.locale, self._news)
            ]
        analysed = self._analysed(articles)
        hits = [one async for one, document in analysed if is_met(query.node, document)]
        per_day = len(hits) * (DRY_RUN / _span(articles, now))
        return Preview(
            count=len(hits),
            hits=tuple(hits[:EXAMPLES]),
            capped=len(articles) >= SCAN,
            per_day=round(per_day),
            proposals=await self._proposals(query, articles, hits, per_day),
        )

    async def latest(
        self, chat: int, page: int, query: Query | None = None, *, size: int = PAGE
    ) -> Page:
        """A page of the newest articles, of all or of those that meet the query."""
        first = page * size
        async with self._storage.read() as tx:
            if query is None:
                found = await tx.articles.latest(chat, limit=size + 1, offset=first)
            else:
                newest = await tx.articles.latest(chat, limit=SCAN)
        if query is not None:
            met = [one async for one, text in self._analysed(newest) if is_met(query.node, text)]
            found = met[first : first + size + 1]
        return Page(tuple(found[:size]), page, len(found) > size)

    async def day(self, chat: int, day: date, page: int, *, size: int = PAGE) -> Page:
        """A page of what a day (UTC) brought, by section, newest first within each."""
        start = datetime.combine(day, time(), UTC)
        async with self._storage.read() as tx:
            found = await tx.articles.between(chat, start, start + timedelta(days=1))
        order = [*Section, None]
        found.sort(key=lambda one: order.index(one.section))
        first = page * size
        return Page(tuple(found[first : first + size]), page, len(found) > first + size)

    async def section(self, chat: int, section: Section, page: int, *, size: int = PAGE) -> Page:
        """A page of a section's newest articles."""
        async with self._storage.read() as tx:
            found = await tx.articles.of_section(chat, section, limit=size + 1, offset=page * size)
        return Page(tuple(found[:size]), page, len(found) > size)

    async def story(self, chat: int, story: int) -> list[Article]:
        """A story's articles, oldest first; none: there is no such story here."""
        async with self._storage.read() as tx:
            return await tx.articles.of_story(chat, story)

    async def related(self, chat: int, article_id: int) -> tuple[Article, list[Article]] | None:
        """An article that serves this chat, and what its reader may like; None: no such one."""
        async with self._storage.read() as tx:
            article = await tx.articles.get(article_id)
            if article is None or article.source_owner not in (None, chat):
                return None
            others = await tx.articles.since(chat, article.seen - RELATED_SPAN, RELATED_SCAN)
        rest = [one for one in others if one.id != article_id]
        pairs = [pair async for pair in self._analysed(rest)]
        return article, related(article, document_of(article, self._names), pairs)

    async def related_to_message(
        self, chat: int, message_id: int
    ) -> tuple[Article, list[Article]] | None:
        """The same for the alert that this message told."""
        async with self._storage.read() as tx:
            alert = await tx.alerts.by_message(chat, message_id)
        return None if alert is None else await self.related(chat, alert.article)

    def today(self) -> date:
        """The date in UTC."""
        return self._clock().date()

    async def keep(self, query: Query) -> None:
        """Remember a query by its id, so that the next page's button can name it."""
        async with self._storage.write() as tx:
            await tx.subscriptions.keep_query(query, self._clock())

    async def kept(self, query_id: int) -> Query | None:
        """The query kept under this id."""
        async with self._storage.read() as tx:
            text = await tx.subscriptions.query_text(query_id)
        return None if text is None else stored_query(query_id, text)

    async def _analysed(
        self, articles: Sequence[Article]
    ) -> AsyncIterator[tuple[Article, Document]]:
        """Articles with their analysis; others run in between."""
        for count, article in enumerate(articles):
            if count % SLICE == SLICE - 1:
                await asyncio.sleep(0)
            yield article, document_of(article, self._names)

    async def _proposals(
        self, query: Query, articles: Sequence[Article], hits: Sequence[Article], per_day: float
    ) -> tuple[Proposal, ...]:
        """Forms that would have rung, when none did, or for less, when it was too much."""
        if hits and per_day <= MANY_A_DAY:
            return ()
        sections = Counter(one.section for one in hits if one.section)
        common = next((section for section, _ in sections.most_common(1)), None)
        forms = narrower(query, common) if hits else wider(query)
        counts: Counter[str] = Counter()
        async for _, document in self._analysed(hits or articles):
            counts.update(one.text for one in forms if is_met(one.node, document))
        most = len(hits) or len(articles) + 1
        useful = [Proposal(text, count) for text, count in counts.items() if count < most]
        return tuple(sorted(useful, key=lambda one: (one.count, one.text))[:PROPOSALS])


def _span(articles: Sequence[Article], now: datetime) -> timedelta:
    """The time that these articles, newest first, tell of: a young archive's is short."""
    oldest = articles[-1].seen if articles else now - DRY_RUN
    return min(max(now - oldest, LEAST_SPAN), DRY_RUN)
