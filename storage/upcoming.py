"""What lanes have to say next, read for all of them at once.

The number of statements does not depend on the number of lanes: one for the oldest alerts, one for
their articles, one for the subscriptions they met, one or two for what their places heard lately.
Only what is rare asks again: gathered alerts, stories with several outlets, full bursts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.model import Alert, Article, Delivery, Lane, Place, Subscription
from bot.domain.patience import BURST, BURST_WINDOW, CAP_WINDOW
from bot.domain.places import Crowd, Gather, PlaceSettings
from storage.articles import WITH_SOURCE, Articles
from storage.pivots import hit_counts
from storage.places import settings_of
from storage.rows import alert_of, article_of, chunks, subscription_of
from storage.schema import UNSENT, alert, article, chat, hit, place, source, story, subscription
from storage.subscriptions import with_text
from storage.types import UtcDateTime

LISTED = 95
"""Alerts that a message lists: each is a link, and Telegram keeps a hundred entities a message."""

MOST_IN_ONE = 1_000
"""Alerts that one message ends: it lists the first of them, and counts the others."""

CHOICES = tuple(column for column in place.c if column.name not in ("chat", "topic"))


# Statements are built once: that costs as much as executing them.

_waiting = alert.alias("waiting")
_oldest = (
    select(_waiting.c.id)
    .where(
        _waiting.c.chat == chat.c.id,
        _waiting.c.ready <= bindparam("now"),
        _waiting.c.sent.is_(None),
        _waiting.c.buried.is_(None),
    )
    .order_by(_waiting.c.ready, _waiting.c.id)
    .limit(1)
    .scalar_subquery()
)
HEADS = (
    select(alert, *CHOICES)
    .select_from(chat)
    .join(alert, alert.c.id == _oldest)
    .outerjoin(place, and_(place.c.chat == alert.c.chat, place.c.topic == alert.c.topic))
    .where(chat.c.id.in_(bindparam("chats", expanding=True)))
)
"""The oldest alert of each chat that need not wait, with its place's choices."""

ABOUT = (
    select(*WITH_SOURCE, story.c.size)
    .join(source, source.c.id == article.c.source)
    .join(story, story.c.id == article.c.story)
    .where(article.c.id.in_(bindparam("articles", expanding=True)))
)
"""Articles, with the number of outlets that tell their story."""

MET = (
    with_text()
    .add_columns(alert.c.id.label("alert"))
    .join(alert, and_(alert.c.chat == subscription.c.chat, alert.c.topic == subscription.c.topic))
    .join(hit, and_(hit.c.article == alert.c.article, hit.c.query == subscription.c.query))
    .where(alert.c.id.in_(bindparam("alerts", expanding=True)), hit_counts())
    .order_by(subscription.c.created, subscription.c.id)
)
"""Subscriptions of the alert's place that its article met."""

TOLD = (
    select(alert.c.chat, alert.c.topic, alert.c.sent, article.c.id, article.c.source)
    .join(article, article.c.id == alert.c.article)
    .where(
        alert.c.chat.in_(bindparam("chats", expanding=True)),
        alert.c.gather == Gather.NONE,
        alert.c.sent >= bindparam("since", type_=UtcDateTime),
    )
    .order_by(alert.c.sent.desc())
)
"""What chats were told by itself, newest first."""


@dataclass(frozen=True, slots=True)
class _Told:
    """An alert that a place was sent by itself."""

    sent: datetime
    article: int
    source: int


