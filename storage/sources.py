"""Feeds we poll, and what each has shown before."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.model import Polled, Source, SourceHealth
from bot.domain.outage import UNREACHABLE
from bot.domain.polling import host_of, spare_after
from bot.domain.ports import CatalogueEntry
from storage import claims
from storage.catalogue import AS_NEW, facts, sync
from storage.rows import chunks, insert, insert_into, source_of, wishes_row
from storage.schema import CATALOGUE, identity, source
from storage.sourcing import health_of, with_recent
from storage.types import UtcDateTime

FRESH_ENOUGH = timedelta(days=1)
"""Keys are kept for months: their last sight need not be written at every poll."""

POLLED = source.c.retired.is_(False) & source.c.closed.is_(False)
KNOWN = select(identity.c.key).where(
    identity.c.source == bindparam("its"), identity.c.key.in_(bindparam("keys", expanding=True))
)
LATELY = KNOWN.where(identity.c.seen >= bindparam("since", type_=UtcDateTime))


class Sources:
    """`ports.Sources`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self, now: datetime, limit: int, lease: float) -> list[Source]:
        rows = await claims.claim(self._connection, source, now.timestamp(), limit, lease, POLLED)
        return [source_of(row) for row in rows]

    async def release(self, source_: Source, polled: Polled) -> bool:
        facts = {"title": polled.title, "site": polled.site, "language": polled.language}
        moving = polled.moving
        again = min(polled.due, polled.checked + spare_after(polled.error)).timestamp()
        return await claims.release(
            self._connection,
            source,
            source_.id,
            source_.claim,
            again,
            due=polled.due.timestamp(),
            checked=polled.checked,
            etag=polled.validators.etag,
            last_modified=polled.validators.last_modified,
            digest=polled.digest,
            failures=polled.failures,
            error=polled.error,
            failing=polled.failing,
            told=polled.told,
            gone=polled.gone,
            closed=polled.closed,
            wishes=wishes_row(polled.wishes),
            gap=polled.habit.gap,
            news=polled.habit.since,
            moving_to=moving and moving.to,
            moving_since=moving and moving.since,
            moving_seen=moving.seen if moving else 0,
            first_polled=polled.first_polled,
            last_ok=polled.last_ok,
            **{name: value for name, value in facts.items() if value is not None},
        )

    async def postpone(self, source_: Source, due: datetime) -> bool:
        return await claims.release(
            self._connection, source, source_.id, source_.claim, due=due.timestamp()
        )

    async def line_up(
        self,
        host: str,
        claimed: Sequence[Source],
        now: datetime,
        before: datetime,
        start: datetime,
        step: float,
    ) -> int:
        ids = [one.id for one in claimed]
        since = case((source.c.id.in_(ids), now.timestamp()), else_=source.c.due)
        line = (source.c.host == host) & POLLED & (since <= max(before, now).timestamp())
        turns = (start.timestamp(), step)
        return await claims.line_up(self._connection, source, line, since, source.c.checked, turns)

    async def hold_host(self, host: str, until: datetime, step: float) -> int:
        early = (source.c.host == host) & POLLED & (source.c.due < until.timestamp())
        turns = (until.timestamp(), step)
        return await claims.line_up(
            self._connection, source, early, source.c.due, source.c.checked, turns
        )

    async def forgive(self, failures: Mapping[int, int]) -> None:
        for source_id, before in failures.items():
            well: dict[str, Any] = {} if before else {"error": None, "failing": None}
            await self._connection.execute(
                update(source)
                .where(
                    source.c.id == source_id,
                    source.c.failures > before,
                    source.c.error.in_(UNREACHABLE),
                )
                .values(failures=before, **well)
            )

    async def move(self, source_: Source, url: str) -> bool:
        twin = source.alias("twin")
        taken = exists().where(twin.c.url == url, twin.c.owner == source.c.owner)
        listed = case(
            (source.c.owner == CATALOGUE, func.coalesce(source.c.listed, source.c.url)),
        )
        result = await self._connection.execute(
            update(source)
            .where(source.c.id == source_.id, ~taken)
            .values(
                url=url,
                host=host_of(url),
                listed=listed,
                moving_to=None,
                moving_since=None,
                moving_seen=0,
            )
        )
        return result.rowcount == 1

    async def revive(self, source_id: int, now: datetime) -> Source:
        rows = await self._connection.execute(
            update(source)
            .where(source.c.id == source_id)
            .values(**AS_NEW, due=now.timestamp())
            .returning(source)
        )
        return source_of(rows.mappings().one())

    async def get(self, source_id: int) -> Source | None:
        rows = await self._connection.execute(select(source).where(source.c.id == source_id))
        row = rows.mappings().first()
        return None if row is None else source_of(row)

    async def add(self, entry: CatalogueEntry, owner: int | None, now: datetime) -> Source:
        known = await self.find(entry.url, owner or CATALOGUE)
        if known is not None:
            return await self.revive(known.id, now) if known.closed else known
        values = facts(entry) | {"owner": owner or CATALOGUE, "due": now.timestamp()}
        statement = insert(self._connection, source).values(values)
        again = statement.on_conflict_do_update(index_elements=["url", "owner"], set_=AS_NEW)
        rows = await self._connection.execute(again.returning(source))
        return source_of(rows.mappings().one())

    async def find(self, url: str, chat: int) -> Source | None:
        rows = await self._connection.execute(
            select(source)
            .where(
                or_(source.c.url == url, source.c.listed == url),
                source.c.owner.in_([CATALOGUE, chat]),
                source.c.retired.is_(False),
            )
            .order_by(source.c.owner != CATALOGUE)
            .limit(1)
        )
        row = rows.mappings().first()
        return None if row is None else source_of(row)

    async def owned(self, chat: int) -> list[Source]:
        rows = await self._connection.execute(
            select(source)
            .where(source.c.owner == chat, source.c.retired.is_(False))
            .order_by(source.c.title, source.c.id)
        )
        return [source_of(row) for row in rows.mappings()]

    async def names(self, chat: int) -> list[tuple[str, str]]:
        rows = await self._connection.execute(
            select(source.c.title, source.c.url).where(
                source.c.owner.in_([CATALOGUE, chat]), source.c.retired.is_(False)
            )
        )
        return [(row.title, row.url) for row in rows]

    async def visible(self, chat: int, now: datetime) -> list[SourceHealth]:
        rows = await self._connection.execute(
            with_recent(now).where(
                source.c.owner.in_([CATALOGUE, chat]), source.c.retired.is_(False)
            )
        )
        found = [health_of(row, now) for row in rows.mappings()]
        return sorted(found, key=lambda one: (one.source.title.casefold(), one.source.id))

    async def sync_catalogue(
        self, entries: Sequence[CatalogueEntry], now: datetime, spread: float
    ) -> tuple[int, int]:
        return await sync(self._connection, entries, now, spread)

    async def known(self, source_id: int, keys: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for some in chunks(keys):
            found.update(await self._connection.scalars(KNOWN, {"its": source_id, "keys": some}))
        return found

    async def remember(self, source_id: int, keys: Iterable[str], now: datetime) -> None:
        wanted = list(dict.fromkeys(keys))
        lately: set[str] = set()
        for some in chunks(wanted):
            asked = {"its": source_id, "keys": some, "since": now - FRESH_ENOUGH}
            lately.update(await self._connection.scalars(LATELY, asked))
        rows = [
            {"source": source_id, "key": key, "seen": now} for key in wanted if key not in lately
        ]
        if rows:
            await self._connection.execute(_remembering(self._connection.dialect.name), rows)


@lru_cache(maxsize=2)
def _remembering(dialect: str) -> Any:
    statement = insert_into(dialect, identity)
    return statement.on_conflict_do_update(
        index_elements=["source", "key"], set_={"seen": statement.excluded.seen}
    )
