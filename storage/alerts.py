"""The outbox, and the lanes that empty it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.languages import NewsLanguages
from bot.domain.model import Alert, Article, Delivery, Lane, Place, Receipt, Subscription
from bot.domain.places import Gather
from storage import claims
from storage.fanout import fan_out, kind_of, values_of
from storage.pivots import hit_counts
from storage.rows import alert_of, chat_of, chunks, subscription_of
from storage.schema import (
    AWAKE,
    UNSENT,
    alert,
    chat,
    hit,
    lease,
    subscription,
)
from storage.subscriptions import with_text
from storage.types import UtcDateTime
from storage.upcoming import Upcoming

# What every alert needs is built once: building a statement costs as much as executing it.

SERVED = and_(chat.c.gone.is_(None), ~exists().where(lease.c.name == "sending"))
"""Lanes of chats that can be reached, while the operators have not stopped all sending."""

ALONE = case((alert.c.gather == Gather.NONE, alert.c.edit_at))
"""A message of many is not edited: what asks for that would be looked through for ever."""

SETTLE = (
    update(alert)
    .where(alert.c.id == bindparam("which"), alert.c.chat == bindparam("where"))
    .values(
        sent=bindparam("at", type_=UtcDateTime),
        message=bindparam("said"),
        shown=bindparam("outlets"),
        edit_at=func.coalesce(bindparam("again", type_=Float), ALONE),
    )
)
_THESE = chat.c.id.in_(bindparam("chats", expanding=True))
_ROWS = select(chat.c.id, chat.c.claim).where(_THESE).order_by(chat.c.id)
LOCK = _ROWS.with_for_update()
LOCK_FREE = _ROWS.with_for_update(skip_locked=True)
"""Waiting for a second chat with a first in hand is how we and a fan-out would deadlock."""
LEFT = (
    select(alert.c.chat, func.min(alert.c.ready).label("ready"))
    .where(alert.c.chat.in_(bindparam("chats", expanding=True)), UNSENT)
    .group_by(alert.c.chat)
)
HAND_BACK = (
    update(chat)
    .where(chat.c.id == bindparam("which"))
    .values(due=bindparam("moment"), asleep=bindparam("sleeps"), leased=None)
)
WAKE = (
    update(chat)
    .where(_THESE, or_(chat.c.due.is_(None), chat.c.asleep))
    .values(due=bindparam("moment"), asleep=False)
)


class Alerts:
    """`ports.Alerts`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def enqueue(
        self,
        article: Article,
        query_ids: Sequence[int],
        now: datetime,
        news: NewsLanguages = NewsLanguages(),  # noqa: B008 - a frozen value
        *,
        pivot: str | None = None,
    ) -> int:
        """The fan-out: one statement per thousand queries, however many subscribe to them."""
        statement = fan_out(kind_of(self._connection.dialect.name, article, news, pivot))
        told, values = 0, values_of(article, now)
        for some in chunks(sorted(set(query_ids))):
            chats = await self._connection.scalars(statement, values | {"queries": some})
            told += len(rung := list(chats))
            await self._wake(sorted(set(rung)), now)
        return told

    async def claim_lanes(self, now: datetime, limit: int, seconds: float) -> list[Lane]:
        rows = await claims.claim(
            self._connection, chat, now.timestamp(), limit, seconds, SERVED, asleep=False
        )
        until = now + timedelta(seconds=seconds)
        return [Lane(chat=chat_of(row), claim=row["claim"], until=until) for row in rows]

    async def hasten(self, lanes: Sequence[Lane], now: datetime) -> None:
        for lane in lanes:
            waiting = (chat.c.id == lane.chat.id) & (chat.c.claim == lane.claim)
            await self._connection.execute(
                update(chat).where(waiting, AWAKE).values(due=now.timestamp())
            )

    async def next_of(self, lanes: Sequence[Lane], now: datetime) -> dict[int, Delivery]:
        return await Upcoming(self._connection).next_of(lanes, now)

    async def hold(self, waiting: Alert, until: datetime, gather: Gather) -> None:
        await self._change(waiting, ready=until.timestamp(), gather=gather)

    async def take_apart(self, alerts: Sequence[Alert]) -> None:
        for some in chunks(alerts):
            which = [one.id for one in some]
            here = alert.c.chat.in_({one.place.chat for one in some})
            await self._connection.execute(
                update(alert).where(alert.c.id.in_(which), here).values(gather=Gather.APART)
            )

    async def hold_topic(self, where: Place, until: datetime) -> None:
        await self._connection.execute(
            update(alert)
            .where(*_at(where), alert.c.ready < until.timestamp(), UNSENT)
            .values(ready=until.timestamp())
        )

    async def reconsider(self, where: Place, now: datetime) -> None:
        await self._reconsider(where.chat, and_(*_at(where)), now)

    async def reconsider_chat(self, chat_id: int, now: datetime) -> None:
        await self._reconsider(chat_id, alert.c.chat == chat_id, now)

    async def settle(self, receipts: Sequence[Receipt]) -> None:
        if receipts:
            await self._connection.execute(SETTLE, [_settled(one) for one in receipts])

    async def settle_lost(self, receipts: Sequence[Receipt]) -> None:
        for one in receipts:
            here = alert.c.chat == one.alert.place.chat  # the chat may have moved meanwhile
            number = case((here, one.message_id), else_=None)
            await self._connection.execute(
                update(alert)
                .where(alert.c.id == one.alert.id, UNSENT)
                .values(
                    sent=one.at,
                    message=number,
                    shown=one.shown,
                    edit_at=case((here, ALONE), else_=None),
                )
            )

    async def retry(
        self, again: Alert, *, attempts: int, plain: bool = False, unanswered: bool = False
    ) -> None:
        await self._change(again, attempts=attempts, plain=plain, unanswered=unanswered)

    async def recount(self, chats: Sequence[int], attempts: int) -> None:
        for some in chunks(chats):
            await self._connection.execute(
                update(alert)
                .where(alert.c.chat.in_(some), alert.c.attempts == attempts, UNSENT)
                .values(attempts=attempts - 1)
            )

    async def bury(self, dead: Alert, reason: str, now: datetime) -> None:
        await self._change(dead, buried=now, reason=reason, edit_at=None)

    async def release_lanes(self, dues: Mapping[Lane, datetime | None]) -> bool:
        chats = {lane.chat.id: lane for lane in dues}
        for some in chunks(sorted(chats)):
            lock = LOCK if len(chats) == 1 else LOCK_FREE
            rows = await self._connection.execute(lock, {"chats": some})
            held = {(row.id, row.claim) for row in rows}
            if any((one, chats[one].claim) not in held for one in some):
                return False
            # The rows are locked: an alert stored from now on waits, then wakes the lane itself.
            left = await self._connection.execute(LEFT, {"chats": some})
            ready = {row.chat: row.ready for row in left}
            back = [_back(one, dues[chats[one]], ready.get(one)) for one in some]
            await self._connection.execute(HAND_BACK, back)
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
                hit_counts(),
                subscription.c.chat == told.place.chat,
                subscription.c.topic == told.place.topic,
            )
            .order_by(subscription.c.created, subscription.c.id)
        )
        return [subscription_of(row) for row in rows.mappings()]

    async def delivery(self, told: Alert) -> Delivery | None:
        """An alert with its article, what it met here, and the story's other outlets."""
        return (await Upcoming(self._connection).deliveries([told])).get(told.id)

    async def _reconsider(self, chat_id: int, which: ColumnElement[bool], now: datetime) -> None:
        changed = await self._connection.execute(
            update(alert).where(which, UNSENT).values(ready=0, gather=Gather.NONE)
        )
        if changed.rowcount:
            await self._wake([chat_id], now)

    async def _wake(self, chats: Sequence[int], now: datetime) -> None:
        for some in chunks(chats):
            await self._connection.execute(WAKE, {"chats": some, "moment": now.timestamp()})

    async def _change(self, changed: Alert, **values: Any) -> None:
        await self._connection.execute(
            update(alert)
            .where(alert.c.id == changed.id, alert.c.chat == changed.place.chat)
            .values(**values)
        )

    async def _one(self, statement: Any) -> Alert | None:
        row = (await self._connection.execute(statement)).mappings().first()
        return None if row is None else alert_of(row)


def _at(where: Place) -> tuple[Any, Any]:
    return alert.c.chat == where.chat, alert.c.topic == where.topic


def _settled(one: Receipt) -> dict[str, Any]:
    return {
        "which": one.alert.id,
        "where": one.alert.place.chat,
        "at": one.at,
        "said": one.message_id,
        "outlets": one.shown,
        "again": one.again.timestamp() if one.again else None,
    }


def _back(chat_id: int, due: datetime | None, ready: float | None) -> dict[str, Any]:
    """When a lane is due again: never before `due`, and asleep where all that is left is held."""
    pause = due.timestamp() if due else 0.0
    moment = None if ready is None else max(pause, ready)
    return {"which": chat_id, "moment": moment, "sleeps": moment is not None and moment > pause}
