"""Making the shared catalogue be what its list says, without losing what sources have shown."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.polling import host_of
from bot.domain.ports import CatalogueEntry
from bot.domain.standing import Standing
from storage.rows import chunks, insert
from storage.schema import CATALOGUE, source
from storage.search import unfile

AS_NEW: dict[str, Any] = {
    "retired": False,
    "closed": False,
    "gone": None,
    "failures": 0,
    "failing": None,
    "error": None,
    "told": False,
}
"""A source that is brought back: what was held against it is forgotten, its history is not."""


async def sync(
    connection: AsyncConnection, entries: Sequence[CatalogueEntry], now: datetime, spread: float
) -> tuple[int, int]:
    """`ports.Sources.sync_catalogue`."""
    rows = (
        await connection.execute(
            select(
                source.c.id,
                source.c.url,
                source.c.title,
                source.c.listed,
                source.c.retired,
                source.c.standing,
                source.c.promoted,
            ).where(source.c.owner == CATALOGUE)
        )
    ).mappings()
    known = list(rows)
    # A source that has moved answers to the address that the list has for it, and to its own.
    found = {row["listed"]: row for row in known if row["listed"]}
    found |= {row["url"]: row for row in known}
    listed = {entry.url: entry for entry in entries}
    for url, entry in listed.items():
        if url in found:
            await _update(connection, found[url], entry)
    new = [entry for url, entry in listed.items() if url not in found]
    await _insert(connection, new, now, spread)
    kept = {found[url]["id"] for url in listed if url in found}
    spared = kept | {row["id"] for row in known if row["retired"] or row["promoted"]}
    gone = [row["id"] for row in known if row["id"] not in spared]
    for some in chunks(gone):
        await connection.execute(update(source).where(source.c.id.in_(some)).values(retired=True))
    return len(new), len(gone)


def facts(entry: CatalogueEntry) -> dict[str, str | None]:
    """The columns of a new source."""
    return {"url": entry.url, "host": host_of(entry.url), **_changeable(entry)}


def _changeable(entry: CatalogueEntry) -> dict[str, str | None]:
    return {
        "title": entry.title,
        "site": entry.site,
        "section": entry.section,
        "language": entry.language,
    }


async def _update(connection: AsyncConnection, row: RowMapping, entry: CatalogueEntry) -> None:
    if row["title"] != entry.title:
        await unfile(connection, row["id"])
    # What an operator has retired stays so, however often the list has it.
    back = AS_NEW if row["retired"] and row["standing"] != Standing.RETIRED else {}
    await connection.execute(
        update(source).where(source.c.id == row["id"]).values(**_changeable(entry), **back)
    )


async def _insert(
    connection: AsyncConnection, new: Sequence[CatalogueEntry], now: datetime, spread: float
) -> None:
    if not new:
        return
    start = now.timestamp()
    await connection.execute(
        insert(connection, source),
        [
            facts(entry) | {"owner": CATALOGUE, "due": start + spread * _fraction(entry.url)}
            for entry in new
        ],
    )


def _fraction(url: str) -> float:
    """A stable place in [0, 1) for an address: restarts do not bunch sources together."""
    return int.from_bytes(blake2b(url.encode(), digest_size=4).digest()) / 2**32
