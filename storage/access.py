"""Who may use the bot, and what is kept by name."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import insert
from storage.schema import access, kept


class Access:
    """`ports.Access`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> dict[str, bool]:
        rows = await self._connection.execute(select(access))
        return {row.key: row.allowed for row in rows}

    async def put(self, key: str, *, allowed: bool) -> None:
        statement = insert(self._connection, access).values(key=key, allowed=allowed)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"allowed": allowed})
        )

    async def keep(self, name: str, value: str) -> str:
        statement = insert(self._connection, kept).values(name=name, value=value)
        await self._connection.execute(statement.on_conflict_do_nothing())
        found: str = (
            await self._connection.execute(select(kept.c.value).where(kept.c.name == name))
        ).scalar_one()
        return found
