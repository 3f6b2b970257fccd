"""Figures that people are shown: how fresh the news is, and what a query would have rung for."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """The figures behind /status; ages in seconds, None where there is nothing to measure."""

    sources: int
    failing: int
    articles_24h: int
    alerts_24h: int
    queued: int
    oldest_queued: datetime | None
    last_article: datetime | None
    dead: int  # alerts Telegram refused for good
    subscriptions: int
    chats: int
    letters: tuple["DeadLetter", ...] = ()  # the latest of the dead, for operators


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An alert that will never be said: of which article, why, since when."""

    title: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another form of a query (canonical text), and how many articles of 24 h it meets."""

    text: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The dry run of a query: what it would have rung for in the last 24 h, newest first.

    `hits` are at most a handful of examples; `count` is of all, a lower bound where `capped`.
    `per_day` is what to expect, also where the archive is younger than a day. `proposals` are
    wider forms where there was nothing, narrower ones where there was too much.
    """

    count: int
    hits: tuple[Article, ...]
    capped: bool = False
    per_day: int = 0
    proposals: tuple[Proposal, ...] = ()
