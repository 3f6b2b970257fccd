"""The one scheduling primitive: take due rows under a lease, hand them back with a fence."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    RowMapping,
    Table,
    Update,
    bindparam,
    case,
    func,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

AT_ONCE = 0.0
"""A due moment that has always passed."""

RUNG = -1.0
"""In place of a lease's end: news came while the row was worked on, so its turn comes again soon.
Taking the row from who has it would lose what they found."""


async def claim(
    connection: AsyncConnection,
    table: Table,
    now: float,
    limit: int,
    lease: float,
    also: ColumnElement[bool] | None = None,
    **values: Any,
) -> Sequence[RowMapping]:
    """Take up to `limit` due rows for `lease` seconds, longest due first; `values` are written.

    `also` is a constant of the caller's, by which the statement is remembered.

    It is a CTE on purpose: as `IN (SELECT … LIMIT n FOR UPDATE SKIP LOCKED)` PostgreSQL may run
    the inner query once per row and take far more than n (measured: 200 for 10). On SQLite the
    FOR UPDATE is left out by the dialect, and BEGIN IMMEDIATE does its work.
    """
    statement = _claiming(table, also, tuple(sorted(values)))
    asked = {"now": now, "most": limit, "lease_end": now + lease}
    asked |= {f"new_{name}": value for name, value in values.items()}
    rows = (await connection.execute(statement, asked)).mappings().all()
    return sorted(rows, key=lambda row: row["id"])


@lru_cache(maxsize=32)
def _claiming(
    table: Table, also: ColumnElement[bool] | None, names: tuple[str, ...]
) -> ReturningUpdate[Any]:
    """Built once for each table and condition: every tick asks."""
    due = (
        select(table.c.id)
        .where(table.c.due <= bindparam("now"), true() if also is None else also)
        .order_by(table.c.due)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        .cte("due_rows")
    )
    written = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    return (
        update(table)
        .where(table.c.id.in_(select(due.c.id)))
        .values(
            due=bindparam("lease_end"),
            leased=bindparam("lease_end"),
            claim=table.c.claim + 1,
            **written,
        )
        .returning(table)
    )


async def release(
    connection: AsyncConnection,
    table: Table,
    row_id: int,
    fence: int,
    again: float | None = None,
    **values: Any,
) -> bool:
    """Write `values` if the lease still stands; False: it was lost, roll back.

    With `again`, that is when the row is due if news came meanwhile (`RUNG`).
    """
    asked = {f"new_{name}": value for name, value in values.items()}
    asked |= {"which": row_id, "fence": fence} | ({} if again is None else {"again": again})
    statement = _releasing(table, tuple(sorted(values)), rung=again is not None)
    return (await connection.execute(statement, asked)).rowcount == 1


@lru_cache(maxsize=64)
def _releasing(table: Table, names: tuple[str, ...], *, rung: bool) -> Update:
    """Built once for each set of columns: every poll ends with it."""
    written: dict[str, Any] = {
        name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names
    }
    if rung:
        early = table.c.leased == RUNG
        written["due"] = case((early, bindparam("again", type_=Float)), else_=written["due"])
    return (
        update(table)
        .where(table.c.id == bindparam("which"), table.c.claim == bindparam("fence"))
        .values(leased=None, **written)
    )


async def free(connection: AsyncConnection, table: Table) -> None:
    """End every lease: nobody is there who could hold one. What waits for other reasons waits."""
    await connection.execute(
        update(table).where(table.c.due == table.c.leased).values(due=AT_ONCE, leased=None)
    )


async def line_up(
    connection: AsyncConnection,
    table: Table,
    which: ColumnElement[bool],
    since: ColumnElement[float],
    order: ColumnElement[Any],
    turns: tuple[float, float],
) -> int:
    """Make rows due one after the other, by `order`, none before its `since`; returns how many.

    `turns` are the moment of the first and the seconds between two. Rows that another transaction
    holds are in work already and keep their time: waiting for them here, in an order of our own,
    is how two processes would deadlock.
    """
    start, step = turns
    rows = select(table.c.id, since.label("since"), order.label("rank")).where(which)
    line = rows.with_for_update(skip_locked=True).cte("line")
    place = func.row_number().over(order_by=(line.c.rank.nulls_first(), line.c.id)) - 1
    turn = select(line.c.id, line.c.since, (start + step * place).label("at")).cte("turn")
    due = case((turn.c.at > turn.c.since, turn.c.at), else_=turn.c.since)
    # Counted by what it returns: SQLite's driver knows no count of an UPDATE after a WITH.
    moved = await connection.scalars(
        update(table).where(table.c.id == turn.c.id).values(due=due).returning(table.c.id)
    )
    return len(moved.all())
