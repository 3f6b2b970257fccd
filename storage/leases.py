"""What only one process may do at a time."""

from datetime import datetime

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import insert
from storage.schema import lease


class Leases:
    """`ports.Leases`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

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
