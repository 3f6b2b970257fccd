"""The chats we know and what we asked them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, case, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.model import Chat, ChatKind, Lane, Place
from bot.domain.places import Gather
from bot.domain.returning import FIRST_LOOK
from storage import claims
from storage.broadcasts import Broadcasts
from storage.cards import FORGOTTEN, Cards
from storage.incoming import Incoming
from storage.rows import chat_of, insert
from storage.schema import (
    UNSENT,
    alert,
    article,
    chat,
    import_job,
    muted_source,
    notice,
    offer,
    place,
    prompt,
    report,
    source,
    story,
    subscription,
)

ANSWERABLE = timedelta(hours=1)
"""How long a question may be answered (PRODUCT.md, "Asking back")."""

GENERAL = 0
"""The topic of messages without one."""


class Chats:
    """`ports.Chats`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ensure(self, chat_id: int, kind: ChatKind, title: str, locale: str | None) -> Chat:
        known = await self._row(chat_id)
        if known is None:
            values = {"id": chat_id, "kind": kind, "title": title, "locale": locale or "en"}
            await self._connection.execute(
                insert(self._connection, chat).values(values).on_conflict_do_nothing()
            )
        elif (known.kind, known.title, known.gone) != (kind, title, None):
            values = {"kind": kind, "title": title, "gone": None}
            if known.gone is not None:
                values["due"] = claims.AT_ONCE if await self._has_unsent(chat_id) else None
            await self._connection.execute(update(chat).where(chat.c.id == chat_id).values(values))
        else:
            return known
        return await self._known(chat_id)

    async def get(self, chat_id: int) -> Chat | None:
        return await self._row(chat_id)

    async def brought_by(self, inviter: str) -> int:
        there = select(func.count()).select_from(chat)
        found = await self._connection.scalar(
            there.where(chat.c.inviter == inviter, chat.c.gone.is_(None))
        )
        return found or 0

    async def set_inviter(self, chat_id: int, inviter: str) -> None:
        await self._connection.execute(
            update(chat).where(chat.c.id == chat_id).values(inviter=inviter)
        )

    async def keeper(self, chat_id: int) -> int | None:
        found: int | None = await self._connection.scalar(
            select(chat.c.keeper).where(chat.c.id == chat_id)
        )
        return found

    async def set_keeper(self, chat_id: int, person: int) -> None:
        private = chat.alias("private")
        started = exists().where(private.c.id == person, private.c.kind == ChatKind.PRIVATE)
        await self._connection.execute(
            update(chat).where(chat.c.id == chat_id, started).values(keeper=person)
        )

    async def set_locale(self, chat_id: int, locale: str) -> None:
        await self._connection.execute(
            update(chat).where(chat.c.id == chat_id).values(locale=locale)
        )

    async def set_news(self, chat_id: int, news: str) -> None:
        await self._connection.execute(update(chat).where(chat.c.id == chat_id).values(news=news))

    async def set_timezone(self, chat_id: int, timezone: str) -> None:
        await self._connection.execute(
            update(chat).where(chat.c.id == chat_id).values(timezone=timezone)
        )

    async def set_translate(self, chat_id: int, choice: str) -> None:
        await self._connection.execute(
            update(chat).where(chat.c.id == chat_id).values(translate=choice)
        )

    async def set_pivot(self, chat_id: int, chosen: bool) -> None:
        await self._connection.execute(
            update(chat).where(chat.c.id == chat_id).values(pivot=chosen)
        )

    async def set_gone(self, chat_id: int, now: datetime) -> None:
        """Whoever says something there just now loses the lane: handing it back ends our looks."""
        first_look = {"due": (now + FIRST_LOOK).timestamp(), "leased": None, "asleep": False}
        await self._connection.execute(
            update(chat)
            .where(chat.c.id == chat_id, chat.c.gone.is_(None))
            .values(gone=now, claim=chat.c.claim + 1, **first_look)
        )

    async def claim_gone(self, now: datetime, limit: int, seconds: float) -> list[Lane]:
        refuses = chat.c.gone.is_not(None)
        rows = await claims.claim(self._connection, chat, now.timestamp(), limit, seconds, refuses)
        return [Lane(chat=chat_of(row), claim=row["claim"]) for row in rows]

    async def still_gone(self, lane: Lane, due: datetime) -> None:
        await claims.release(self._connection, chat, lane.chat.id, lane.claim, due=due.timestamp())

    async def set_back(self, lane: Lane, now: datetime) -> None:
        due = now.timestamp() if await self._has_unsent(lane.chat.id) else None
        await claims.release(self._connection, chat, lane.chat.id, lane.claim, gone=None, due=due)

    async def move(self, old: int, new: int) -> None:
        moved = await self._row(old)
        if moved is None:
            return
        if await self._row(new) is None:
            await self._connection.execute(
                insert(self._connection, chat).values(
                    id=new,
                    kind=ChatKind.SUPERGROUP,
                    title=moved.title,
                    locale=moved.locale,
                    timezone=moved.timezone,
                    news=moved.news,
                    translate=moved.translate,
                    pivot=moved.pivot,
                )
            )
        await self._inherit(old, new)
        await self._rehome(subscription, old, new, ("topic", "query"))
        await self._rehome(place, old, new, ("topic",))
        await self._rehome(muted_source, old, new, ("topic", "source"))
        await self._rehome(alert, old, new, ("topic", "story", "round"))
        await self._rehome(source, old, new, ("url",), owner="owner")
        await self._rehome(notice, old, new, ("id",))
        await self._rehome(report, old, new, ("source",))
        await self._rehome(offer, old, new, ("id",))
        await self._rehome(import_job, old, new, ())
        await Cards(self._connection).turn_to(new, old)
        await self._connection.execute(delete(chat).where(chat.c.id == old))
        await self._unanchor(new)
        await self._rouse(new)

    async def _inherit(self, old: int, new: int) -> None:
        """What no person has chosen; what the new chat has by itself it keeps."""
        for column in (chat.c.inviter, chat.c.keeper):
            had = select(column).where(chat.c.id == old).scalar_subquery()
            await self._connection.execute(
                update(chat).where(chat.c.id == new, column.is_(None)).values({column.name: had})
            )

    async def move_topic(self, where: Place, now: datetime) -> None:
        """What the topic had chosen for itself (quiet hours, mutes) goes with it."""
        general = {"topic": GENERAL}
        for table, key in (
            (subscription, ("query",)),
            (alert, ("story", "round")),
            (import_job, ()),
        ):
            there = (table.c.chat == where.chat) & (table.c.topic == where.topic)
            twin = table.alias("twin")
            same: list[Any] = [twin.c[name] == table.c[name] for name in key]
            known = exists().where(twin.c.chat == where.chat, twin.c.topic == GENERAL, *same)
            await self._connection.execute(update(table).where(there, ~known).values(general))
            await self._connection.execute(delete(table).where(there))
        for table in (place, muted_source):
            gone = (table.c.chat == where.chat) & (table.c.topic == where.topic)
            await self._connection.execute(delete(table).where(gone))
        await self._connection.execute(
            update(alert)
            .where(alert.c.chat == where.chat, alert.c.topic == GENERAL, UNSENT)
            .where(alert.c.gather == Gather.NONE)
            .values(ready=0)
        )
        await self._connection.execute(
            update(chat).where(chat.c.id == where.chat).values(due=now.timestamp(), asleep=False)
        )

    async def forget(self, chat_id: int) -> None:
        """Rows that belong to the chat go with its row; stories of its own sources with these."""
        own = select(source.c.id).where(source.c.owner == chat_id)
        stories = select(article.c.story).where(article.c.source.in_(own))
        await self._connection.execute(delete(story).where(story.c.id.in_(stories)))
        await self._connection.execute(delete(source).where(source.c.owner == chat_id))
        await Cards(self._connection).turn_to(FORGOTTEN, chat_id)
        await Broadcasts(self._connection).pass_over(chat_id)
        await Incoming(self._connection).let_go(chat_id)
        await self._connection.execute(
            update(chat).where(chat.c.keeper == chat_id).values(keeper=None)
        )
        await self._connection.execute(delete(chat).where(chat.c.id == chat_id))

    async def ask(self, chat_id: int, message_id: int, verb: str, now: datetime) -> None:
        await self._connection.execute(
            delete(prompt).where(prompt.c.chat == chat_id, prompt.c.asked < now - ANSWERABLE)
        )
        await self._connection.execute(
            insert(self._connection, prompt)
            .values(chat=chat_id, message=message_id, verb=verb, asked=now)
            .on_conflict_do_update(
                index_elements=["chat", "message"], set_={"verb": verb, "asked": now}
            )
        )

    async def asked(self, chat_id: int, message_id: int, now: datetime) -> str | None:
        verb: str | None = await self._connection.scalar(
            select(prompt.c.verb).where(
                prompt.c.chat == chat_id,
                prompt.c.message == message_id,
                prompt.c.asked >= now - ANSWERABLE,
            )
        )
        return verb

    async def _rehome(
        self, table: Table, old: int, new: int, key: tuple[str, ...], owner: str = "chat"
    ) -> None:
        """Move rows of `old` to `new`, except those that `new` has by the rest of its key."""
        twin = table.alias("twin")
        same: list[Any] = [twin.c[name] == table.c[name] for name in key]
        there = exists().where(twin.c[owner] == new, *same)
        await self._connection.execute(
            update(table).where(table.c[owner] == old, ~there).values({owner: new})
        )

    async def _unanchor(self, chat_id: int) -> None:
        """Message numbers of the old group mean other messages in the new one: no more edits."""
        await self._connection.execute(
            update(alert)
            .where(alert.c.chat == chat_id, alert.c.sent.is_not(None))
            .values(message=None, edit_at=None)
        )

    async def _rouse(self, chat_id: int) -> None:
        """A lane in somebody's hands keeps its lease: taken twice, it would say an alert twice."""
        held = chat.c.due.is_not(None) & chat.c.gone.is_(None) & ~chat.c.asleep
        due = claims.AT_ONCE if await self._has_unsent(chat_id) else None
        await self._connection.execute(
            update(chat)
            .where(chat.c.id == chat_id)
            .values(due=case((held, chat.c.due), else_=due), gone=None, asleep=False)
        )

    async def _has_unsent(self, chat_id: int) -> bool:
        statement = select(alert.c.id).where(alert.c.chat == chat_id, UNSENT).limit(1)
        return await self._connection.scalar(statement) is not None

    async def _row(self, chat_id: int) -> Chat | None:
        rows = await self._connection.execute(select(chat).where(chat.c.id == chat_id))
        row = rows.mappings().first()
        return None if row is None else chat_of(row)

    async def _known(self, chat_id: int) -> Chat:
        rows = await self._connection.execute(select(chat).where(chat.c.id == chat_id))
        return chat_of(rows.mappings().one())
