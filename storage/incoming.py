"""Updates on their way in: their numbers for a while, their content until they are handled."""

from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import insert
from storage.schema import incoming


class Incoming:
    """`ports.Incoming`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def note(self, number: int, content: str, now: datetime) -> bool:
        statement = insert(self._connection, incoming).values(id=number, content=content, seen=now)
        fresh = statement.on_conflict_do_nothing().returning(incoming.c.id)
        return await self._connection.scalar(fresh) is not None

    async def done(self, number: int) -> None:
        await self._connection.execute(
            update(incoming).where(incoming.c.id == number).values(content=None)
        )

    async def left(self, before: datetime, now: datetime) -> list[tuple[int, str]]:
        rows = await self._connection.execute(
            update(incoming)
            .where(incoming.c.content.is_not(None), incoming.c.seen <= before)
            .values(seen=now)
            .returning(incoming.c.id, incoming.c.content)
        )
        return sorted((row.id, row.content) for row in rows)

    async def let_go(self, chat_id: int) -> None:
        """Of what names this chat keep the number alone: it is in our hands, or of no use now."""
        named = [incoming.c.content.contains(f": {chat_id}{end}") for end in (",", "}")]
        await self._connection.execute(update(incoming).where(or_(*named)).values(content=None))

    async def forget(self, before: datetime) -> None:
        await self._connection.execute(delete(incoming).where(incoming.c.seen < before))
