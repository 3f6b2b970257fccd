"""What places have chosen."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.model import Place
from bot.domain.places import Picture, PlaceSettings, Quiet
from storage.rows import insert
from storage.schema import muted_source, place


class Places:
    """`ports.Places`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, where: Place) -> PlaceSettings:
        rows = await self._connection.execute(
            select(place).where(place.c.chat == where.chat, place.c.topic == where.topic)
        )
        row = rows.mappings().first()
        return PlaceSettings() if row is None else settings_of(row)

    async def put(self, where: Place, settings: PlaceSettings) -> None:
        values = _row_of(settings)
        await self._connection.execute(
            insert(self._connection, place)
            .values(chat=where.chat, topic=where.topic, **values)
            .on_conflict_do_update(index_elements=["chat", "topic"], set_=values)
        )

    async def muted_sources(self, where: Place) -> set[int]:
        rows = await self._connection.scalars(
            select(muted_source.c.source).where(
                muted_source.c.chat == where.chat, muted_source.c.topic == where.topic
            )
        )
        return set(rows)

    async def mute_source(self, where: Place, source_id: int) -> None:
        await self._connection.execute(
            insert(self._connection, muted_source)
            .values(chat=where.chat, topic=where.topic, source=source_id)
            .on_conflict_do_nothing()
        )

    async def unmute_source(self, where: Place, source_id: int) -> None:
        await self._connection.execute(
            delete(muted_source).where(
                muted_source.c.chat == where.chat,
                muted_source.c.topic == where.topic,
                muted_source.c.source == source_id,
            )
        )


def settings_of(row: RowMapping) -> PlaceSettings:
    """A row of `place`; of an outer join also where there is none."""
    if row["digest_at"] is None:
        return PlaceSettings()
    start, end, muted = row["quiet_start"], row["quiet_end"], row["muted_until"]
    return PlaceSettings(
        quiet=None if start is None else Quiet(start, end),
        digest_at=row["digest_at"],
        paused=row["paused"],
        muted_until=None if muted is None else datetime.fromtimestamp(muted, UTC),
        cap=row["cap"],
        picture=Picture(row["picture"]),
        buttons=row["buttons"],
    )


def _row_of(settings: PlaceSettings) -> dict[str, Any]:
    quiet, muted = settings.quiet, settings.muted_until
    return {
        "quiet_start": quiet and quiet.start,
        "quiet_end": quiet and quiet.end,
        "digest_at": settings.digest_at,
        "paused": settings.paused,
        "muted_until": muted and muted.timestamp(),
        "cap": settings.cap,
        "picture": settings.picture,
        "buttons": settings.buttons,
    }
