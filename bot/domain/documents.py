"""An article, analysed once for all queries.

An article is split at blanks; what each piece holds (its words, folded, stemmed) is kept in a
bounded table, so that a word seen before costs one look-up. Words are interned, as the index's
are: equal words are then one object, and a look-up need not read both. Where words stand is put
together only when a query asks for it (`Document.sequence`, `Document.occurrences`).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain, islice
from operator import attrgetter
from sys import intern
from typing import NamedTuple
from urllib.parse import urlsplit

from bot.domain.model import Article, MatchField
from bot.domain.names import NO_NAMES, Names
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


class Occurrence(NamedTuple):
    """A word where it stands."""

    field: MatchField
    position: int
    word: Word


NOWHERE = -1_000_000
"""The position of a name inside a text without blanks: near to nothing."""


@dataclass(frozen=True)
class Document:
    """An article as queries see it.

    `pieces`: the texts split at blanks. `keys`: the folded words, acronyms in capitals, and marks
    such as `lang:de`: what a query's terms are looked up in. `stems`: light stem → one word of
    the article that has it. `unkept`: pieces that are not kept to be looked up. `names`: the
    table by which it is asked what it names.
    """

    texts: tuple[tuple[MatchField, str], ...]
    pieces: tuple[tuple[MatchField, list[str]], ...]
    language: str | None
    keys: set[str] = field(repr=False)
    stems: dict[str, str] = field(repr=False)
    unkept: set[str] = field(repr=False)
    names: Names = field(repr=False, default=NO_NAMES)

    @cached_property
    def sequence(self) -> dict[MatchField, list[Place]]:
        """The words of each field in order."""
        return {name: places_of(pieces, self.language) for name, pieces in self.pieces}

    @cached_property
    def entities(self) -> frozenset[str]:
        """What the article names, by any name."""
        if not self.names:
            return frozenset()
        written = {one for _, pieces in self.pieces for one in pieces if not one.islower()}
        found, more = self.names.mentioned(written, self.language)
        for text in self.dense.values():
            found.update(self.names.inside(text))
        if more:
            for _, text in self.texts:
                found.update(one.entity for one in self.names.mentions(text, self.language))
        return frozenset(found)

    @cached_property
    def mentions(self) -> Mapping[str, list[Occurrence]]:
        """Where each entity is named."""
        found: dict[str, list[Occurrence]] = defaultdict(list)
        for name, text in self.texts if self.names else ():
            for one in self.names.mentions(text, self.language):
                found[one.entity].append(Occurrence(name, one.start, _named(one.text)))
            for entity, written in self.names.inside(self.dense.get(name, "")).items():
                found[entity].append(Occurrence(name, NOWHERE, _named(written)))
        return found

    def named(self, key: str) -> list[Occurrence]:
        """Where anything is named that this word of a query is a name of."""
        every = self.names.entities_of(key)
        return [one for entity in every for one in self.mentions.get(entity, ())]

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


def document_of(article: Article, names: Names = NO_NAMES) -> Document:
    """Analyse an article's title and summary (0.1 to 0.2 ms for 500 words seen before)."""
    language = base_language(article.language)
    title, summary = article.title.split(), article.summary.split()
    known = _known_pieces(language)
    texts = {*title, *summary}
    plain = known.plain.keys() & texts
    cleared = known.cleared
    rest = texts - plain
    roots = list(map(known.plain.__getitem__, plain))  # first: reading the others may clear it
    found = list(map(known.others.__getitem__, rest))
    keys = plain | set(chain.from_iterable(map(_KEYS, found)))
    keys.update(_marks(article, language))
    stems = dict(zip(roots, plain, strict=True))
    stems.update(chain.from_iterable(map(_STEMS, found)))
    stems.pop("", None)
    return Document(
        texts=(("title", article.title), ("summary", article.summary)),
        pieces=(("title", title), ("summary", summary)),
        language=language,
        keys=keys,
        stems=stems,
        unkept=texts if known.cleared > cleared else {t for t in rest if len(t) > _LONGEST_KEPT},
        names=names,
    )


def _named(text: str) -> Word:
    return Word(text, text, (), "", True)  # noqa: FBT003 - a row of a table


def neighbours(
    document: Document, starts: Collection[str], nexts: Collection[str]
) -> Iterator[tuple[MatchField, int]]:
    """Pieces in which a word may stand whose symbol is in `starts`, one of `nexts` after it.

    Gives the field and the piece's place in `Document.pieces`.
    """
    known = _known_pieces(document.language)
    first = known.texts_of(starts, document.unkept)
    after = known.texts_of(nexts, document.unkept)
    for name, pieces in document.pieces:
        for at in [at for at, here in enumerate(pieces) if here in first]:
            if _may_follow(pieces, at, after, known):
                yield name, at


