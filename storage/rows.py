"""Rows to values and back, and what every repository needs."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import RowMapping, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.model import (
    Alert,
    Article,
    Chat,
    ChatKind,
    Form,
    Habit,
    Moving,
    Place,
    Section,
    Source,
    Subscription,
    Validators,
    When,
    Wishes,
)
from bot.domain.places import Gather
from bot.domain.standing import Standing

CHUNK = 1_000
"""Values in one IN (…): far below PostgreSQL's 65,535 parameters."""


def insert(connection: AsyncConnection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT; both dialects spell it alike, SQLAlchemy does not."""
    return insert_into(connection.dialect.name, table)


def insert_into(dialect: str, table: Table) -> Any:
    """The same, before there is a connection."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def chunks(values: Iterable[Any]) -> Iterator[Sequence[Any]]:
    """The values, at most CHUNK at a time."""
    rest = list(values)
    for start in range(0, len(rest), CHUNK):
        yield rest[start : start + CHUNK]


def source_of(row: RowMapping) -> Source:
    """A row of `source`."""
    return Source(
        id=row["id"],
        url=row["url"],
        title=row["title"],
        site=row["site"],
        section=Section(row["section"]) if row["section"] else None,
        language=row["language"],
        owner=row["owner"] or None,
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        digest=row["digest"],
        first_polled=row["first_polled"],
        last_ok=row["last_ok"],
        failures=row["failures"],
        error=row["error"],
        failing=row["failing"],
        told=row["told"],
        gone=row["gone"],
        closed=row["closed"],
        wishes=_wishes_of(row["wishes"]),
        habit=Habit(row["gap"], row["news"]),
        moving=_moving_of(row),
        retired=row["retired"],
        standing=Standing(row["standing"]),
        promoted=row["promoted"],
        claim=row["claim"],
    )


def _wishes_of(text: str) -> Wishes:
    """JSON that `wishes_row` wrote."""
    said = json.loads(text)
    return Wishes(
        ttl=said.get("ttl"),
        period=said.get("period"),
        skip_hours=tuple(said.get("skip_hours", ())),
        skip_days=tuple(said.get("skip_days", ())),
    )


def wishes_row(wishes: Wishes) -> str:
    """JSON of what is said at all: mostly `{}`."""
    return json.dumps({name: value for name, value in asdict(wishes).items() if value})


def _moving_of(row: RowMapping) -> Moving | None:
    if row["moving_to"] is None:
        return None
    return Moving(row["moving_to"], row["moving_since"], row["moving_seen"])


def article_of(row: RowMapping) -> Article:
    """A row of `article` joined with its source's `source_title` and `source_owner`."""
    return Article(
        id=row["id"],
        story=row["story"],
        source=row["source"],
        source_title=row["source_title"],
        source_owner=row["source_owner"] or None,
        key=row["key"],
        title=row["title"],
        link=row["link"],
        summary=row["summary"],
        published=row["published"],
        seen=row["seen"],
        language=row["language"],
        section=Section(row["section"]) if row["section"] else None,
        authors=tuple(json.loads(row["authors"])),
        image=row["image"],
        lede=row["lede"],
    )


def subscription_of(row: RowMapping) -> Subscription:
    """A row of `subscription` joined with its query's `text`."""
    return Subscription(
        id=row["id"],
        place=Place(row["chat"], row["topic"]),
        typed=row["typed"],
        query=row["text"],
        query_id=row["query"],
        created=row["created"],
        when=When(row["when"]),
        silent=row["silent"],
        form=Form(row["form"]),
        urgent=row["urgent"],
    )


def chat_of(row: RowMapping) -> Chat:
    """A row of `chat`."""
    return Chat(
        id=row["id"],
        kind=ChatKind(row["kind"]),
        title=row["title"],
        locale=row["locale"],
        timezone=row["timezone"],
        news=row["news"],
        translate=row["translate"],
        pivot=row["pivot"],
        gone=row["gone"],
    )


def alert_of(row: RowMapping) -> Alert:
    """A row of `alert`."""
    return Alert(
        id=row["id"],
        place=Place(row["chat"], row["topic"]),
        story=row["story"],
        article=row["article"],
        round=row["round"],
        created=row["created"],
        attempts=row["attempts"],
        unanswered=row["unanswered"],
        plain=row["plain"],
        message_id=row["message"],
        gather=Gather(row["gather"]),
        shown=row["shown"],
    )
