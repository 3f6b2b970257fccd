"""Translations that were made, and how many characters that took."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import chunks, insert
from storage.schema import translated_characters, translation


class Translations:
    """`ports.Translations`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(
        self, keys: Collection[str], source: str, target: str
    ) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        pair = (translation.c.source == source, translation.c.target == target)
        for some in chunks(keys):
            rows = await self._connection.execute(
                select(translation).where(translation.c.key.in_(some), *pair)
            )
            found |= {row.key: (row.text, row.engine) for row in rows}
        return found

    async def put(
        self, texts: Mapping[str, str], source: str, target: str, engine: str, now: datetime
    ) -> None:
        rows = [
            {
                "key": key,
                "source": source,
                "target": target,
                "engine": engine,
                "text": text,
                "made": now,
            }
            for key, text in texts.items()
        ]
        await self._connection.execute(
            insert(self._connection, translation).on_conflict_do_nothing(), rows
        )

    async def spent(self, month: str) -> int:
        every = select(func.sum(translated_characters.c.characters))
        return int(
            await self._connection.scalar(every.where(translated_characters.c.month == month)) or 0
        )

    async def spend(self, month: str, engine: str, characters: int) -> None:
        statement = insert(self._connection, translated_characters).values(
            month=month, engine=engine, characters=characters
        )
        more = translated_characters.c.characters + characters
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["month", "engine"], set_={"characters": more}
            )
        )
