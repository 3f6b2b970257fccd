"""The rows that are a chat's own, whatever table they are in: what /export hands over.

Which columns hold a chat's id is read off the schema, so that a new table cannot be forgotten; the
few that no foreign key marks are named here. `tests/storage/test_forget.py` walks every column.
"""

from typing import Any

from sqlalchemy import Column, Select, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import broadcast, card, chat, import_item, import_job, metadata, source

MENTIONS = (card.c.about, broadcast.c.after, chat.c.keeper)
"""Columns that hold the id of a chat whose row it is not."""


def own_columns() -> dict[Table, Column[Any]]:
    """Each table with rows that belong to a chat, and the column that says to which."""
    named: dict[Table, Column[Any]] = {chat: chat.c.id, source: source.c.owner}
    pointing = {
        table: column
        for table in metadata.sorted_tables
        for column in table.columns
        if any(key.column is chat.c.id for key in column.foreign_keys)
    }
    return named | pointing


class Belongings:
    """`ports.Belongings`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, chat_id: int) -> dict[str, list[dict[str, Any]]]:
        found = {
            table.name: await self._rows(select(table).where(column == chat_id))
            for table, column in own_columns().items()
        }
        jobs = select(import_job.c.id).where(import_job.c.chat == chat_id)
        found[import_item.name] = await self._rows(
            select(import_item).where(import_item.c.job.in_(jobs))
        )
        for one in found[chat.name]:
            del one[chat.c.keeper.name]  # another's number is none of this chat's business
        kept = select(chat.c.id, chat.c.title).where(chat.c.keeper == chat_id)
        found["keeper_of"] = await self._rows(kept)
        return {name: rows for name, rows in found.items() if rows}

    async def _rows(self, statement: Select[Any]) -> list[dict[str, Any]]:
        rows = await self._connection.execute(statement)
        return [dict(row) for row in rows.mappings()]
