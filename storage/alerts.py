"""The outbox, and the lanes that empty it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.joining import LEAST_TRIPLED, TOLD_AGAIN, TRIPLE
from bot.domain.languages import News, NewsLanguages, primary
from bot.domain.model import Alert, Article, Delivery, Lane, Place, Receipt, Subscription
from bot.domain.places import Gather
from storage import claims
from storage.pivots import hit_counts
from storage.rows import alert_of, chat_of, chunks, insert, subscription_of
from storage.schema import (
    AWAKE,
    UNSENT,
    alert,
    chat,
    hit,
    lease,
    muted_source,
    place,
    story,
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
        where = _read_there(article.language, news)
        if pivot is not None:
            plain = subscription.c.worldwide.is_(False)
            where = and_(where, plain, chat.c.pivot, _speaks(pivot))
        added = 0
        for some in chunks(sorted(set(query_ids))):
            added += await self._fan_out(article, some, now, where)
        return added

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

    async def _fan_out(
        self,
        article: Article,
        query_ids: Sequence[int],
        now: datetime,
        where: ColumnElement[bool],
    ) -> int:
        """`where`: the subscriptions and chats that it concerns."""
        sized = select(story.c.size).where(story.c.id == article.story)
        size = await self._connection.scalar(sized) or 1
        places = _places(article, size, now).where(subscription.c.query.in_(query_ids), where)
        columns = ["chat", "topic", "story", "round", "article", "created", "size", "ready"]
        statement = insert(self._connection, alert).from_select(columns, places)
        rows = await self._connection.scalars(
            statement.on_conflict_do_nothing().returning(alert.c.chat)
        )
        chats = list(rows)
        await self._wake(sorted(set(chats)), now)
        return len(chats)

    async def _reconsider(self, chat_id: int, which: ColumnElement[bool], now: datetime) -> None:
        changed = await self._connection.execute(
            update(alert).where(which, UNSENT).values(ready=0, gather=Gather.NONE)
        )
        if changed.rowcount:
            await self._wake([chat_id], now)

    async def _wake(self, chats: Sequence[int], now: datetime) -> None:
        for some in chunks(chats):
            await self._connection.execute(
                update(chat)
                .where(chat.c.id.in_(some), or_(chat.c.due.is_(None), chat.c.asleep))
                .values(due=now.timestamp(), asleep=False)
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


def _places(article: Article, size: int, now: datetime) -> Select[Any]:
    """The alerts of all places that would hear of an article now; `size`: its story's."""
    earlier = alert.alias("earlier")
    rounds = select(func.max(earlier.c.round)).where(*_same_place(earlier, article.story))
    here = and_(place.c.chat == subscription.c.chat, place.c.topic == subscription.c.topic)
    places = (
        select(
            subscription.c.chat,
            subscription.c.topic,
            cast(literal(article.story), BigInteger),
            func.coalesce(rounds.scalar_subquery() + 1, 0).label("round"),
            cast(literal(article.id), BigInteger).label("about"),
            bindparam("created", now, UtcDateTime).label("made"),
            cast(literal(size), Integer).label("size"),
            _ready_there(now).label("ready"),
        )
        .join(chat, chat.c.id == subscription.c.chat)
        .outerjoin(place, here)
        .where(_listens(now), ~_told(article.story, size, now), ~_muted(article.source))
        .distinct()
        .order_by(subscription.c.chat, subscription.c.topic)
    )
    if article.source_owner is not None:
        places = places.where(subscription.c.chat == article.source_owner)
    return places


def _listens(now: datetime) -> ColumnElement[bool]:
    """Neither gone, nor paused, nor muted."""
    return and_(
        chat.c.gone.is_(None),
        func.coalesce(place.c.paused, false()).is_(False),
        func.coalesce(place.c.muted_until, 0.0) <= now.timestamp(),
    )


def _told(story_id: int, size: int, now: datetime) -> ColumnElement[bool]:
    """What `joining.py` says: told of the story within 12 hours, and it has not tripled since."""
    known = alert.alias("known")
    return exists().where(
        *_same_place(known, story_id),
        known.c.created > now - TOLD_AGAIN,
        or_(known.c.size * TRIPLE > size, literal(size) < LEAST_TRIPLED),
    )


def _muted(source_id: int) -> ColumnElement[bool]:
    return exists().where(
        muted_source.c.chat == subscription.c.chat,
        muted_source.c.topic == subscription.c.topic,
        muted_source.c.source == source_id,
    )


def _read_there(tag: str | None, default: NewsLanguages) -> ColumnElement[bool]:
    """What `languages.rings` says, for every chat at once."""
    language = primary(tag)
    if language is None:
        return true()
    own = _speaks(language)
    usual = true() if default.everything or language in default.codes else false()
    return or_(
        subscription.c.worldwide,
        chat.c.news == News.ALL,
        and_(chat.c.news == News.OWN, own),
        and_(chat.c.news == News.DEFAULT, or_(usual, own) if default.own else usual),
    )


def _speaks(language: str) -> ColumnElement[bool]:
    return or_(chat.c.locale == language, chat.c.locale.like(f"{language}-%"))


def _ready_there(now: datetime) -> ColumnElement[float]:
    """With those that a closed topic holds, so that they keep their order; else at once."""
    held = alert.alias("held")
    waits = select(func.max(held.c.ready)).where(
        held.c.chat == subscription.c.chat,
        held.c.topic == subscription.c.topic,
        held.c.ready > now.timestamp(),
        held.c.gather == Gather.NONE,
        held.c.sent.is_(None),
        held.c.buried.is_(None),
    )
    return func.coalesce(waits.scalar_subquery(), 0.0)


def _same_place(table: Any, story_id: int) -> tuple[Any, ...]:
    """Alerts of a story in the place of the subscription at hand."""
    return (
        table.c.chat == subscription.c.chat,
        table.c.topic == subscription.c.topic,
        table.c.story == story_id,
    )


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
