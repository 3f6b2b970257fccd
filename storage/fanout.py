"""The fan-out: an alert for every place that would hear of an article now, in one statement.

Building it takes 3 ms, which is longer than executing it: it is built once for each kind of news.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Select,
    and_,
    bindparam,
    cast,
    exists,
    false,
    func,
    or_,
    select,
    true,
)

from bot.domain.joining import LEAST_TRIPLED, TOLD_AGAIN, TRIPLE
from bot.domain.languages import News, NewsLanguages, primary
from bot.domain.model import Article
from bot.domain.places import Gather
from storage.rows import insert_into
from storage.schema import alert, chat, muted_source, place, story, subscription
from storage.types import UtcDateTime

COLUMNS = ("chat", "topic", "story", "round", "article", "created", "size", "ready")

_story = bindparam("its_story", type_=BigInteger)
_moment = bindparam("moment", type_=UtcDateTime)
_seconds: ColumnElement[float] = bindparam("seconds", type_=Float)
_size = func.coalesce(select(story.c.size).where(story.c.id == _story).scalar_subquery(), 1)
"""Outlets that tell the story."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What the statement's text depends on; all else about an article is a parameter."""

    dialect: str
    language: str | None
    news: NewsLanguages
    pivot: str | None  # the language into which it was translated, if it is told as a translation
    owned: bool  # by one chat


def kind_of(dialect: str, article: Article, news: NewsLanguages, pivot: str | None) -> Kind:
    """The kind of an article's news."""
    owned = article.source_owner is not None
    return Kind(dialect, primary(article.language), news, pivot, owned)


@lru_cache(maxsize=256)
def fan_out(kind: Kind) -> Any:
    """The INSERT for `values_of` and `queries`; it returns the chats."""
    rows = insert_into(kind.dialect, alert).from_select(COLUMNS, _places(kind))
    return rows.on_conflict_do_nothing().returning(alert.c.chat)


def values_of(article: Article, now: datetime) -> dict[str, Any]:
    """The statement's parameters, but for `queries`."""
    owner = {} if article.source_owner is None else {"its_owner": article.source_owner}
    return owner | {
        "its_story": article.story,
        "about": article.id,
        "its_source": article.source,
        "moment": now,
        "seconds": now.timestamp(),
        "told_since": now - TOLD_AGAIN,
    }


def _places(kind: Kind) -> Select[Any]:
    earlier = alert.alias("earlier")
    rounds = select(func.max(earlier.c.round)).where(*_same_place(earlier))
    here = and_(place.c.chat == subscription.c.chat, place.c.topic == subscription.c.topic)
    places = (
        select(
            subscription.c.chat,
            subscription.c.topic,
            cast(_story, BigInteger),
            func.coalesce(rounds.scalar_subquery() + 1, 0).label("round"),
            cast(bindparam("about"), BigInteger).label("about"),
            _moment.label("made"),
            _size.label("size"),
            _ready_there().label("ready"),
        )
        .join(chat, chat.c.id == subscription.c.chat)
        .outerjoin(place, here)
        .where(subscription.c.query.in_(bindparam("queries", expanding=True)))
        .where(_reads(kind), _listens(), ~_told(), ~_muted())
        .distinct()
        .order_by(subscription.c.chat, subscription.c.topic)
    )
    return places.where(subscription.c.chat == bindparam("its_owner")) if kind.owned else places


def _reads(kind: Kind) -> ColumnElement[bool]:
    there = _read_there(kind.language, kind.news)
    if kind.pivot is None:
        return there
    plain = subscription.c.worldwide.is_(False)
    return and_(there, plain, chat.c.pivot, _speaks(kind.pivot))


def _read_there(language: str | None, default: NewsLanguages) -> ColumnElement[bool]:
    """What `languages.rings` says, for every chat at once."""
    if language is None:
        return true()
    own = _speaks(language)
    usual = true() if default.everything or language in default.codes else false()
    return or_(
        subscription.c.worldwide,
        chat.c.news == News.ALL,
        and_(chat.c.news == News.OWN, own),
        and_(chat.c.news == News.DEFAULT, or_(usual, own) if default.own else usual),
    )


def _speaks(language: str) -> ColumnElement[bool]:
    return or_(chat.c.locale == language, chat.c.locale.like(f"{language}-%"))


def _listens() -> ColumnElement[bool]:
    """Neither gone, nor paused, nor muted."""
    return and_(
        chat.c.gone.is_(None),
        func.coalesce(place.c.paused, false()).is_(False),
        func.coalesce(place.c.muted_until, 0.0) <= _seconds,
    )


def _told() -> ColumnElement[bool]:
    """What `joining.py` says: told of the story within 12 hours, and it has not tripled since."""
    known = alert.alias("known")
    return exists().where(
        *_same_place(known),
        known.c.created > bindparam("told_since", type_=UtcDateTime),
        or_(known.c.size * TRIPLE > _size, _size < LEAST_TRIPLED),
    )


def _muted() -> ColumnElement[bool]:
    return exists().where(
        muted_source.c.chat == subscription.c.chat,
        muted_source.c.topic == subscription.c.topic,
        muted_source.c.source == bindparam("its_source"),
    )


def _ready_there() -> ColumnElement[float]:
    """With those that a closed topic holds, so that they keep their order; else at once."""
    held = alert.alias("held")
    waits = select(func.max(held.c.ready)).where(
        held.c.chat == subscription.c.chat,
        held.c.topic == subscription.c.topic,
        held.c.ready > _seconds,
        held.c.gather == Gather.NONE,
        held.c.sent.is_(None),
        held.c.buried.is_(None),
    )
    return func.coalesce(waits.scalar_subquery(), 0.0)


def _same_place(table: Any) -> tuple[Any, ...]:
    """Alerts of the story in the place of the subscription at hand."""
    return (
        table.c.chat == subscription.c.chat,
        table.c.topic == subscription.c.topic,
        table.c.story == _story,
    )
