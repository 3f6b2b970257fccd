"""What places care about."""

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.languages import names_language
from bot.domain.model import Place, Subscription
from bot.domain.query import Query
from storage.rows import chunks, insert, subscription_of
from storage.schema import query, subscription
from storage.types import UtcDateTime

BATCH = 4_000
SUBSCRIBED = select(query.c.id, query.c.text).where(
    exists().where(subscription.c.query == query.c.id)
)
SINCE = SUBSCRIBED.where(query.c.created >= bindparam("moment", type_=UtcDateTime))


class Subscriptions:
    """`ports.Subscriptions`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self, place: Place, typed: str, asked: Query, now: datetime
    ) -> tuple[Subscription, bool]:
        await self.keep_query(asked, now)
        values = {
            "chat": place.chat,
            "topic": place.topic,
            "query": asked.id,
            "typed": typed,
            "created": now,
            "worldwide": names_language(asked.node),
        }
        rows = await self._connection.execute(
            insert(self._connection, subscription)
            .values(values)
            .on_conflict_do_nothing()
            .returning(subscription.c.id)
        )
        created = rows.scalar_one_or_none() is not None
        found = await self._read(_of(place).where(subscription.c.query == asked.id))
        return found[0], created

    async def get(self, place: Place, subscription_id: int) -> Subscription | None:
        found = await self._read(_of(place).where(subscription.c.id == subscription_id))
        return found[0] if found else None

    async def of_chat(self, chat: int) -> list[Subscription]:
        there = with_text().where(subscription.c.chat == chat)
        return await self._read(there.order_by(subscription.c.created, subscription.c.id))

    async def of_place(self, place: Place) -> list[Subscription]:
        return await self._read(_of(place).order_by(subscription.c.created, subscription.c.id))

    async def update(self, changed: Subscription) -> bool:
        result = await self._connection.execute(
            update(subscription)
            .where(subscription.c.id == changed.id, *_at(changed.place))
            .values(
                when=changed.when, silent=changed.silent, form=changed.form, urgent=changed.urgent
            )
        )
        return result.rowcount == 1

    async def ask_instead(self, one: Subscription, asked: Query, now: datetime) -> None:
        await self.keep_query(asked, now)
        await self._connection.execute(
            update(subscription)
            .where(subscription.c.id == one.id, *_at(one.place))
            .values(query=asked.id, worldwide=names_language(asked.node))
        )

    async def remove(self, place: Place, subscription_id: int) -> Subscription | None:
        removed = await self.get(place, subscription_id)
        if removed is not None:
            await self._connection.execute(
                delete(subscription).where(subscription.c.id == subscription_id, *_at(place))
            )
        return removed

    async def remove_all(self, place: Place) -> int:
        result = await self._connection.execute(delete(subscription).where(*_at(place)))
        return result.rowcount

    async def queries(self, batch: int = BATCH) -> AsyncIterator[list[tuple[int, str]]]:
        last: int | None = None
        while True:
            statement = SUBSCRIBED.order_by(query.c.id).limit(batch)
            if last is not None:
                statement = statement.where(query.c.id > last)
            rows = [(one, text) for one, text in await self._connection.execute(statement)]
            if not rows:
                return
            last = rows[-1][0]
            yield rows

    async def queries_since(self, moment: datetime) -> list[tuple[int, str]]:
        rows = await self._connection.execute(SINCE, {"moment": moment})
        return [(row.id, row.text) for row in rows]

    async def wanted(self, query_ids: Collection[int]) -> set[int]:
        found: set[int] = set()
        for some in chunks(query_ids):
            rows = await self._connection.scalars(
                select(subscription.c.query).where(subscription.c.query.in_(some)).distinct()
            )
            found.update(rows)
        return found

    async def keep_query(self, asked: Query, now: datetime) -> None:
        await self._connection.execute(
            insert(self._connection, query)
            .values(id=asked.id, text=asked.text, created=now)
            .on_conflict_do_update(index_elements=["id"], set_={"created": now})
        )

    async def query_text(self, query_id: int) -> str | None:
        text: str | None = await self._connection.scalar(
            select(query.c.text).where(query.c.id == query_id)
        )
        return text

    async def _read(self, statement: Select[Any]) -> list[Subscription]:
        rows = await self._connection.execute(statement)
        return [subscription_of(row) for row in rows.mappings()]


def with_text() -> Select[Any]:
    """Subscriptions with the canonical text of their query."""
    return select(subscription, query.c.text).join(query, query.c.id == subscription.c.query)


def _of(place: Place) -> Select[Any]:
    return with_text().where(*_at(place))


def _at(place: Place) -> tuple[Any, Any]:
    return subscription.c.chat == place.chat, subscription.c.topic == place.topic
