"""From articles to what templates show: texts cleaned, links checked, times told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from bot.domain.languages import primary
from bot.domain.model import Article
from bot.rendering.alert import lede_of, moment
from bot.rendering.html import clean, linkable


@dataclass(frozen=True, slots=True)
class Item:
    """An article on a page; `iso` is its time by RFC 3339."""

    id: int
    story: int
    title: str
    link: str | None
    lede: str
    source: str
    when: str
    iso: str
    section: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Articles under a heading."""

    name: str | None
    articles: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Days:
    """The days beside one, as their pages are called."""

    before: str
    after: str | None


def item(article: Article) -> Item:
    """One article."""
    told = shown_at(article)
    return Item(
        id=article.id,
        story=article.story,
        title=clean(article.title) or clean(article.summary)[:200] or "(no headline)",
        link=linkable(article.link),
        lede=lede_of(article),
        source=clean(article.source_title),
        when=moment(told),
        iso=f"{told:%Y-%m-%dT%H:%M:%SZ}",
        section=article.section,
        language=primary(article.language),
    )


def shown_at(article: Article) -> datetime:
    """When it was published; where that is unknown or still to come, when we saw it."""
    if article.published is None or article.published > article.seen:
        return article.seen
    return article.published


def one_group(articles: Iterable[Article], name: str | None = None) -> tuple[Group, ...]:
    """All of them under one heading, or none."""
    items = tuple(map(item, articles))
    return (Group(name, items),) if items else ()


def by_section(articles: Sequence[Article]) -> tuple[Group, ...]:
    """Articles that are sorted by section, a heading each."""
    return tuple(
        Group(section or "Other", tuple(map(item, some)))
        for section, some in groupby(articles, key=lambda one: one.section)
    )


def days_beside(day: date, today: date) -> Days:
    """Yesterday's and tomorrow's pages."""
    after = day + timedelta(days=1)
    before = (day - timedelta(days=1)).isoformat()
    return Days(before, after.isoformat() if after <= today else None)