def _may_follow(pieces: list[str], at: int, after: set[str], known: "_Pieces") -> bool:
    """Whether one of `after` is the next piece with words, or the piece itself has several."""
    there = pieces[at + 1] if at + 1 < len(pieces) else ""
    if there in after:
        return True
    if there not in known.plain and _next_worded(pieces, at, known) in after:
        return True
    return pieces[at] not in known.plain and bool(known.symbols(pieces[at], 1))


def _next_worded(pieces: list[str], at: int, known: "_Pieces") -> str | None:
    rest = islice(pieces, at + 1, None)
    return next((one for one in rest if one in known.plain or known.symbols(one)), None)


def symbols_at(document: Document, field: MatchField, at: int) -> tuple[set[str], set[str]]:
    """The symbols of this piece, and of this and the next that has words."""
    known = _known_pieces(document.language)
    pieces = dict(document.pieces)[field]
    here = set(known.symbols(pieces[at]))
    there = next((found for one in pieces[at + 1 :] if (found := known.symbols(one))), ())
    return here, here.union(there)


def places_of(pieces: Sequence[str], language: str | None) -> list[Place]:
    """The words of these pieces of text in order."""
    places: list[Place] = []
    joined = False
    for piece in map(_known_pieces(language).piece, pieces):
        joined = joined and piece.opens
        if piece.places:
            places += piece.running if joined else piece.places
            joined = piece.closes
    return places


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
    symbols: tuple[str, ...]
    opens: bool
    closes: bool


_KEYS = attrgetter("keys")
_STEMS = attrgetter("stems")


class _Pieces:
    """The pieces of one language that were met; forgotten together when there are too many.

    `plain`: most are one small word and no more: the word itself → its stem. `others`: the rest.
    """

    def __init__(self, language: str | None) -> None:
        self._language = language
        self.plain: dict[str, str] = {}
        self.others = _Others(self)
        self.by_symbol: dict[str, list[str]] = {}
        self.cleared = 0

    def read(self, text: str) -> _Piece:
        """Analyse a piece, and keep what is likely to come again."""
        piece = _piece(text, self._language)
        if len(text) <= _LONGEST_KEPT:
            if len(self.plain) + len(self.others) >= _MOST_KEPT:
                self.plain.clear()
                self.others.clear()
                self.by_symbol.clear()
                self.cleared += 1
            for symbol in piece.symbols:
                self.by_symbol.setdefault(symbol, []).append(text)
            if _is_plain(text, piece):
                self.plain[intern(text)] = piece.places[0].words[0].root
            else:
                self.others[text] = piece
        return piece

    def piece(self, text: str) -> _Piece:
        """All that a piece holds."""
        return _piece(text, self._language) if text in self.plain else self.others[text]

    def texts_of(self, symbols: Collection[str], unkept: Iterable[str]) -> set[str]:
        """Pieces that hold one of these symbols; `unkept` ones are looked at."""
        found = set(chain.from_iterable([self.by_symbol.get(one, ()) for one in symbols]))
        found.update(one for one in unkept if not set(symbols).isdisjoint(self.symbols(one)))
        return found

    def symbols(self, text: str, start: int = 0) -> Sequence[str]:
        """What stands in a piece, as words of a phrase are looked for; from the `start`th on."""
        root = self.plain.get(text)
        if root is not None:
            return () if start else (root or text,)
        return self.others[text].symbols[start:]


class _Others(dict[str, _Piece]):
    def __init__(self, pieces: _Pieces) -> None:
        super().__init__()
        self._pieces = pieces

    def __missing__(self, text: str) -> _Piece:
        return self._pieces.read(text)


@lru_cache(maxsize=32)
def _known_pieces(language: str | None) -> _Pieces:
    return _Pieces(language)


def _is_plain(text: str, piece: _Piece) -> bool:
    return piece.keys == (text,) and len(piece.symbols) == 1 and piece.opens and piece.closes


def _piece(text: str, language: str | None) -> _Piece:
    found = tokens(text)
    normal = shaped(text)
    words = [_word(token, language) for token in found]
    keys = [form for word in words for form in word.forms]
    keys += [intern(word.folded.upper()) for word in words if word.capital]
    places = _places(found, words, language)
    return _Piece(
        keys=tuple(keys),
        stems=tuple((word.root, word.folded) for word in words if word.root),
        places=places,
        running=tuple(one._replace(joined=True) for one in places[:1]) + places[1:],
        symbols=tuple(dict.fromkeys(one for place in places for one in place.symbols)),
        opens=runs_on(normal[: found[0].start] if found else normal),
        closes=runs_on(normal[found[-1].end :] if found else normal),
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


def _filed(
    sequence: Mapping[MatchField, list[Place]], under: Callable[[Word], tuple[str, ...]]
) -> dict[str, list[Occurrence]]:
    found: dict[str, list[Occurrence]] = defaultdict(list)
    for name, places in sequence.items():
        for position, place in enumerate(places):
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
