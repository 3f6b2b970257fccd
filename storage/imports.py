"""Files on their way into chats, entry by entry."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.imports import Facts, Import, Progress, Refusal, Result, Step
from bot.domain.model import Place
from storage import claims
from storage.rows import chat_of, insert
from storage.schema import chat, import_item, import_job

SHOWN_REFUSALS = 10


REACHABLE = exists().where(chat.c.id == import_job.c.chat, chat.c.gone.is_(None))


class Imports:
    """`ports.Imports`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def start(self, place: Place, items: Sequence[Facts], now: datetime) -> int | None:
        rows = await self._connection.execute(
            insert(self._connection, import_job)
            .values(chat=place.chat, topic=place.topic, created=now, due=now.timestamp())
            .on_conflict_do_nothing()
            .returning(import_job.c.id)
        )
        job: int | None = rows.scalar_one_or_none()
        if job is not None and items:
            values = [
                {"job": job, "position": position, "payload": json.dumps(dict(item))}
                for position, item in enumerate(items)
            ]
            await self._connection.execute(insert(self._connection, import_item), values)
        return job

    async def claim(self, now: datetime, limit: int, lease: float) -> list[Import]:
        rows = await claims.claim(
            self._connection, import_job, now.timestamp(), limit, lease, REACHABLE
        )
        found = await self._connection.execute(
            select(chat).where(chat.c.id.in_({row["chat"] for row in rows}))
        )
        chats = {row["id"]: chat_of(row) for row in found.mappings()}
        return [
            Import(
                id=row["id"],
                place=Place(row["chat"], row["topic"]),
                chat=chats[row["chat"]],
                message=row["message"],
                cancelled=row["cancelled"],
                show=row["show"],
                attempts=row["attempts"],
                claim=row["claim"],
            )
            for row in rows
            if row["chat"] in chats
        ]

    async def next(self, job: Import, limit: int) -> list[Step]:
        if await self.cancelled(job):
            return []
        rows = await self._connection.execute(
            select(import_item.c.position, import_item.c.payload)
            .where(import_item.c.job == job.id, import_item.c.state == Result.PENDING)
            .order_by(import_item.c.position)
            .limit(limit)
        )
        return [Step(position, json.loads(payload)) for position, payload in rows]

    async def settle(
        self, job: Import, step: Step, result: Result, refusal: Refusal | None = None
    ) -> bool:
        wanted = exists().where(
            import_job.c.id == job.id,
            import_job.c.claim == job.claim,
            import_job.c.cancelled.is_(False),
        )
        why = refusal or Refusal("", "")
        changed = await self._connection.execute(
            update(import_item)
            .where(
                import_item.c.job == job.id,
                import_item.c.position == step.position,
                import_item.c.state == Result.PENDING,
                wanted,
            )
            .values(state=result, name=why.name, reason=why.code, detail=why.detail)
        )
        return changed.rowcount == 1

    async def progress(self, job: Import) -> Progress:
        rows = await self._connection.execute(
            select(import_item.c.state, func.count())
            .where(import_item.c.job == job.id)
            .group_by(import_item.c.state)
        )
        counts = {Result(state): count for state, count in rows}
        refused = await self._connection.execute(
            select(import_item.c.name, import_item.c.reason, import_item.c.detail)
            .where(import_item.c.job == job.id, import_item.c.state == Result.REFUSED)
            .order_by(import_item.c.position)
            .limit(SHOWN_REFUSALS)
        )
        return Progress(
            total=sum(counts.values()),
            added=counts.get(Result.ADDED, 0),
            known=counts.get(Result.KNOWN, 0),
            refused=counts.get(Result.REFUSED, 0),
            refusals=tuple(Refusal(*row) for row in refused),
        )

    async def cancelled(self, job: Import) -> bool:
        found = await self._connection.scalar(
            select(import_job.c.cancelled).where(import_job.c.id == job.id)
        )
        return found is not False

    async def cancel(self, chat_id: int, job_id: int) -> bool:
        changed = await self._connection.execute(
            update(import_job)
            .where(import_job.c.id == job_id, import_job.c.chat == chat_id)
            .values(cancelled=True)
        )
        return changed.rowcount == 1

    async def release(
        self, job: Import, due: datetime, *, message: int | None, show: float, attempts: int = 0
    ) -> bool:
        return await claims.release(
            self._connection,
            import_job,
            job.id,
            job.claim,
            due=due.timestamp(),
            message=message,
            show=show,
            attempts=attempts,
        )

    async def finish(self, job: Import) -> bool:
        result = await self._connection.execute(
            delete(import_job).where(import_job.c.id == job.id, import_job.c.claim == job.claim)
        )
        return result.rowcount == 1
