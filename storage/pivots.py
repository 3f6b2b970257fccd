"""Articles whose translations are still to be matched, and whom that concerns."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.languages import News, primary
from bot.domain.model import Article, Pivot
from bot.domain.translating import worth_translating
from storage import claims
from storage.articles import WITH_SOURCE
from storage.rows import article_of, insert
from storage.schema import article, chat, hit, pivot, source, subscription


class Pivots:
    """`ports.Pivots`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def queue(self, articles: Sequence[Article], now: datetime) -> int:
        if not articles:
            return 0
        there = and_(chat.c.pivot, chat.c.gone.is_(None), chat.c.news != News.OWN)
        locales = await self._connection.scalars(select(chat.c.locale).where(there).distinct())
        targets = sorted({code for one in locales if (code := primary(one)) is not None})
        rows = [
            {"article": one.id, "target": target, "due": now.timestamp(), "claim": 0}
            for one in articles
            for target in targets
            if worth_translating(one.language, target)
        ]
        if rows:
            statement = insert(self._connection, pivot).on_conflict_do_nothing()
            await self._connection.execute(statement, rows)
        return len(rows)

    async def claim(self, now: datetime, limit: int, seconds: float) -> list[Pivot]:
        rows = await claims.claim(self._connection, pivot, now.timestamp(), limit, seconds)
        about = await self._articles([row["article"] for row in rows])
        return [
            Pivot(
                id=row["id"],
                article=about[row["article"]],
                target=row["target"],
                claim=row["claim"],
            )
            for row in rows
            if row["article"] in about
        ]

    async def done(self, one: Pivot) -> bool:
        gone = await self._connection.execute(
            delete(pivot).where(pivot.c.id == one.id, pivot.c.claim == one.claim)
        )
        return gone.rowcount == 1

    async def postpone(self, one: Pivot, due: datetime) -> bool:
        return await claims.release(
            self._connection, pivot, one.id, one.claim, due=due.timestamp()
        )

    async def _articles(self, ids: Sequence[int]) -> dict[int, Article]:
        rows = await self._connection.execute(
            select(*WITH_SOURCE)
            .join(source, source.c.id == article.c.source)
            .where(article.c.id.in_(ids))
        )
        return {row["id"]: article_of(row) for row in rows.mappings()}


def hit_counts() -> ColumnElement[bool]:
    """Whether a hit counts for a subscription: it is the original's, or its chat wants both.

    A query that names its language wants articles written in it.
    """
    wanted = exists().where(chat.c.id == subscription.c.chat, chat.c.pivot)
    return or_(hit.c.translated.is_(False), and_(subscription.c.worldwide.is_(False), wanted))
