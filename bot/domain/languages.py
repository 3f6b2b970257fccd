"""Which languages' news a chat receives (PRODUCT.md, NEWS_LANGUAGES)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.query import Kind, Node, positive_atoms


class News(StrEnum):
    """A chat's own choice."""

    DEFAULT = ""  # what the operator has set
    OWN = "own"  # the chat's language alone, and what is in no known one
    ALL = "all"


@dataclass(frozen=True, slots=True)
class NewsLanguages:
    """The operator's setting: every language, or these codes and perhaps each chat's own."""

    everything: bool = True
    own: bool = False
    codes: frozenset[str] = frozenset()


def news_languages(setting: Sequence[str], *, translated: bool) -> NewsLanguages:
    """`auto`: a chat's own language, English and unknown; all, once there is a translation."""
    if "all" in setting or ("auto" in setting and translated):
        return NewsLanguages()
    codes = {primary(one) or "" for one in setting if one != "auto"}
    auto = "auto" in setting
    return NewsLanguages(
        everything=False, own=auto, codes=frozenset(codes | {"en"} if auto else codes)
    )


def primary(tag: str | None) -> str | None:
    """`de` of `de-AT`; None for what is no language tag (BCP 47)."""
    first = (tag or "").replace("_", "-").partition("-")[0].lower()
    return first if first.isascii() and first.isalpha() and 2 <= len(first) <= 3 else None


def rings(tag: str | None, chosen: str, locale: str, default: NewsLanguages) -> bool:
    """Whether news in this language rings in a chat; the fan-out says the same in SQL."""
    language = primary(tag)
    if language is None or chosen == News.ALL:
        return True
    own = language == primary(locale)
    if chosen == News.OWN:
        return own
    return default.everything or language in default.codes or (default.own and own)


def names_language(node: Node) -> bool:
    """Whether a query says itself what it wants to read: `lang:`, or one source's everything."""
    return any(
        one.kind is Kind.LANGUAGE or (one.kind is Kind.SOURCE and one.words[0].startswith("#"))
        for one in positive_atoms(node)
    )
