"""The figures behind /status."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.figures import DeadLetter, Freshness
from bot.domain.model import Source
from storage.rows import source_of
from storage.schema import CATALOGUE, UNSENT, alert, article, chat, source, subscription

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
LETTERS = 5
"""Dead letters that /status shows."""


class Status:
    """`ports.Status`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def freshness(self, chat_id: int | None, now: datetime) -> Freshness:
        everything = chat_id is None
        seen = true() if everything else source.c.owner.in_([CATALOGUE, chat_id])
        serving = and_(source.c.retired.is_(False), seen)
        ours = true() if everything else alert.c.chat == chat_id
        theirs = true() if everything else subscription.c.chat == chat_id
        newest = select(func.max(article.c.seen)).join(source).where(serving)
        news = select(func.count(article.c.id)).join(source)
        buried = alert.c.buried.is_not(None) & (alert.c.reason != "")
        return Freshness(
            sources=await self._count(_count(source).where(serving)),
            failing=await self._count(_count(source).where(serving, source.c.failures > 0)),
            articles_24h=await self._count(news.where(serving, article.c.seen >= now - DAY)),
            alerts_24h=await self._count(_count(alert).where(ours, alert.c.sent >= now - DAY)),
            queued=await self._count(_count(alert).where(ours, UNSENT)),
            oldest_queued=await self._moment(
                select(func.min(alert.c.created)).where(ours, UNSENT)
            ),
            last_article=await self._moment(newest),
            dead=await self._count(_count(alert).where(ours, buried)),
            subscriptions=await self._count(_count(subscription).where(theirs)),
            chats=await self._count(_count(chat).where(chat.c.gone.is_(None))),
            letters=await self._letters(buried) if everything else (),
        )

    async def _letters(self, buried: ColumnElement[bool]) -> tuple[DeadLetter, ...]:
        """The latest that Telegram refused for good; no word of whom they were for."""
        rows = await self._connection.execute(
            select(article.c.title, alert.c.reason, alert.c.buried)
            .join(article, article.c.id == alert.c.article)
            .where(buried)
            .order_by(alert.c.buried.desc(), alert.c.id.desc())
            .limit(LETTERS)
        )
        return tuple(DeadLetter(row.title, row.reason, row.buried) for row in rows)

    async def alerts_per_hour(self, now: datetime, hours: int) -> list[int]:
        starts = [now - timedelta(hours=hours - n) for n in range(hours)]
        return [
            await self._count(
                _count(alert).where(alert.c.sent >= start, alert.c.sent < start + HOUR)
            )
            for start in starts
        ]

    async def troubled(self, limit: int) -> list[Source]:
        rows = await self._connection.execute(
            select(source)
            .where(
                source.c.owner == CATALOGUE,
                source.c.retired.is_(False),
                source.c.error.is_not(None),
            )
            # Floods fail since never: NULL is first on SQLite and last on PostgreSQL.
            .order_by(source.c.failing.is_(None), source.c.failing, source.c.id)
            .limit(limit)
        )
        return [source_of(row) for row in rows.mappings()]

    async def _count(self, statement: Select[Any]) -> int:
        return int(await self._connection.scalar(statement) or 0)

    async def _moment(self, statement: Select[Any]) -> datetime | None:
        moment: datetime | None = await self._connection.scalar(statement)
        return moment


def _count(table: Any) -> Select[Any]:
    return select(func.count()).select_from(table)
