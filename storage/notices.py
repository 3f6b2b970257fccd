"""What chats are told about the sources they added: a queue of its own beside the outbox."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.model import Notice, NoticeKind
from storage import claims
from storage.rows import chat_of, insert
from storage.schema import chat, notice

REACHABLE = exists().where(chat.c.id == notice.c.chat, chat.c.gone.is_(None))


class Notices:
    """`ports.Notices`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def queue(
        self,
        chat_id: int,
        kind: NoticeKind,
        values: Mapping[str, str],
        now: datetime,
        *,
        wait: timedelta = timedelta(),
    ) -> bool:
        there = select(chat.c.id).where(chat.c.id == chat_id, chat.c.gone.is_(None))
        if await self._connection.scalar(there) is None:
            return False
        await self._connection.execute(
            insert(self._connection, notice).values(
                chat=chat_id,
                kind=kind,
                values=json.dumps(dict(values), ensure_ascii=False),
                created=now,
                due=(now + wait).timestamp(),
            )
        )
        return True

    async def withdraw(self, kind: NoticeKind) -> Sequence[Mapping[str, str]]:
        untold = delete(notice).where(notice.c.kind == kind, notice.c.claim == 0)
        rows = await self._connection.execute(untold.returning(notice.c["values"]))
        return [json.loads(row["values"]) for row in rows.mappings()]

    async def claim(self, now: datetime, limit: int, lease: float) -> list[Notice]:
        rows = await claims.claim(
            self._connection, notice, now.timestamp(), limit, lease, REACHABLE
        )
        ids = {row["chat"] for row in rows}
        found = await self._connection.execute(select(chat).where(chat.c.id.in_(ids)))
        chats = {row["id"]: chat_of(row) for row in found.mappings()}
        return [
            Notice(
                id=row["id"],
                chat=chats[row["chat"]],
                kind=row["kind"],
                values=json.loads(row["values"]),
                attempts=row["attempts"],
                claim=row["claim"],
            )
            for row in rows
            if row["chat"] in chats
        ]

    async def again(self, kept: Notice, due: datetime, attempts: int) -> bool:
        return await claims.release(
            self._connection,
            notice,
            kept.id,
            kept.claim,
            due=due.timestamp(),
            attempts=attempts,
        )

    async def done(self, said: Notice) -> bool:
        result = await self._connection.execute(
            delete(notice).where(notice.c.id == said.id, notice.c.claim == said.claim)
        )
        return result.rowcount == 1
