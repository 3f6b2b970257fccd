"""An operator's words to every chat."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.model import Broadcast
from storage import claims
from storage.rows import insert
from storage.schema import broadcast, chat


class Broadcasts:
    """`ports.Broadcasts`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, chat_id: int, text: str, now: datetime) -> None:
        await self._connection.execute(
            insert(self._connection, broadcast).values(
                chat=chat_id, text=text, created=now, due=now.timestamp()
            )
        )

    async def claim(self, now: datetime, seconds: float) -> Broadcast | None:
        rows = await claims.claim(self._connection, broadcast, now.timestamp(), 1, seconds)
        if not rows:
            return None
        row = rows[0]
        return Broadcast(
            id=row["id"],
            chat=row["chat"],
            text=row["text"],
            message_id=row["message"],
            after=row["after"],
            told=row["told"],
            missed=row["missed"],
            claim=row["claim"],
        )

    async def next_chat(self, after: int | None) -> int | None:
        reachable = select(chat.c.id).where(chat.c.gone.is_(None)).order_by(chat.c.id).limit(1)
        found: int | None = await self._connection.scalar(
            reachable if after is None else reachable.where(chat.c.id > after)
        )
        return found

    async def pass_over(self, chat_id: int) -> None:
        """Go on behind the chat before this one: where it has come to, this id must not say."""
        before = select(func.max(chat.c.id)).where(chat.c.id < chat_id).scalar_subquery()
        await self._connection.execute(
            update(broadcast).where(broadcast.c.after == chat_id).values(after=before)
        )

    async def save(self, one: Broadcast, due: datetime) -> bool:
        return await claims.release(
            self._connection,
            broadcast,
            one.id,
            one.claim,
            message=one.message_id,
            after=one.after,
            told=one.told,
            missed=one.missed,
            due=due.timestamp(),
        )

    async def done(self, one: Broadcast) -> None:
        await self._connection.execute(delete(broadcast).where(broadcast.c.id == one.id))
