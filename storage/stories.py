"""Stories: who tells them, and the alerts that are to show it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, case, exists, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.joining import LATER_WAIT, SECOND_WAIT
from bot.domain.model import Alert, Article, Chat, Delivery
from bot.domain.places import Gather
from storage.alerts import Alerts
from storage.articles import WITH_SOURCE
from storage.places import settings_of
from storage.rows import alert_of, article_of, chat_of, chunks
from storage.schema import EDITABLE, alert, article, chat, place, source, story
from storage.types import UtcDateTime
from storage.upcoming import CHOICES

_LOCK = 7_365_001
"""Any number that nothing else locks by."""

BATCH = 250
"""Articles read at once: 4 ms for those who wait; a thousand took 13 to 25."""

CORRECTED = timedelta(hours=48)
"""How long a headline is watched for corrections."""


AFTER = (
    select(*WITH_SOURCE)
    .join(source, source.c.id == article.c.source)
    .where(
        article.c.id > bindparam("last"),
        article.c.seen >= bindparam("since", type_=UtcDateTime),
    )
    .order_by(article.c.id)
    .limit(BATCH)
)
TITLES = select(article.c.id, article.c.key, article.c.title).where(
    article.c.source == bindparam("its_source"),
    article.c.seen >= bindparam("since", type_=UtcDateTime),
    article.c.key.in_(bindparam("keys", expanding=True)),
)


class Stories:
    """`ports.Stories`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def alone(self) -> None:
        """On PostgreSQL a lock to the end of the transaction; SQLite has one writer anyway."""
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK}
            )

    async def after(self, article_id: int, since: datetime) -> list[Article]:
        rows = await self._connection.execute(AFTER, {"last": article_id, "since": since})
        return [article_of(row) for row in rows.mappings()]

    async def joined(self, one: Article, now: datetime) -> int:
        outlets = select(func.count(func.distinct(article.c.source)))
        size = await self._connection.scalar(outlets.where(article.c.story == one.story)) or 1
        grown = await self._connection.execute(
            update(story).where(story.c.id == one.story, story.c.size < size).values(size=size)
        )
        if grown.rowcount:
            await self._show(one.story, now)
        return int(size)

    async def revised(self, known: Sequence[Article], now: datetime) -> list[Article]:
        titles = {one.key: one for one in known}
        if not titles:
            return []
        lately = {"its_source": known[0].source, "since": now - CORRECTED}
        changed = []
        for keys in chunks(titles):
            rows = await self._connection.execute(TITLES, lately | {"keys": keys})
            for row in rows.all():
                one = titles[row.key]
                if one.title and one.title != row.title:
                    await self._correct(row.id, one, now)
                    changed.append(replace(one, id=row.id))
        return changed

    async def claim_edits(
        self, now: datetime, limit: int, seconds: float
    ) -> list[tuple[Chat, Delivery]]:
        reachable = exists().where(chat.c.id == alert.c.chat, chat.c.gone.is_(None))
        due = (
            select(alert.c.id)
            .where(
                alert.c.edit_at <= now.timestamp(),
                alert.c.message.is_not(None),
                alert.c.gather == Gather.NONE,
                reachable,
            )
            .order_by(alert.c.edit_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due_rows")
        )
        rows = await self._connection.execute(
            update(alert)
            .where(alert.c.id.in_(select(due.c.id)))
            .values(edit_at=now.timestamp() + seconds)
            .returning(alert)
        )
        found = [await self._whole(alert_of(row)) for row in rows.mappings().all()]
        return [one for one in found if one is not None]

    async def edited(self, told: Alert, shown: int, now: datetime) -> None:
        size = select(story.c.size).where(story.c.id == alert.c.story).scalar_subquery()
        later = now.timestamp() + LATER_WAIT
        await self._connection.execute(
            update(alert)
            .where(alert.c.id == told.id, alert.c.chat == told.place.chat)
            .values(
                shown=shown,
                edited=now.timestamp(),
                edit_at=case((size > shown, later), else_=None),
            )
        )

    async def rewrite(self, told: Alert, now: datetime) -> bool:
        done = await self._connection.execute(
            update(alert)
            .where(alert.c.id == told.id, alert.c.message.is_not(None))
            .values(edit_at=now.timestamp(), shown=0)
        )
        return done.rowcount == 1

    async def leave(self, told: Alert, until: datetime | None) -> None:
        await self._connection.execute(
            update(alert)
            .where(alert.c.id == told.id, alert.c.chat == told.place.chat)
            .values(edit_at=until.timestamp() if until else None)
        )

    async def _correct(self, article_id: int, one: Article, now: datetime) -> None:
        await self._connection.execute(
            update(article)
            .where(article.c.id == article_id)
            .values(title=one.title, summary=one.summary)
        )
        later, soon = alert.c.edited + LATER_WAIT, now.timestamp()
        await self._connection.execute(
            update(alert)
            .where(alert.c.article == article_id, alert.c.sent.is_not(None), EDITABLE)
            .values(edit_at=case((later > soon, later), else_=soon), shown=0)
        )

    async def _show(self, story_id: int, now: datetime) -> None:
        """Alerts of this story show the new outlet soon, if one has just been shown: later."""
        soon = now.timestamp() + SECOND_WAIT
        later = alert.c.edited + LATER_WAIT
        await self._connection.execute(
            update(alert)
            .where(alert.c.story == story_id, alert.c.edit_at.is_(None), EDITABLE)
            .values(edit_at=case((later > soon, later), else_=soon))
        )

    async def _whole(self, told: Alert) -> tuple[Chat, Delivery] | None:
        delivery = await Alerts(self._connection).delivery(told)
        rows = await self._connection.execute(
            select(chat, *CHOICES)
            .outerjoin(place, and_(place.c.chat == chat.c.id, place.c.topic == told.place.topic))
            .where(chat.c.id == told.place.chat)
        )
        row = rows.mappings().first()
        if delivery is None or row is None:
            return None
        return chat_of(row), replace(delivery, settings=settings_of(row))
