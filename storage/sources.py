"""Feeds we poll, and what each has shown before."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.model import Source, SourceHealth
from bot.domain.ports import CatalogueEntry, Polled
from storage import claims
from storage.rows import chunks, insert, source_of
from storage.schema import CATALOGUE, article, identity, source

HEALTH_DAYS = 7


class Sources:
    """`ports.Sources`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self, now: datetime, limit: int, lease: float) -> list[Source]:
        rows = await claims.claim(
            self._connection, source, now.timestamp(), limit, lease, source.c.retired.is_(False)
        )
        return [source_of(row) for row in rows]

    async def release(self, source_: Source, polled: Polled) -> bool:
        facts = {"title": polled.title, "site": polled.site, "language": polled.language}
        return await claims.release(
            self._connection,
            source,
            source_.id,
            source_.claim,
            due=polled.due.timestamp(),
            checked=polled.checked,
            etag=polled.validators.etag,
            last_modified=polled.validators.last_modified,
            digest=polled.digest,
            failures=polled.failures,
            error=polled.error,
            first_polled=polled.first_polled,
            last_ok=polled.last_ok,
            **{name: value for name, value in facts.items() if value is not None},
        )

    async def postpone(self, source_: Source, due: datetime) -> bool:
        return await claims.release(
            self._connection, source, source_.id, source_.claim, due=due.timestamp()
        )

    async def get(self, source_id: int) -> Source | None:
        rows = await self._connection.execute(select(source).where(source.c.id == source_id))
        row = rows.mappings().first()
        return None if row is None else source_of(row)

    async def add(self, entry: CatalogueEntry, owner: int | None, now: datetime) -> Source:
        known = await self.find(entry.url, owner or CATALOGUE)
        if known is not None:
            return known
        values = _facts(entry) | {"owner": owner or CATALOGUE, "due": now.timestamp()}
        statement = insert(self._connection, source).values(values)
        again = statement.on_conflict_do_update(
            index_elements=["url", "owner"], set_={"retired": False}
        )
        rows = await self._connection.execute(again.returning(source))
        return source_of(rows.mappings().one())

    async def find(self, url: str, chat: int) -> Source | None:
        rows = await self._connection.execute(
            select(source)
            .where(
                source.c.url == url,
                source.c.owner.in_([CATALOGUE, chat]),
                source.c.retired.is_(False),
            )
            .order_by(source.c.owner != CATALOGUE)
            .limit(1)
        )
        row = rows.mappings().first()
        return None if row is None else source_of(row)

    async def visible(self, chat: int, now: datetime) -> list[SourceHealth]:
        recent = (
            select(article.c.source, func.count().label("count"))
            .where(article.c.seen >= now - timedelta(days=HEALTH_DAYS))
            .group_by(article.c.source)
            .subquery()
        )
        rows = await self._connection.execute(
            select(source, func.coalesce(recent.c.count, 0).label("recent"))
            .outerjoin(recent, recent.c.source == source.c.id)
            .where(source.c.owner.in_([CATALOGUE, chat]), source.c.retired.is_(False))
        )
        found = [
            SourceHealth(source=source_of(row), per_day=row["recent"] / HEALTH_DAYS)
            for row in rows.mappings()
        ]
        return sorted(found, key=lambda one: (one.source.title.casefold(), one.source.id))

    async def sync_catalogue(
        self, entries: Sequence[CatalogueEntry], now: datetime, spread: float
    ) -> tuple[int, int]:
        rows = await self._connection.execute(
            select(source.c.id, source.c.url, source.c.retired).where(source.c.owner == CATALOGUE)
        )
        known = {row.url: row for row in rows}
        listed = {entry.url: entry for entry in entries}
        for url, entry in listed.items():
            if url in known:
                await self._connection.execute(
                    update(source)
                    .where(source.c.id == known[url].id)
                    .values(retired=False, **_facts(entry))
                )
        new = [entry for url, entry in listed.items() if url not in known]
        if new:
            start = now.timestamp()
            await self._connection.execute(
                insert(self._connection, source),
                [
                    _facts(entry)
                    | {"owner": CATALOGUE, "due": start + spread * _fraction(entry.url)}
                    for entry in new
                ],
            )
        gone = [row.id for url, row in known.items() if url not in listed and not row.retired]
        for some in chunks(gone):
            await self._connection.execute(
                update(source).where(source.c.id.in_(some)).values(retired=True)
            )
        return len(new), len(gone)

    async def known(self, source_id: int, keys: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for some in chunks(keys):
            rows = await self._connection.scalars(
                select(identity.c.key).where(
                    identity.c.source == source_id, identity.c.key.in_(some)
                )
            )
            found.update(rows)
        return found

    async def remember(self, source_id: int, keys: Iterable[str], now: datetime) -> None:
        rows = [{"source": source_id, "key": key, "seen": now} for key in dict.fromkeys(keys)]
        if rows:
            statement = insert(self._connection, identity)
            await self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["source", "key"], set_={"seen": statement.excluded.seen}
                ),
                rows,
            )


def _facts(entry: CatalogueEntry) -> dict[str, str | None]:
    return {
        "url": entry.url,
        "title": entry.title,
        "site": entry.site,
        "section": entry.section,
        "language": entry.language,
    }


def _fraction(url: str) -> float:
    """A stable place in [0, 1) for an address: restarts do not bunch sources together."""
    return int.from_bytes(blake2b(url.encode(), digest_size=4).digest()) / 2**32
