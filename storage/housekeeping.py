"""Letting go of what is old: found by reading, dropped by key; no search holds the writer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, exists, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.retaining import Stale
from storage.schema import (
    alert,
    article,
    chat,
    identity,
    offer,
    prompt,
    query,
    source,
    story,
    subscription,
    translation,
)

FORGOTTEN_AFTER = timedelta(days=30)
"""An identity key goes when its source has shown new things for so long without it."""

_TABLES: dict[Stale, Table] = {
    Stale.ARTICLES: article,
    Stale.STORIES: story,
    Stale.TRANSLATIONS: translation,
    Stale.IDENTITIES: identity,
    Stale.QUERIES: query,
    Stale.OFFERS: offer,
}


class Housekeeping:
    """`ports.Housekeeping`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def stale(self, what: Stale, before: datetime, limit: int) -> list[tuple[Any, ...]]:
        keys = _TABLES[what].primary_key.columns
        rows = await self._connection.execute(
            select(*keys).where(_is_stale(what, before)).limit(limit)
        )
        return [tuple(row) for row in rows]

    async def drop(self, what: Stale, keys: Sequence[tuple[Any, ...]], before: datetime) -> int:
        table = _TABLES[what]
        named = tuple_(*table.primary_key.columns).in_(keys)
        gone = await self._connection.execute(delete(table).where(named, _is_stale(what, before)))
        return gone.rowcount

    async def prompts(self, before: datetime) -> int:
        """Questions nobody answered."""
        gone = await self._connection.execute(delete(prompt).where(prompt.c.asked < before))
        return gone.rowcount

    async def gone_chats(self, before: datetime) -> list[int]:
        """Chats that have refused us since before that."""
        rows = await self._connection.scalars(select(chat.c.id).where(chat.c.gone < before))
        return list(rows)


def _is_stale(what: Stale, before: datetime) -> ColumnElement[bool]:
    """Which rows are old and needed by nobody; hits and settled alerts go with their articles."""
    match what:
        case Stale.ARTICLES:
            unsent = and_(alert.c.sent.is_(None), alert.c.buried.is_(None))
            waits = exists().where(alert.c.article == article.c.id, unsent)
            return and_(article.c.seen < before, ~waits)
        case Stale.STORIES:
            told = exists().where(article.c.story == story.c.id)
            return and_(story.c.created < before, ~told)
        case Stale.TRANSLATIONS:
            return translation.c.made < before
        case Stale.IDENTITIES:  # a source that brings nothing new may show all of them again
            lively = select(source.c.id).where(source.c.news >= before + FORGOTTEN_AFTER)
            return and_(identity.c.seen < before, identity.c.source.in_(lively))
        case Stale.QUERIES:
            used = exists().where(subscription.c.query == query.c.id)
            return and_(query.c.created < before, ~used)
        case Stale.OFFERS:
            return offer.c.made < before
