"""What people and operators do with sources, beside reading them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, Select, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.model import Source, SourceHealth
from bot.domain.standing import Standing
from storage.rows import insert, source_of
from storage.schema import CATALOGUE, UNSENT, alert, article, offer, report, source

HEALTH_DAYS = 7


class Sourcing:
    """`ports.Sourcing`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def health(self, source_id: int, now: datetime) -> SourceHealth | None:
        rows = await self._connection.execute(with_recent(now).where(source.c.id == source_id))
        row = rows.mappings().first()
        return None if row is None else health_of(row, now)

    async def foreign(self, chat: int, now: datetime) -> list[SourceHealth]:
        rows = await self._connection.execute(
            with_recent(now)
            .where(source.c.owner.not_in([CATALOGUE, chat]), source.c.retired.is_(False))
            .order_by(source.c.title, source.c.id)
        )
        return [health_of(row, now) for row in rows.mappings()]

    async def report(self, source_id: int, chat: int, now: datetime) -> bool:
        made = await self._connection.execute(
            insert(self._connection, report)
            .values(source=source_id, chat=chat, made=now)
            .on_conflict_do_nothing()
            .returning(report.c.source)
        )
        return made.first() is not None

    async def reports(self, source_id: int) -> int:
        counted = select(func.count()).where(report.c.source == source_id)
        return await self._connection.scalar(counted) or 0

    async def judge(self, source_id: int, standing: Standing, now: datetime) -> bool:
        judged = await self._connection.execute(
            update(source)
            .where(source.c.id == source_id)
            .values(standing=standing, retired=standing is Standing.RETIRED, due=now.timestamp())
        )
        if standing is not Standing.GOOD:
            told = select(article.c.id).where(article.c.source == source_id)
            await self._connection.execute(
                update(alert)
                .where(alert.c.article.in_(told), UNSENT)
                .values(buried=now, reason="")
            )
        return judged.rowcount == 1

    async def promote(self, source_id: int) -> Source | None:
        twin = source.alias("twin")
        taken = exists().where(
            twin.c.url == source.c.url, twin.c.owner == CATALOGUE, twin.c.id != source.c.id
        )
        rows = await self._connection.execute(
            update(source)
            .where(source.c.id == source_id, source.c.owner != CATALOGUE, ~taken)
            .values(owner=CATALOGUE, promoted=True)
            .returning(source)
        )
        row = rows.mappings().first()
        return None if row is None else source_of(row)

    async def copies(self, of: Source) -> list[Source]:
        rows = await self._connection.execute(
            select(source).where(
                source.c.url == of.url,
                source.c.owner != CATALOGUE,
                source.c.id != of.id,
                source.c.retired.is_(False),
            )
        )
        return [source_of(row) for row in rows.mappings()]

    async def drop(self, source_id: int, chat: int) -> Source | None:
        rows = await self._connection.execute(
            update(source)
            .where(source.c.id == source_id, source.c.owner == chat, source.c.retired.is_(False))
            .values(retired=True)
            .returning(source)
        )
        row = rows.mappings().first()
        return None if row is None else source_of(row)

    async def offer(self, chat: int, urls: Sequence[str], now: datetime) -> list[int]:
        numbers = []
        for url in urls:
            rows = await self._connection.execute(
                insert(self._connection, offer)
                .values(chat=chat, url=url, made=now)
                .returning(offer.c.id)
            )
            numbers.append(int(rows.scalar_one()))
        return numbers

    async def offered(self, chat: int, number: int) -> str | None:
        url: str | None = await self._connection.scalar(
            select(offer.c.url).where(offer.c.id == number, offer.c.chat == chat)
        )
        return url


def with_recent(now: datetime) -> Select[tuple[object, ...]]:
    """Sources, each with how many articles it brought within HEALTH_DAYS, as `recent`."""
    recent = (
        select(func.count())
        .where(
            article.c.source == source.c.id, article.c.seen >= now - timedelta(days=HEALTH_DAYS)
        )
        .scalar_subquery()
    )
    return select(source, recent.label("recent"))


def health_of(row: RowMapping, now: datetime) -> SourceHealth:
    """A row of `with_recent`; what is known for less than HEALTH_DAYS has had less time."""
    known = source_of(row)
    days = (now - (known.first_polled or now)) / timedelta(days=1)
    return SourceHealth(source=known, per_day=row["recent"] / min(max(days, 1), HEALTH_DAYS))
