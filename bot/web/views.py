"""From articles to what templates show: texts cleaned, links checked, times told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from bot.domain.languages import primary
from bot.domain.model import Article
from bot.rendering.alert import headline_and_lede
from bot.rendering.html import clean, linkable

_NO_COUNTS: Mapping[int, int] = {}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Item:
    """An article on a page; `iso` is its time by RFC 3339, `outlets` how many tell its story."""

    id: int
    story: int
    title: str
    link: str | None
    lede: str
    source: str
    when: str
    iso: str
    day: str
    section: str | None
    language: str | None
    outlets: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed; `id` is a path of ours."""

    id: str
    title: str
    link: str | None
    text: str
    author: str
    iso: str
    section: str | None


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


def moment(when: datetime) -> str:
    """`9 Jan 2022, 10:57 UTC`: the pages are in English."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}, {when:%H:%M} UTC"


def item(article: Article, counts: Mapping[int, int] = _NO_COUNTS) -> Item:
    """One article."""
    title, lede = headline_and_lede(article)
    told, language = shown_at(article), primary(article.language)
    return Item(
        id=article.id,
        story=article.story,
        title=title or clean(article.link or "") or "(no headline)",
        link=linkable(article.link),
        lede=lede,
        source=clean(article.source_title),
        when=moment(told),
        iso=_iso(told),
        day=f"{told:%Y-%m-%d}",
        section=article.section,
        language=language,
        outlets=counts.get(article.story, 1),
    )


def entry_of(article: Article) -> Entry:
    """One article in a feed."""
    shown = item(article)
    return Entry(
        id=f"/article/{article.id}",
        title=shown.title,
        link=shown.link,
        text=shown.lede,
        author=shown.source,
        iso=shown.iso,
        section=shown.section,
    )


def shown_at(article: Article) -> datetime:
    """When it was published; where that is unknown or still to come, when we saw it."""
    if article.published is None or article.published > article.seen:
        return article.seen
    return article.published


def one_group(
    articles: Iterable[Article], name: str | None = None, counts: Mapping[int, int] = _NO_COUNTS
) -> tuple[Group, ...]:
    """All of them under one heading, or none."""
    items = tuple(item(one, counts) for one in articles)
    return (Group(name, items),) if items else ()


def by_section(articles: Sequence[Article], counts: Mapping[int, int]) -> tuple[Group, ...]:
    """Articles that are sorted by section, a heading each."""
    return tuple(
        Group(section or "Other", tuple(item(one, counts) for one in some))
        for section, some in groupby(articles, key=lambda one: one.section)
    )


def days_beside(day: date, today: date) -> Days:
    """Yesterday's and tomorrow's pages."""
    after = day + timedelta(days=1)
    before = (day - timedelta(days=1)).isoformat()
    return Days(before, after.isoformat() if after <= today else None)


def bars(counts: Sequence[int], tall: int) -> list[dict[str, float]]:
    """A little chart: one bar a count, 8 units wide and 10 apart, the highest `tall`."""
    most = max(counts, default=0) or 1
    heights = [max(round(tall * count / most, 1), 0.6) for count in counts]
    return [
        {"x": 10 * n + 1, "y": round(tall - height, 1), "height": height, "count": count}
        for n, (count, height) in enumerate(zip(counts, heights, strict=True))
    ]


def _iso(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"