class Upcoming:
    """Deliveries, many at a time."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def next_of(self, lanes: Sequence[Lane], now: datetime) -> dict[int, Delivery]:
        """The oldest alert of each chat that need not wait, by chat."""
        heads = await self._heads([lane.chat.id for lane in lanes], now)
        rest = {one.id: await self._gathered(one, now) for one, _ in heads if one.gather.together}
        listed = {id_: some[: LISTED - 1] for id_, some in rest.items()}
        together = [one for some in listed.values() for one in some]
        told = await self.deliveries([*(one for one, _ in heads), *together])
        known = [(told[one.id], chosen) for one, chosen in heads if one.id in told]
        crowds = await self._crowds([pair for pair in known if not pair[0].alert.gather], now)
        return {
            one.alert.place.chat: replace(
                one,
                settings=chosen,
                crowd=crowds.get(one.alert.id, Crowd()),
                rest=_those(listed.get(one.alert.id, ()), told),
                unlisted=tuple(rest.get(one.alert.id, ())[LISTED - 1 :]),
            )
            for one, chosen in known
        }

    async def deliveries(self, alerts: Sequence[Alert]) -> dict[int, Delivery]:
        """Alerts with their articles, what they met, and other outlets; by the alert's id."""
        about = await self._articles({one.article for one in alerts})
        met = await self._met([one.id for one in alerts])
        found = {}
        for one in alerts:
            if one.article in about:  # it goes with its alerts: a deletion came in between
                of, size = about[one.article]
                found[one.id] = Delivery(
                    alert=one,
                    article=of,
                    subscriptions=tuple(met.get(one.id, ())),
                    others=await self._outlets(of, one.place.chat) if size > 1 else (),
                    size=size,
                )
        return found

    async def _outlets(self, about: Article, chat_id: int) -> tuple[Article, ...]:
        return await Articles(self._connection).outlets(about, chat_id)

    async def _heads(
        self, chats: Sequence[int], now: datetime
    ) -> list[tuple[Alert, PlaceSettings]]:
        found = []
        for some in chunks(chats):
            asked = {"chats": some, "now": now.timestamp()}
            rows = await self._connection.execute(HEADS, asked)
            found += [(alert_of(row), settings_of(row)) for row in rows.mappings()]
        return found

    async def _gathered(self, first: Alert, now: datetime) -> list[Alert]:
        """What waited together with the first alert."""
        rows = await self._connection.execute(
            select(alert)
            .where(
                alert.c.chat == first.place.chat,
                alert.c.topic == first.place.topic,
                alert.c.gather == first.gather,
                alert.c.ready <= now.timestamp(),
                alert.c.id != first.id,
                UNSENT,
            )
            .order_by(alert.c.ready, alert.c.id)
            .limit(MOST_IN_ONE)
        )
        return [alert_of(row) for row in rows.mappings()]

    async def _articles(self, ids: set[int]) -> dict[int, tuple[Article, int]]:
        """Each article with the number of outlets that tell its story."""
        found: dict[int, tuple[Article, int]] = {}
        for some in chunks(sorted(ids)):
            rows = await self._connection.execute(ABOUT, {"articles": some})
            found |= {row["id"]: (article_of(row), row["size"]) for row in rows.mappings()}
        return found

    async def _met(self, ids: Sequence[int]) -> Mapping[int, list[Subscription]]:
        """The place's subscriptions that each alert's article met, oldest first."""
        found: dict[int, list[Subscription]] = defaultdict(list)
        for some in chunks(ids):
            rows = await self._connection.execute(MET, {"alerts": some})
            for row in rows.mappings():
                found[row["alert"]].append(subscription_of(row))
        return found

    async def _crowds(
        self, single: Sequence[tuple[Delivery, PlaceSettings]], now: datetime
    ) -> dict[int, Crowd]:
        """What the places were told one by one lately, by the alert that comes next."""
        capped = [one for one, chosen in single if chosen.cap is not None]
        others = [one for one, chosen in single if chosen.cap is None]
        told = await self._told(capped, now - CAP_WINDOW)
        told |= await self._told(others, now - BURST_WINDOW)
        return {
            one.alert.id: await self._crowd(one, told.get(one.alert.place, []), now)
            for one, _ in single
        }

    async def _told(self, next_: Sequence[Delivery], since: datetime) -> dict[Place, list[_Told]]:
        """Alerts that went by themselves, newest first."""
        found: dict[Place, list[_Told]] = defaultdict(list)
        for some in chunks(one.alert.place.chat for one in next_):
            rows = await self._connection.execute(TOLD, {"chats": some, "since": since})
            for row in rows:
                found[Place(row.chat, row.topic)].append(_Told(row.sent, row.id, row.source))
        return found

    async def _crowd(self, next_: Delivery, told: Sequence[_Told], now: datetime) -> Crowd:
        """Mostly nobody was told much, and nothing more is asked."""
        lately = [one for one in told if one.sent >= now - BURST_WINDOW]
        if len(lately) < BURST:
            return Crowd(day=len(told))
        groups = [[one.sent for one in lately if one.source == next_.article.source]]
        groups += await self._by_subscription(next_, lately)
        full = [moments[BURST - 1] for moments in groups if len(moments) >= BURST]
        return Crowd(burst=max(full, default=None), day=len(told))

    async def _by_subscription(
        self, next_: Delivery, lately: Sequence[_Told]
    ) -> list[list[datetime]]:
        """When each of the subscriptions behind the next alert rang lately, newest first."""
        queries = [one.query_id for one in next_.subscriptions]
        rows = await self._connection.execute(
            select(hit.c.article, hit.c.query).where(
                hit.c.article.in_([one.article for one in lately]), hit.c.query.in_(queries)
            )
        )
        met = {(row.article, row.query) for row in rows}
        return [[one.sent for one in lately if (one.article, query) in met] for query in queries]


def _those(some: Iterable[Alert], told: Mapping[int, Delivery]) -> tuple[Delivery, ...]:
    return tuple(told[one.id] for one in some if one.id in told)
