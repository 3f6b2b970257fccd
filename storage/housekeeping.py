"""Letting go of what is old, a bounded number of rows at a time."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import (
    alert,
    article,
    chat,
    identity,
    offer,
    prompt,
    query,
    story,
    subscription,
    translation,
)

FORGOTTEN_AFTER = timedelta(days=30)
"""An identity key goes when its source has shown other things for so long without it."""


class Housekeeping:
    """`ports.Housekeeping`. Each method returns how many rows went, at most `limit`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def articles(self, before: datetime, limit: int) -> int:
        """Articles first seen before that; their hits and settled alerts go with them."""
        waits = exists().where(
            alert.c.article == article.c.id, alert.c.sent.is_(None), alert.c.buried.is_(None)
        )
        return await self._delete(article, and_(article.c.seen < before, ~waits), limit)

    async def stories(self, before: datetime, limit: int) -> int:
        """Stories without an article."""
        told = exists().where(article.c.story == story.c.id)
        return await self._delete(story, and_(story.c.created < before, ~told), limit)

    async def translations(self, before: datetime, limit: int) -> int:
        """Translations made before that."""
        old = (
            select(translation.c.key, translation.c.source, translation.c.target)
            .where(translation.c.made < before)
            .limit(limit)
            .subquery()
        )
        same = and_(
            translation.c.key == old.c.key,
            translation.c.source == old.c.source,
            translation.c.target == old.c.target,
        )
        gone = await self._connection.execute(
            delete(translation).where(exists().where(same)).returning(translation.c.key)
        )
        return len(gone.all())

    async def queries(self, before: datetime, limit: int) -> int:
        """Queries that were only searched for, made before that."""
        used = exists().where(subscription.c.query == query.c.id)
        return await self._delete(query, and_(query.c.created < before, ~used), limit)

    async def identities(self, before: datetime, limit: int) -> int:
        """Keys that a source has not shown since before that, though it has shown others since.

        A source that has not changed keeps all of them: their last sight is as old as its change.
        """
        newest = (
            select(identity.c.source, func.max(identity.c.seen).label("seen"))
            .group_by(identity.c.source)
            .subquery()
        )
        since = before + FORGOTTEN_AFTER
        live = select(newest.c.source).where(newest.c.seen >= since)
        rows = await self._connection.execute(
            select(identity.c.source, identity.c.key)
            .where(identity.c.seen < before, identity.c.source.in_(live))
            .limit(limit)
        )
        found = rows.all()
        for row in found:
            await self._connection.execute(
                delete(identity).where(identity.c.source == row.source, identity.c.key == row.key)
            )
        return len(found)

    async def prompts(self, before: datetime) -> int:
        """Questions nobody answered."""
        gone = await self._connection.execute(delete(prompt).where(prompt.c.asked < before))
        return gone.rowcount

    async def offers(self, before: datetime, limit: int) -> int:
        """Feeds that were offered before that."""
        return await self._delete(offer, offer.c.made < before, limit)

    async def gone_chats(self, before: datetime) -> list[int]:
        """Chats that have refused us since before that."""
        rows = await self._connection.scalars(select(chat.c.id).where(chat.c.gone < before))
        return list(rows)

    async def _delete(self, table: Table, which: ColumnElement[bool], limit: int) -> int:
        old = select(table.c.id).where(which).limit(limit)
        gone = await self._connection.execute(
            delete(table).where(table.c.id.in_(old)).returning(table.c.id)
        )
        return len(gone.all())
