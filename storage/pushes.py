"""What hubs tell us of, and the polls they bring about."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    RowMapping,
    and_,
    case,
    delete,
    exists,
    literal,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.polling import spare_after
from bot.domain.pushing import Farewell, Hub, Push
from storage import claims
from storage.rows import insert
from storage.schema import farewell, push, source

_POLLED = source.c.retired.is_(False) & source.c.closed.is_(False)
_IN_USE = exists().where(source.c.id == push.c.source, _POLLED)


class Pushes:
    """`ports.Pushes`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def want(self, source_id: int, hub: Hub, path: str, secret: str, now: datetime) -> None:
        other = or_(push.c.hub != hub.url, push.c.topic != hub.topic)
        await self._end(and_(push.c.source == source_id, other), now)
        facts = {"hub": hub.url, "topic": hub.topic, "path": path, "secret": secret}
        statement = insert(self._connection, push).values(
            source=source_id, due=now.timestamp(), **facts
        )
        await self._connection.execute(statement.on_conflict_do_nothing(index_elements=["source"]))

    async def drop(self, source_id: int, now: datetime) -> None:
        await self._end(push.c.source == source_id, now)

    async def part(self, now: datetime) -> None:
        await self._end(not_(_IN_USE), now)

    async def leave(self, now: datetime, limit: int, seconds: float) -> list[Farewell]:
        rows = await claims.claim(self._connection, farewell, now.timestamp(), limit, seconds)
        return [_farewell_of(row) for row in rows]

    async def left(self, one: Farewell, due: datetime | None) -> None:
        if due is None:
            await self._connection.execute(delete(farewell).where(farewell.c.id == one.id))
            return
        again = {"failures": one.failures + 1, "due": due.timestamp()}
        await claims.release(self._connection, farewell, one.id, one.claim, **again)

    async def farewell(self, path: str) -> Farewell | None:
        rows = await self._connection.execute(select(farewell).where(farewell.c.path == path))
        row = rows.mappings().first()
        return None if row is None else _farewell_of(row)

    async def _end(self, which: ColumnElement[bool], now: datetime) -> None:
        """Subscriptions become farewells, as far as their hub knows them."""
        known = or_(push.c.pending, push.c.until > now)
        moment = literal(now.timestamp(), Float)
        row = select(push.c.hub, push.c.topic, push.c.path, moment).where(which, known)
        await self._connection.execute(
            farewell.insert().from_select(["hub", "topic", "path", "due"], row)
        )
        await self._connection.execute(delete(push).where(which))

    async def claim(self, now: datetime, limit: int, seconds: float) -> list[Push]:
        rows = await claims.claim(
            self._connection, push, now.timestamp(), limit, seconds, _IN_USE, pending=True
        )
        return [_push_of(row) for row in rows]

    async def asked(self, one: Push, due: datetime) -> None:
        await self._connection.execute(
            update(push)
            .where(push.c.id == one.id, push.c.claim == one.claim, push.c.pending)
            .values(failures=one.failures, due=due.timestamp(), leased=None)
        )

    async def at(self, path: str) -> Push | None:
        rows = await self._connection.execute(select(push).where(push.c.path == path))
        row = rows.mappings().first()
        return None if row is None else _push_of(row)

    async def confirm(self, one: Push, due: datetime) -> None:
        await self._change(
            one, pending=False, until=one.until, failures=one.failures, due=due.timestamp()
        )

    async def ring(self, one: Push, method: str, now: datetime) -> bool:
        await self._change(one, method=method)
        polled = (source.c.id == one.source) & _POLLED
        facts = select(source.c.checked, source.c.error)
        row = (await self._connection.execute(facts.where(polled))).first()
        if row is None:
            return False
        moment = max(now, row.checked + spare_after(row.error)) if row.checked else now
        leased = source.c.leased
        asked_now = or_(
            leased == claims.RUNG, and_(leased == source.c.due, leased > now.timestamp())
        )
        await self._connection.execute(
            update(source)
            .where(polled, source.c.due > moment.timestamp())
            .values(
                due=case((asked_now, source.c.due), else_=moment.timestamp()),
                leased=case((asked_now, claims.RUNG), else_=leased),
            )
        )
        return True

    async def _change(self, one: Push, **values: Any) -> None:
        await self._connection.execute(
            update(push).where(push.c.id == one.id, push.c.path == one.path).values(**values)
        )


def _farewell_of(row: RowMapping) -> Farewell:
    return Farewell(
        id=row["id"],
        hub=Hub(row["hub"], row["topic"]),
        path=row["path"],
        failures=row["failures"],
        claim=row["claim"],
    )


def _push_of(row: RowMapping) -> Push:
    return Push(
        id=row["id"],
        source=row["source"],
        hub=Hub(row["hub"], row["topic"]),
        path=row["path"],
        secret=row["secret"],
        method=row["method"],
        pending=row["pending"],
        until=row["until"],
        failures=row["failures"],
        claim=row["claim"],
    )
