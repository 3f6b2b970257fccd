"""Articles, their stories, and why they met which query."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.model import Article, Section, Subscription
from storage.rows import article_of, insert_into
from storage.schema import CATALOGUE, UNSENT, alert, article, hit, source, story

WITH_SOURCE = (
    article,
    source.c.title.label("source_title"),
    source.c.owner.label("source_owner"),
)
MOST_OF_A_STORY = 5_000
FIRST = insert(story).returning(story.c.id)
ADD = insert(article).returning(article.c.id)
_ORDER = {str(section): count for count, section in enumerate(Section)}


class Articles:
    """`ports.Articles`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, articles: Sequence[Article]) -> list[Article]:
        return [await self._add(one) for one in articles]

    async def get(self, article_id: int) -> Article | None:
        found = await self._read(_select().where(article.c.id == article_id))
        return found[0] if found else None

    async def latest(
        self, chat: int, *, limit: int, offset: int = 0, source_id: int | None = None
    ) -> list[Article]:
        statement = _newest(chat).where(_leads(chat)).limit(limit).offset(offset)
        if source_id is not None:
            statement = _newest(chat).limit(limit).offset(offset)
            statement = statement.where(article.c.source == source_id)
        return await self._read(statement)

    async def between(
        self, chat: int, start: datetime, end: datetime, *, limit: int, offset: int = 0
    ) -> list[Article]:
        section = case(_ORDER, value=article.c.section, else_=len(_ORDER))
        ids = (
            select(article.c.id, section.label("section"))
            .join(source, source.c.id == article.c.source)
            .where(article.c.shown >= start, article.c.shown < end, _serving(chat))
            .order_by(section, article.c.shown.desc(), article.c.id.desc())
            .limit(limit)
            .offset(offset)
        )
        rows = (await self._connection.scalars(ids)).all()
        found = await self._read(_select().where(article.c.id.in_(rows)))
        return sorted(found, key=lambda one: rows.index(one.id))

    async def of_section(
        self, chat: int, section: Section, *, limit: int, offset: int = 0
    ) -> list[Article]:
        statement = _newest(chat).where(article.c.section == section, _leads(chat))
        return await self._read(statement.limit(limit).offset(offset))

    async def top(self, chat: int, since: datetime, limit: int) -> list[Article]:
        statement = (
            _select()
            .join(story, story.c.id == article.c.story)
            .where(article.c.seen >= since, story.c.size > 1, _serving(chat), _leads(chat))
            .order_by(story.c.size.desc(), article.c.id.desc())
        )
        return await self._read(statement.limit(limit))

    async def outlet_counts(self, stories: Collection[int]) -> dict[int, int]:
        rows = await self._connection.execute(
            select(story.c.id, story.c.size).where(story.c.id.in_(stories))
        )
        return {row.id: row.size for row in rows}

    async def count(self, source_id: int, since: datetime) -> int:
        kept = select(func.count()).where(article.c.source == source_id, article.c.seen >= since)
        return int(await self._connection.scalar(kept) or 0)

    async def first_since(self, chat: int, moment: datetime) -> datetime | None:
        first: datetime | None = await self._connection.scalar(
            select(article.c.seen)
            .join(source, source.c.id == article.c.source)
            .where(_serving(chat), article.c.seen >= moment)
            .order_by(article.c.seen)
            .limit(1)
        )
        return first

    async def of_story(self, chat: int, story_id: int) -> list[Article]:
        told = _select().where(article.c.story == story_id, _serving(chat)).order_by(article.c.id)
        return await self._read(told.limit(MOST_OF_A_STORY))

    async def by_link(self, chat: int, links: Sequence[str]) -> Article | None:
        found = await self._read(_newest(chat).where(article.c.link.in_(links)).limit(1))
        return found[0] if found else None

    async def record_hits(
        self, hits: Mapping[int, Collection[int]], *, translated: bool = False
    ) -> None:
        rows = [
            {"article": article_id, "query": one, "translated": translated}
            for article_id, found in hits.items()
            for one in found
        ]
        if rows:
            await self._connection.execute(_hits(self._connection.dialect.name), rows)

    async def hits(self, article_id: int) -> list[int]:
        rows = await self._connection.scalars(
            select(hit.c.query).where(hit.c.article == article_id).order_by(hit.c.query)
        )
        return list(rows)

    async def rung(self, one: Subscription, *, waiting: int, sent: int) -> list[Article]:
        here = (alert.c.chat == one.place.chat, alert.c.topic == one.place.topic)
        met = exists().where(hit.c.article == alert.c.article, hit.c.query == one.query_id)
        since = or_(alert.c.created >= one.created, met)  # the clock may have been set back
        told = select(alert.c.article).where(*here)
        held = told.where(UNSENT, since).order_by(alert.c.id.desc()).limit(waiting)
        said = told.where(alert.c.sent.is_not(None), met).order_by(alert.c.sent.desc()).limit(sent)
        found = [await self._read(_select().where(article.c.id.in_(ids))) for ids in (held, said)]
        return list({each.id: each for some in found for each in some}.values())

    async def outlets(self, one: Article, chat_id: int) -> tuple[Article, ...]:
        """The first article of each other outlet of its story that serves this chat, in order."""
        firsts = (
            select(func.min(article.c.id))
            .where(article.c.story == one.story, article.c.source != one.source)
            .group_by(article.c.source)
        )
        rows = await self._connection.execute(
            select(*WITH_SOURCE)
            .join(source, source.c.id == article.c.source)
            .where(article.c.id.in_(firsts), source.c.owner.in_([CATALOGUE, chat_id]))
            .order_by(article.c.id)
        )
        return tuple(article_of(row) for row in rows.mappings())

    async def ask_page(self, article_id: int) -> bool:
        asked = await self._connection.execute(
            update(article)
            .where(article.c.id == article_id, article.c.lede.is_(None))
            .values(lede="")
        )
        return asked.rowcount == 1

    async def complete(self, one: Article, now: datetime) -> None:
        await self._connection.execute(
            update(article)
            .where(article.c.id == one.id)
            .values(
                lede=one.lede,
                published=one.published,
                shown=_shown(one),
                section=one.section,
                image=one.image,
                authors=json.dumps(one.authors, ensure_ascii=False),
            )
        )
        await self._connection.execute(
            update(alert)
            .where(alert.c.article == one.id, alert.c.sent.is_not(None))
            .values(edit_at=now.timestamp(), shown=0)
        )

    async def _add(self, one: Article) -> Article:
        story_id = one.story or await self._insert(FIRST, {"created": one.seen})
        values = {
            "source": one.source,
            "story": story_id,
            "key": one.key,
            "title": one.title,
            "link": one.link,
            "summary": one.summary,
            "published": one.published,
            "seen": one.seen,
            "shown": _shown(one),
            "language": one.language,
            "section": one.section,
            "authors": json.dumps(one.authors, ensure_ascii=False),
            "image": one.image,
        }
        article_id = await self._insert(ADD, values)
        return replace(one, id=article_id, story=story_id)

    async def _insert(self, statement: Any, values: Mapping[str, Any]) -> int:
        return int((await self._connection.execute(statement, values)).scalar_one())

    async def _read(self, statement: Select[Any]) -> list[Article]:
        rows = await self._connection.execute(statement)
        return [article_of(row) for row in rows.mappings()]


@lru_cache(maxsize=2)
def _hits(dialect: str) -> Any:
    return insert_into(dialect, hit).on_conflict_do_nothing()


def _shown(one: Article) -> datetime:
    """The moment under which people find it: published, or seen where that cannot be."""
    published = one.published
    return one.seen if published is None or published > one.seen else published


def _select() -> Select[Any]:
    return select(*WITH_SOURCE).join(source, source.c.id == article.c.source)


def _leads(chat: int) -> ColumnElement[bool]:
    """Whether an article is the first of its story that serves this chat."""
    before, its = article.alias("before"), source.alias("its")
    return ~exists().where(
        before.c.story == article.c.story,
        before.c.id < article.c.id,
        its.c.id == before.c.source,
        its.c.owner.in_([CATALOGUE, chat]),
    )


def _serving(chat: int) -> ColumnElement[bool]:
    return source.c.owner.in_([CATALOGUE, chat])


def _newest(chat: int) -> Select[Any]:
    return _select().where(_serving(chat)).order_by(article.c.seen.desc(), article.c.id.desc())
