"""The outbox, and the lanes that empty it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    and_,
    bindparam,
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
from bot.domain.model import Alert, Article, Delivery, Lane, Place, Subscription
from bot.domain.patience import BURST, BURST_WINDOW, CAP_WINDOW
from bot.domain.places import Crowd, Gather, PlaceSettings
from storage import claims
from storage.articles import Articles
from storage.places import settings_of
from storage.rows import alert_of, chat_of, chunks, insert, subscription_of
from storage.schema import (
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
from storage.schema import article as articles
from storage.subscriptions import with_text
from storage.types import UtcDateTime

IN_ONE = 20
"""Gathered alerts in one message: at 180 UTF-16 units each they fit into Telegram's 4,096."""

_CHOICES = tuple(column for column in place.c if column.name not in ("chat", "topic"))


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
    ) -> int:
        """The fan-out: one statement per thousand queries, however many subscribe to them."""
        added = 0
        for some in chunks(sorted(set(query_ids))):
            added += await self._fan_out(article, some, now, news)
        return added

    async def claim_lanes(self, now: datetime, limit: int, seconds: float) -> list[Lane]:
        rows = await claims.claim(
            self._connection,
            chat,
            now.timestamp(),
            limit,
            seconds,
            and_(chat.c.gone.is_(None), ~exists().where(lease.c.name == "sending")),
            asleep=False,
        )
        return [Lane(chat=chat_of(row), claim=row["claim"]) for row in rows]

    async def next_in(self, lane: Lane, now: datetime) -> Delivery | None:
        ready = and_(alert.c.chat == lane.chat.id, alert.c.ready <= now.timestamp(), UNSENT)
        at_its_place = and_(place.c.chat == alert.c.chat, place.c.topic == alert.c.topic)
        rows = await self._connection.execute(
            select(alert, *_CHOICES)
            .outerjoin(place, at_its_place)
            .where(ready)
            .order_by(alert.c.ready, alert.c.id)
            .limit(1)
        )
        row = rows.mappings().first()
        if row is None:
            return None
        found, settings = alert_of(row), settings_of(row)
        first = await self.delivery(found)
        if first is None:  # cannot be: the article's alerts go with it
            return None
        if found.gather:
            return replace(first, settings=settings, rest=await self._gathered(found, now))
        crowd = await self._crowd(first, settings, now)
        return replace(first, settings=settings, crowd=crowd)

    async def hold(self, waiting: Alert, until: datetime, gather: Gather) -> None:
        await self._change(waiting, ready=until.timestamp(), gather=gather)

    async def hold_topic(self, where: Place, until: datetime) -> None:
        await self._connection.execute(
            update(alert)
            .where(*_at(where), alert.c.ready < until.timestamp(), UNSENT)
            .values(ready=until.timestamp())
        )

    async def reconsider(self, where: Place, now: datetime) -> None:
        changed = await self._connection.execute(
            update(alert).where(*_at(where), UNSENT).values(ready=0, gather=Gather.NONE)
        )
        if changed.rowcount:
            await self._wake([where.chat], now)

    async def settle(self, done: Alert, *, message_id: int, now: datetime, shown: int = 1) -> None:
        await self._change(done, sent=now, message=message_id, shown=shown)

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
        left = select(func.min(alert.c.ready)).where(alert.c.chat == lane.chat.id, UNSENT)
        ready = await self._connection.scalar(left)
        pause = due.timestamp() if due else 0.0
        moment = None if ready is None else max(pause, ready)
        asleep = moment is not None and moment > pause
        await self._connection.execute(update(chat).where(mine).values(due=moment, asleep=asleep))
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

    async def delivery(self, told: Alert) -> Delivery | None:
        """An alert with its article, what it met here, and the story's other outlets."""
        about = await Articles(self._connection).get(told.article)
        if about is None:
            return None
        met = tuple(await self.subscriptions_of(told))
        sized = select(story.c.size).where(story.c.id == about.story)
        size = await self._connection.scalar(sized) or 1
        others = await self._outlets(about, told.place.chat) if size > 1 else ()
        return Delivery(alert=told, article=about, subscriptions=met, others=others, size=size)

    async def _outlets(self, about: Article, chat_id: int) -> tuple[Article, ...]:
        return await Articles(self._connection).outlets(about, chat_id)

    async def _gathered(self, first: Alert, now: datetime) -> tuple[Delivery, ...]:
        """What waited together with the first alert, up to a message's worth."""
        rows = await self._connection.execute(
            select(alert)
            .where(
                *_at(first.place),
                alert.c.gather == first.gather,
                alert.c.ready <= now.timestamp(),
                alert.c.id != first.id,
                UNSENT,
            )
            .order_by(alert.c.ready, alert.c.id)
            .limit(IN_ONE - 1)
        )
        found = [await self.delivery(alert_of(row)) for row in rows.mappings().all()]
        return tuple(one for one in found if one is not None)

    async def _crowd(self, next_: Delivery, settings: PlaceSettings, now: datetime) -> Crowd:
        """What this place was told one by one lately; mostly that is little, and one question."""
        single = and_(*_at(next_.alert.place), alert.c.gather == Gather.NONE)
        since = now - (BURST_WINDOW if settings.cap is None else CAP_WINDOW)
        rows = await self._connection.execute(
            select(alert.c.sent, articles.c.id, articles.c.source)
            .join(articles, articles.c.id == alert.c.article)
            .where(single, alert.c.sent >= since)
            .order_by(alert.c.sent.desc())
        )
        told = rows.all()
        lately = [row for row in told if row.sent >= now - BURST_WINDOW]
        if len(lately) < BURST:
            return Crowd(day=len(told))
        groups = [[row.sent for row in lately if row.source == next_.article.source]]
        groups += await self._told_of([row.id for row in lately], next_, lately)
        full = [moments[BURST - 1] for moments in groups if len(moments) >= BURST]
        return Crowd(burst=max(full, default=None), day=len(told))

    async def _told_of(
        self, ids: Sequence[int], next_: Delivery, lately: Sequence[Any]
    ) -> list[list[datetime]]:
        """When each of the subscriptions behind the next alert rang lately, newest first."""
        queries = [one.query_id for one in next_.subscriptions]
        rows = await self._connection.execute(
            select(hit.c.article, hit.c.query).where(
                hit.c.article.in_(ids), hit.c.query.in_(queries)
            )
        )
        met = {(row.article, row.query) for row in rows}
        return [[row.sent for row in lately if (row.id, query) in met] for query in queries]

    async def _fan_out(
        self, article: Article, query_ids: Sequence[int], now: datetime, news: NewsLanguages
    ) -> int:
        columns = ["chat", "topic", "story", "round", "article", "created", "size"]
        sized = select(story.c.size).where(story.c.id == article.story)
        size = await self._connection.scalar(sized) or 1
        earlier, known = alert.alias("earlier"), alert.alias("known")
        rounds = select(func.max(earlier.c.round)).where(*_same_place(earlier, article.story))
        places = (
            select(
                subscription.c.chat,
                subscription.c.topic,
                cast(literal(article.story), BigInteger),
                func.coalesce(rounds.scalar_subquery() + 1, 0).label("round"),
                cast(literal(article.id), BigInteger).label("about"),
                bindparam("created", now, UtcDateTime).label("made"),
                cast(literal(size), Integer).label("size"),
            )
            .join(chat, chat.c.id == subscription.c.chat)
            .outerjoin(
                place,
                and_(place.c.chat == subscription.c.chat, place.c.topic == subscription.c.topic),
            )
            .where(
                subscription.c.query.in_(query_ids),
                _read_there(article.language, news),
                chat.c.gone.is_(None),
                func.coalesce(place.c.paused, false()).is_(False),
                func.coalesce(place.c.muted_until, 0.0) <= now.timestamp(),
                ~exists().where(
                    *_same_place(known, article.story),
                    known.c.created > now - TOLD_AGAIN,
                    or_(known.c.size * TRIPLE > size, literal(size) < LEAST_TRIPLED),
                ),
                ~exists().where(
                    muted_source.c.chat == subscription.c.chat,
                    muted_source.c.topic == subscription.c.topic,
                    muted_source.c.source == article.source,
                ),
            )
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


def _read_there(tag: str | None, default: NewsLanguages) -> ColumnElement[bool]:
    """What `languages.rings` says, for every chat at once."""
    language = primary(tag)
    if language is None:
        return true()
    own = or_(chat.c.locale == language, chat.c.locale.like(f"{language}-%"))
    usual = true() if default.everything or language in default.codes else false()
    return or_(
        subscription.c.worldwide,
        chat.c.news == News.ALL,
        and_(chat.c.news == News.OWN, own),
        and_(chat.c.news == News.DEFAULT, or_(usual, own) if default.own else usual),
    )


def _same_place(table: Any, story_id: int) -> tuple[Any, ...]:
    """Alerts of a story in the place of the subscription at hand."""
    return (
        table.c.chat == subscription.c.chat,
        table.c.topic == subscription.c.topic,
        table.c.story == story_id,
    )


def _at(where: Place) -> tuple[Any, Any]:
    return alert.c.chat == where.chat, alert.c.topic == where.topic
