"""The outbox, and the lanes that empty it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, bindparam, cast, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.model import Alert, Article, Delivery, Lane, Subscription
from storage import claims
from storage.articles import Articles
from storage.rows import alert_of, chat_of, chunks, insert, subscription_of
from storage.schema import UNSENT, alert, chat, hit, subscription
from storage.subscriptions import with_text
from storage.types import UtcDateTime


class Alerts:
    """`ports.Alerts`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def enqueue(self, article: Article, query_ids: Sequence[int], now: datetime) -> int:
        """The fan-out: one statement per thousand queries, however many subscribe to them."""
        added = 0
        for some in chunks(sorted(set(query_ids))):
            added += await self._fan_out(article, some, now)
        return added

    async def claim_lanes(self, now: datetime, limit: int, lease: float) -> list[Lane]:
        rows = await claims.claim(
            self._connection, chat, now.timestamp(), limit, lease, chat.c.gone.is_(None)
        )
        return [Lane(chat=chat_of(row), claim=row["claim"]) for row in rows]

    async def next_in(self, lane: Lane) -> Delivery | None:
        statement = select(alert).where(alert.c.chat == lane.chat.id, UNSENT)
        found = await self._one(statement.order_by(alert.c.id).limit(1))
        if found is None:
            return None
        article = await Articles(self._connection).get(found.article)
        if article is None:  # cannot be: the article's alerts go with it
            return None
        met = tuple(await self.subscriptions_of(found))
        return Delivery(alert=found, article=article, subscriptions=met)

    async def settle(self, done: Alert, *, message_id: int, now: datetime) -> None:
        await self._change(done, sent=now, message=message_id)

    async def retry(self, again: Alert, *, attempts: int, plain: bool = False) -> None:
        await self._change(again, attempts=attempts, plain=plain)

    async def bury(self, dead: Alert, reason: str, now: datetime) -> None:
        await self._change(dead, buried=now, reason=reason)

    async def release_lane(self, lane: Lane, due: datetime | None) -> bool:
        mine = (chat.c.id == lane.chat.id) & (chat.c.claim == lane.claim)
        locked = await self._connection.scalar(select(chat.c.id).where(mine).with_for_update())
        if locked is None:
            return False
        # The row is locked: an alert stored from now on waits, and then wakes the lane itself.
        left = select(alert.c.id).where(alert.c.chat == lane.chat.id, UNSENT).limit(1)
        more = await self._connection.scalar(left) is not None
        moment = (due.timestamp() if due else 0.0) if more else None
        await self._connection.execute(update(chat).where(mine).values(due=moment))
        return True

    async def by_message(self, chat_id: int, message_id: int) -> Alert | None:
        return await self._one(
            select(alert).where(alert.c.chat == chat_id, alert.c.message == message_id)
        )

    async def subscriptions_of(self, told: Alert) -> list[Subscription]:
        rows = await self._connection.execute(
            with_text()
            .join(hit, hit.c.query == subscription.c.query)
            .where(
                hit.c.article == told.article,
                subscription.c.chat == told.place.chat,
                subscription.c.topic == told.place.topic,
            )
            .order_by(subscription.c.created, subscription.c.id)
        )
        return [subscription_of(row) for row in rows.mappings()]

    async def _fan_out(self, article: Article, query_ids: Sequence[int], now: datetime) -> int:
        columns = ["chat", "topic", "story", "round", "article", "created"]
        places = (
            select(
                subscription.c.chat,
                subscription.c.topic,
                cast(literal(article.story), BigInteger),
                cast(literal(0), Integer),
                cast(literal(article.id), BigInteger),
                bindparam("created", now, UtcDateTime),
            )
            .join(chat, chat.c.id == subscription.c.chat)
            .where(subscription.c.query.in_(query_ids), chat.c.gone.is_(None))
            .distinct()
            .order_by(subscription.c.chat, subscription.c.topic)
        )
        if article.source_owner is not None:
            places = places.where(subscription.c.chat == article.source_owner)
        statement = insert(self._connection, alert).from_select(columns, places)
        rows = await self._connection.scalars(
            statement.on_conflict_do_nothing().returning(alert.c.chat)
        )
        chats = list(rows)
        await self._wake(sorted(set(chats)), now)
        return len(chats)

    async def _wake(self, chats: Sequence[int], now: datetime) -> None:
        for some in chunks(chats):
            await self._connection.execute(
                update(chat)
                .where(chat.c.id.in_(some), chat.c.due.is_(None))
                .values(due=now.timestamp())
            )

    async def _change(self, changed: Alert, **values: Any) -> None:
        await self._connection.execute(
            update(alert)
            .where(alert.c.id == changed.id, alert.c.chat == changed.place.chat)
            .values(**values)
        )

    async def _one(self, statement: Any) -> Alert | None:
        row = (await self._connection.execute(statement)).mappings().first()
        return None if row is None else alert_of(row)
