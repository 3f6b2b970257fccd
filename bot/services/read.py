"""The paper: what there is to read."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.candidates import wanted_like
from bot.domain.documents import document_of
from bot.domain.figures import Preview
from bot.domain.grammar import parse
from bot.domain.languages import NewsLanguages
from bot.domain.model import Article, Section
from bot.domain.names import NO_NAMES, Names
from bot.domain.outlets import source_query
from bot.domain.paging import LAST_PAGE
from bot.domain.ports import Clock, Storage
from bot.domain.query import Query
from bot.domain.related import related
from bot.domain.stored import stored_query
from bot.services.preview import DryRun
from bot.services.searching import Page, Searching, analysed

PAGE = 8
"""Articles a page: what fits a phone's screen without scrolling far."""

LIKE = 150
"""Articles among which "You may like" chooses: the newest that share two words with one."""


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
        self._names = names
        self._searching = Searching(storage, names)
        self._dry_run = DryRun(storage, self._searching, clock, names, news)

    async def preview(self, chat: int, query: Query) -> Preview:
        """The dry run: what the query would have rung for in 24 h, and what to try instead."""
        return await self._dry_run.of(chat, query)

    async def whole_source(self, chat: int, text: str) -> Query | None:
        """The query for all that the source of this name publishes; None: none is called so."""
        async with self._storage.read() as tx:
            known = await tx.sources.names(chat)
        asked = source_query(text, known)
        return None if asked is None else parse(asked)

    async def latest(
        self, chat: int, page: int, query: Query | None = None, *, size: int = PAGE
    ) -> Page:
        """A page of the newest stories, of all or of those that meet the query."""
        page = min(page, LAST_PAGE)
        if query is not None:
            return await self._searching.page(chat, query, page, size)
        async with self._storage.read() as tx:
            found = await tx.articles.latest(chat, limit=size + 1, offset=page * size)
        return Page(tuple(found[:size]), page, len(found) > size)

    async def day(self, chat: int, day: date, page: int, *, size: int = PAGE) -> Page:
        """A page of what a day (UTC) brought, by section, newest first within each."""
        start = datetime.combine(day, time(), UTC)
        async with self._storage.read() as tx:
            found = await tx.articles.between(
                chat, start, start + timedelta(days=1), limit=size + 1, offset=page * size
            )
        return Page(tuple(found[:size]), page, len(found) > size)

    async def section(self, chat: int, section: Section, page: int, *, size: int = PAGE) -> Page:
        """A page of a section's newest articles."""
        page = min(page, LAST_PAGE)
        async with self._storage.read() as tx:
            found = await tx.articles.of_section(chat, section, limit=size + 1, offset=page * size)
        return Page(tuple(found[:size]), page, len(found) > size)

    async def story(self, chat: int, story: int) -> list[Article]:
        """A story's articles, oldest first; none: there is no such story here."""
        async with self._storage.read() as tx:
            return await tx.articles.of_story(chat, story)

    async def outlets(self, articles: Sequence[Article]) -> dict[int, int]:
        """How many outlets tell these articles' stories, by the story."""
        async with self._storage.read() as tx:
            return await tx.articles.outlet_counts({one.story for one in articles})

    async def related(self, chat: int, article_id: int) -> tuple[Article, list[Article]] | None:
        """An article that serves this chat, and what its reader may like; None: no such one."""
        async with self._storage.read() as tx:
            article = await tx.articles.get(article_id)
            if article is None or article.source_owner not in (None, chat):
                return None
            document = document_of(article, self._names)
            wanted = wanted_like(document)
            if wanted is None:
                return article, []
            others, _ = await tx.search.find(wanted, chat, None, LIKE)
        rest = [one for one in others if one.id != article_id]
        return article, related(
            article, document, [one async for one in analysed(rest, self._names)]
        )

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
