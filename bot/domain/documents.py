"""An article, analysed once for all queries."""

from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.domain.model import Article, MatchField
from bot.domain.text import Token, base_language, compact, stem, tokens

_ARABIC = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ف", "ب", "ك", "ل")
_LEAST_REST = 3


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A word where it stands: field and token."""

    field: MatchField
    token: Token


@dataclass(frozen=True, slots=True)
class Document:
    """An article as queries see it.

    `words`: folded form → where; `stems`: the same by light stem of the article's language;
    `positions`: (field, position) → the pieces there; `dense`: field → text without blanks.
    """

    words: dict[str, list[Occurrence]]
    stems: dict[str, list[Occurrence]]
    positions: dict[tuple[MatchField, int], list[Token]]
    dense: dict[MatchField, str]
    language: str | None
    section: str | None
    source_id: int
    source_words: frozenset[str]


def document_of(article: Article) -> Document:
    """Analyse an article's title and summary (about 0.1 ms)."""
    words: dict[str, list[Occurrence]] = defaultdict(list)
    stems: dict[str, list[Occurrence]] = defaultdict(list)
    positions: dict[tuple[MatchField, int], list[Token]] = defaultdict(list)
    dense: dict[MatchField, str] = {}
    language = base_language(article.language)
    texts: tuple[tuple[MatchField, str], ...] = (
        ("title", article.title),
        ("summary", article.summary),
    )
    for field, text in texts:
        found = tokens(text)
        if any(token.dense for token in found):
            dense[field] = compact(text)
        for token in found:
            occurrence = Occurrence(field, token)
            positions[field, token.position].append(token)
            for form in _forms(token.folded, language):
                words[form].append(occurrence)
            stems[stem(token.folded, language or "en")].append(occurrence)
    stems.pop("", None)
    return Document(
        words=dict(words),
        stems=dict(stems),
        positions=dict(positions),
        dense=dense,
        language=language,
        section=article.section.casefold() if article.section else None,
        source_id=article.source,
        source_words=_source_words(article),
    )


def _forms(folded: str, language: str | None) -> tuple[str, ...]:
    """The word, and in Arabic also without the article and particles written onto it."""
    if language not in ("ar", None) or not "\u0620" <= folded[:1] <= "\u064a":
        return (folded,)
    stripped = (folded[len(p) :] for p in _ARABIC if folded.startswith(p))
    return (folded, *dict.fromkeys(rest for rest in stripped if len(rest) >= _LEAST_REST))


def _source_words(article: Article) -> frozenset[str]:
    host = urlsplit(article.link).hostname if article.link else None
    labels = (host or "").removeprefix("www.").replace(".", " ")
    return frozenset(token.folded for token in tokens(f"{article.source_title} {labels}"))
