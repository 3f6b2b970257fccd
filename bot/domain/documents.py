"""An article, analysed once for all queries.

An article is split at blanks; what each piece holds (its words, folded, stemmed) is kept in a
bounded table, so that a word seen before costs one look-up. Words are interned, as the index's
are: equal words are then one object, and a look-up need not read both. Where words stand is put
together only when a query asks for it (`Document.sequence`, `Document.occurrences`).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from operator import attrgetter
from sys import intern
from typing import NamedTuple
from urllib.parse import urlsplit

from bot.domain.model import Article, MatchField
from bot.domain.stopwords import is_stop_word
from bot.domain.text import (
    Token,
    base_language,
    compact,
    fold,
    is_dense,
    runs_on,
    shaped,
    stem,
    tokens,
)

_ARABIC = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ف", "ب", "ك", "ل")
_LEAST_REST = 3
_LONGEST_KEPT = 32
"""Characters: longer pieces are addresses or text without blanks, and do not come again."""

_MOST_KEPT = 32_768
"""Pieces of one language: 20 to 30 MB; a language's news uses about as many forms."""


class Word(NamedTuple):
    """A word of an article.

    As written and folded; `forms`: all that a query's word may equal; `root`: its light stem, or
    ""; `capital`: whether an acronym may meet it.
    """

    text: str
    folded: str
    forms: tuple[str, ...]
    root: str
    capital: bool


class Place(NamedTuple):
    """One position: mostly one word; pieces around an apostrophe share a place.

    `symbols` are what words of a query that meet here are found by (`symbol_of`); `joined`: a
    phrase may run on from the place before.
    """

    words: tuple[Word, ...]
    symbols: tuple[str, ...]
    joined: bool


class Sequence(NamedTuple):
    """The words of a field in order.

    `symbols`: the first symbol of each place, in order; `several`: the places that have more.
    """

    places: list[Place]
    symbols: list[str]
    several: list[int]


class Occurrence(NamedTuple):
    """A word where it stands."""

    field: MatchField
    position: int
    word: Word


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
    def sequence(self) -> dict[MatchField, Sequence]:
        """The words of each field in order."""
        return {name: _sequence(text, self.language) for name, text in self.texts}

    @cached_property
    def occurrences(self) -> Mapping[str, list[Occurrence]]:
        """Where each form of a word stands."""
        return _filed(self.sequence, lambda word: word.forms)

    @cached_property
    def rooted(self) -> Mapping[str, list[Occurrence]]:
        """Where words of each stem stand."""
        return _filed(self.sequence, lambda word: (word.root,) if word.root else ())

    @cached_property
    def dense(self) -> dict[MatchField, str]:
        """The fields that hold a script without blanks, folded and without blanks."""
        return {
            name: compact(text)
            for name, text in self.texts
            if not text.isascii() and is_dense(text)
        }


def document_of(article: Article) -> Document:
    """Analyse an article's title and summary (0.15 ms for 500 words seen before)."""
    language = base_language(article.language)
    pieces = set(article.title.split())
    pieces.update(article.summary.split())
    found = list(map(_known_pieces(language).__getitem__, pieces))
    keys = set(chain.from_iterable(map(_KEYS, found)))
    keys.update(_marks(article, language))
    return Document(
        texts=(("title", article.title), ("summary", article.summary)),
        language=language,
        keys=keys,
        stems=dict(chain.from_iterable(map(_STEMS, found))),
    )


@lru_cache(maxsize=65_536)
def symbol_of(key: str, language: str | None) -> str:
    """By what the words that meet a key stand in `Place.symbols`: the stem, or the word."""
    folded = key.lower()
    return stem(folded, language or "en") or folded


def acronym_key(word: str) -> str:
    """Under which key an acronym is looked up: capitals of the folded form."""
    return fold(word).upper()


class _Piece(NamedTuple):
    """What a piece of text without blanks holds.

    `opens`, `closes`: whether a phrase may run on into it, and out of it; `running`: the places
    where one does.
    """

    keys: tuple[str, ...]
    stems: tuple[tuple[str, str], ...]
    places: tuple[Place, ...]
    running: tuple[Place, ...]
    opens: bool
    closes: bool


_KEYS = attrgetter("keys")
_STEMS = attrgetter("stems")


class _Pieces(dict[str, _Piece]):
    """The pieces of one language that were met, forgotten together when there are too many."""

    def __init__(self, language: str | None) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, text: str) -> _Piece:
        piece = _piece(text, self._language)
        if len(text) <= _LONGEST_KEPT:
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[text] = piece
        return piece


@lru_cache(maxsize=32)
def _known_pieces(language: str | None) -> _Pieces:
    return _Pieces(language)


def _piece(text: str, language: str | None) -> _Piece:
    found = tokens(text)
    normal = shaped(text)
    words = [_word(token, language) for token in found]
    places = _places(found, words, language)
    keys = [form for word in words for form in word.forms]
    keys += [intern(word.folded.upper()) for word in words if word.capital]
    return _Piece(
        tuple(keys),
        tuple((word.root, word.folded) for word in words if word.root),
        places,
        tuple(one._replace(joined=True) for one in places[:1]) + places[1:],
        runs_on(normal[: found[0].start] if found else normal),
        runs_on(normal[found[-1].end :] if found else normal),
    )


def _word(token: Token, language: str | None) -> Word:
    folded = intern(token.folded)
    return Word(
        intern(token.text),
        folded,
        _forms(folded, language),
        intern(stem(folded, language or "en")),
        _is_capital(token, language),
    )


def _places(found: list[Token], words: list[Word], language: str | None) -> tuple[Place, ...]:
    together: dict[int, list[tuple[Token, Word]]] = defaultdict(list)
    for token, word in zip(found, words, strict=True):
        together[token.position].append((token, word))
    return tuple(_place(pairs, language) for pairs in together.values())


def _place(pairs: list[tuple[Token, Word]], language: str | None) -> Place:
    words = tuple(word for _, word in pairs)
    symbols = [word.root or word.folded for word in words]
    symbols += [symbol_of(form, language) for word in words for form in word.forms]
    return Place(words, tuple(dict.fromkeys(symbols)), pairs[0][0].joined)


def _sequence(text: str, language: str | None) -> Sequence:
    places: list[Place] = []
    joined = False
    for piece in map(_known_pieces(language).__getitem__, text.split()):
        joined = joined and piece.opens
        if piece.places:
            places += piece.running if joined else piece.places
            joined = piece.closes
    several = [at for at, place in enumerate(places) if len(place.symbols) > 1]
    return Sequence(places, [place.symbols[0] for place in places], several)


def _filed(
    sequence: Mapping[MatchField, Sequence], under: Callable[[Word], tuple[str, ...]]
) -> dict[str, list[Occurrence]]:
    found: dict[str, list[Occurrence]] = defaultdict(list)
    for name, field_ in sequence.items():
        for position, place in enumerate(field_.places):
            for word in place.words:
                for key in under(word):
                    found[key].append(Occurrence(name, position, word))
    return dict(found)


def _is_capital(token: Token, language: str | None) -> bool:
    """Whether an acronym may meet this word.

    It never meets an all-lower-case word, nor a capitalised stop word ("Who knew").
    """
    text = token.text
    if text == text.lower():
        return False
    return not (text[1:] == text[1:].lower() and is_stop_word(token.folded, language))


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
