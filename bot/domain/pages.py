"""An article's own page: when it is worth a request, and what of it completes the article.

Feeds often send a headline alone, or half a sentence. What the page's head says about itself is
meant to be shown elsewhere; its text is not, and none of it is kept.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

import regex

from bot.domain.model import Article, Section
from bot.domain.text import compact, tokens

LEAST_SUMMARY = 60
"""Characters of a summary that says something (language.md, section 7)."""

MOST_LEDE = 400
_AKIN = 0.5
"""Of the words of the shorter headline: a page that shares fewer is another page."""

_DENSE_FROM = "\u2e80"
_DENSE_WEIGHT = 3
"""Characters of Han and Kana say about three times as much as letters."""

_SLACK = timedelta(days=1)

_CUT = regex.compile(
    r"(?:\.{3}|…|[\[(]\s*(?:\.{3}|…)\s*[\])])\s*$"
    r"|(?:read (?:more|on|the full (?:story|article))|continue reading|full story"
    r"|weiterlesen|mehr lesen|lire (?:la suite|plus)|leer m[aá]s|seguir leyendo|leia mais"
    r"|leggi (?:tutto|di pi[uù])|lees (?:meer|verder)|czytaj (?:wi[eę]cej|dalej)"
    r"|читать далее|подробнее|читати далі|докладніше|devamını oku|اقرأ المزيد|阅读更多|続きを読む)"
    r"[\s.…»→>\])]*$",
    regex.IGNORECASE,
)

_NO_PAGES = regex.compile(
    r"\.(?:mp3|m4a|ogg|opus|wav|mp4|m4v|webm|mov|avi|pdf|jpe?g|png|gif|webp|zip|docx?|xlsx?)$",
    regex.IGNORECASE,
)

Wall = Literal["consent", "paywall"]
"""What stands before a page's text: its words are nobody's article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says about itself, cleaned; `published` is exact, with time and zone, or None.

    `is_article`: it says that it is one, where other pages have slogans for descriptions.
    """

    headline: str = ""
    lede: str = ""
    published: datetime | None = None
    section: Section | None = None
    image: str | None = None
    authors: tuple[str, ...] = ()
    is_article: bool = False
    wall: Wall | None = None


def wants_page(article: Article) -> bool:
    """Whether its page is worth a request: the feed told too little, and nobody has looked yet."""
    if article.lede is not None or article.link is None:
        return False
    return is_thin(article.title, article.summary) and may_be_page(article.link)


def may_be_page(link: str) -> bool:
    """Not a recording, a picture, or the front page."""
    path = urlsplit(link).path
    return path not in ("", "/") and not _NO_PAGES.search(path)


def is_thin(title: str, summary: str) -> bool:
    """Whether a summary is missing, shorter than 60 characters, cut, or the title again.

    A post without a title is whole however short it is.
    """
    text = " ".join(summary.split())
    if text and not title.strip():
        return bool(_CUT.search(text))
    if title and text.casefold().startswith(title.casefold()):
        text = text[len(title) :].lstrip(" .:–-")
    return _weight(text) < LEAST_SUMMARY or bool(_CUT.search(text))


def completed(article: Article, page: Page | None) -> Article:
    """The article with what its page adds; what the feed said stays, save a date without time.

    Its `lede` is empty where the page has none that may be shown: nobody need look again.
    """
    if page is None or not _is_its_page(article, page):
        return replace(article, lede="")
    return replace(
        article,
        lede=_lede(article, page),
        published=_published(article, page),
        section=article.section or page.section,
        image=article.image or page.image,
        authors=article.authors or page.authors,
    )


def _lede(article: Article, page: Page) -> str:
    """The page's, if no wall stands there and it says more than the feed."""
    lede = page.lede
    if page.wall is not None or compact(lede) == compact(article.title):
        return ""
    poorer = is_thin(article.title, lede) and _weight(lede) <= _weight(article.summary)
    return "" if poorer else lede


def _published(article: Article, page: Page) -> datetime | None:
    """The page's moment where the feed has none, or a day without a time."""
    said, exact = article.published, page.published
    if exact is None or exact > article.seen:
        return said
    if said is None:
        return exact
    day_alone = (said.hour, said.minute, said.second) == (0, 0, 0)
    return exact if day_alone and abs(exact - said) <= _SLACK else said


def _is_its_page(article: Article, page: Page) -> bool:
    """No consent form, and an article, or a page with nearly the same headline."""
    return page.wall != "consent" and (page.is_article or akin(article.title, page.headline))


def akin(one: str, other: str) -> bool:
    """Whether two headlines share half of their words."""
    first, second = _words(one), _words(other)
    least = min(len(first), len(second))
    return least > 0 and len(first & second) >= least * _AKIN


def _words(text: str) -> set[str]:
    """Words; where they stand without blanks between them, characters."""
    found = tokens(text)
    return {part for one in found for part in (one.folded if one.dense else [one.folded])}


def _weight(text: str) -> int:
    return sum(_DENSE_WEIGHT if character >= _DENSE_FROM else 1 for character in text)
