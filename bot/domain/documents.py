"""An article, analysed once for all queries.

Words and stems are gathered from cached pieces of text (the mean article costs one look-up a
word); where each of them stands is only read when a query asks for it (`Document.reading`).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from urllib.parse import urlsplit

from bot.domain.model import Article, MatchField
from bot.domain.stopwords import is_stop_word
from bot.domain.text import Token, base_language, compact, fold, is_dense, stem, tokens

_ARABIC = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ف", "ب", "ك", "ل")
_LEAST_REST = 3
_LONGEST_CACHED = 32
"""Characters: longer pieces are addresses or text without blanks, and do not come again."""

_CACHED_PIECES = 65_536
"""Some 350 bytes each, so 23 MB at most; a language's news uses about as many forms."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A word where it stands: field and token."""

    field: MatchField
    token: Token


@dataclass(frozen=True, slots=True)
class Reading:
    """Where each word of an article stands.

    `words`: folded form → where; `stems`: the same by light stem of the article's language;
    `positions`: (field, position) → the pieces there.
    """

    words: Mapping[str, list[Occurrence]]
    stems: Mapping[str, list[Occurrence]]
    positions: Mapping[tuple[MatchField, int], list[Token]]


@dataclass(frozen=True)
class Document:
    """An article as queries see it.

    `keys`: the folded words, acronyms in capitals, and marks such as `lang:de`: what a query's
    terms are looked up in. `stems`: light stem → one word of the article that has it.
    """

    texts: tuple[tuple[MatchField, str], ...]
    language: str | None
    keys: set[str] = field(repr=False)
    stems: dict[str, str] = field(repr=False)

    @cached_property
    def reading(self) -> Reading:
        """Where each word stands (about 1 ms for 500 words, so only when a query asks)."""
        return _read(self.texts, self.language)

    @cached_property
    def dense(self) -> dict[MatchField, str]:
        """The fields that hold a script without blanks, folded and without blanks."""
        return {
            name: compact(text)
            for name, text in self.texts
            if not text.isascii() and is_dense(text)
        }


def document_of(article: Article) -> Document:
    """Analyse an article's title and summary (0.1 to 0.2 ms for 500 words of a known language)."""
    language = base_language(article.language)
    pieces = set(article.title.split())
    pieces.update(article.summary.split())
    found = [
        _features(one, language) if len(one) <= _LONGEST_CACHED else _analysed(one, language)
        for one in pieces
    ]
    keys = set(chain.from_iterable([words for words, _ in found]))
    keys.update(_marks(article, language))
    return Document(
        texts=(("title", article.title), ("summary", article.summary)),
        language=language,
        keys=keys,
        stems=dict(chain.from_iterable([stems for _, stems in found])),
    )


_Features = tuple[tuple[str, ...], tuple[tuple[str, str], ...]]
"""Of a piece of text without blanks: its keys, and (stem, word) of each word."""


def _analysed(piece: str, language: str | None) -> _Features:
    keys: list[str] = []
    stems: list[tuple[str, str]] = []
    for token in tokens(piece):
        keys.extend(_forms(token.folded, language))
        if is_capital(token, language):
            keys.append(token.folded.upper())
        root = stem(token.folded, language or "en")
        if root:
            stems.append((root, token.folded))
    return tuple(keys), tuple(stems)


_features = lru_cache(maxsize=_CACHED_PIECES)(_analysed)


def is_capital(token: Token, language: str | None) -> bool:
    """Whether an acronym may meet this word.

    It never meets an all-lower-case word, nor a capitalised stop word ("Who knew").
    """
    text = token.text
    if text == text.lower():
        return False
    return not (text[1:] == text[1:].lower() and is_stop_word(token.folded, language))


def acronym_key(word: str) -> str:
    """Under which key an acronym is looked up: capitals of the folded form."""
    return fold(word).upper()


def _forms(folded: str, language: str | None) -> tuple[str, ...]:
    """The word, and in Arabic also without the article and particles written onto it."""
    if language not in ("ar", None) or not "\u0620" <= folded[:1] <= "\u064a":
        return (folded,)
    stripped = (folded[len(p) :] for p in _ARABIC if folded.startswith(p))
    return (folded, *dict.fromkeys(rest for rest in stripped if len(rest) >= _LEAST_REST))


def _marks(article: Article, language: str | None) -> list[str]:
    """What is said of the article, not in it; no word of a text holds a colon."""
    marks = [f"source:#{article.source}", *_source_marks(article.source_title, _host(article))]
    if language:
        marks.append(f"lang:{language}")
    if article.section:
        marks.append(f"category:{article.section.casefold()}")
    return marks


def _host(article: Article) -> str:
    host = urlsplit(article.link).hostname if article.link else None
    return (host or "").removeprefix("www.")


@lru_cache(maxsize=4096)
def _source_marks(title: str, host: str) -> tuple[str, ...]:
    words = tokens(f"{title} {host.replace('.', ' ')}")
    return tuple(f"source:{token.folded}" for token in words)


def _read(texts: tuple[tuple[MatchField, str], ...], language: str | None) -> Reading:
    words: dict[str, list[Occurrence]] = defaultdict(list)
    stems: dict[str, list[Occurrence]] = defaultdict(list)
    positions: dict[tuple[MatchField, int], list[Token]] = defaultdict(list)
    for name, text in texts:
        for token in tokens(text):
            occurrence = Occurrence(name, token)
            positions[name, token.position].append(token)
            for form in _forms(token.folded, language):
                words[form].append(occurrence)
            stems[stem(token.folded, language or "en")].append(occurrence)
    stems.pop("", None)
    return Reading(dict(words), dict(stems), dict(positions))
