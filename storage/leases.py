"""What only one process may do at a time."""

from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import claims
from storage.rows import insert
from storage.schema import (
    broadcast,
    chat,
    farewell,
    import_job,
    lease,
    notice,
    pivot,
    push,
    source,
)

OPERATOR = "operator"
"""Holder of what is switched by hand, without an end."""


PROCESS = "process:"
"""Begins the name of a lease that says no more than that its holder lives."""


class Leases:
    """`ports.Leases`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def switch(self, name: str, *, on: bool) -> None:
        if not on:
            await self._connection.execute(delete(lease).where(lease.c.name == name))
            return
        statement = insert(self._connection, lease).values(name=name, holder=OPERATOR, until=0)
        await self._connection.execute(statement.on_conflict_do_nothing())

    async def free(self) -> None:
        """End every lease in the database, for one who is alone; switches stay as they are."""
        for table in (source, chat, notice, import_job, broadcast, push, farewell, pivot):
            await claims.free(self._connection, table)
        await self._connection.execute(delete(lease).where(lease.c.holder != OPERATOR))

    async def present(self, holder: str, now: datetime, seconds: float) -> int:
        moment = now.timestamp()
        ours = lease.c.name.startswith(PROCESS)
        await self._connection.execute(delete(lease).where(ours, lease.c.until <= moment))
        await self.take(f"{PROCESS}{holder}", holder, now, seconds)
        alive = select(func.count()).select_from(lease).where(ours)
        return await self._connection.scalar(alive) or 1

    async def leave(self, holder: str) -> None:
        await self._connection.execute(delete(lease).where(lease.c.name == f"{PROCESS}{holder}"))

    async def take(self, name: str, holder: str, now: datetime, seconds: float) -> bool:
        moment = now.timestamp()
        wanted = insert(self._connection, lease).values(
            name=name, holder=holder, until=moment + seconds
        )
        statement = wanted.on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": wanted.excluded.holder, "until": wanted.excluded.until},
            where=or_(lease.c.holder == holder, lease.c.until <= moment),
        )
        rows = await self._connection.execute(statement.returning(lease.c.holder))
        return rows.scalar_one_or_none() is not None
