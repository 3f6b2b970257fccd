"""Pieces of text between blanks: what words they hold, read once and kept.

News repeats itself: a piece seen before costs one look-up. Words are interned, as the index's are:
equal words are then one object, and a look-up need not read both.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from sys import intern
from typing import NamedTuple

from bot.domain.particles import forms_of
from bot.domain.stopwords import is_stop_word
from bot.domain.text import Token, fold, gap_of, shaped, stem, tokens

LONGEST_KEPT = 32
"""Characters: longer pieces are addresses or text without blanks, and do not come again."""

MOST_KEPT = 32_768
"""Pieces of one language: 20 to 30 MB; a language's news uses about as many forms."""


ALL_KEPT = 4 * MOST_KEPT
"""Of all languages: dozens of them would take a gigabyte, each by itself within bounds."""

MOST_LANGUAGES = 32
"""Whose pieces are kept: strangers' feeds may claim any number of languages."""

_LOOKED_AFTER = 256
"""New pieces of a language between two looks at how many all have."""


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

    `gap`: the signs before it that no phrase runs across unless it has them, too.
    """

    words: tuple[Word, ...]
    gap: str = ""


class Piece(NamedTuple):
    """What a piece of text without blanks holds.

    `keys`: its folded words, acronyms in capitals; `stems`: light stem, word; `opens`, `closes`:
    the signs before its first word and behind its last (`gap_of`).
    """

    keys: tuple[str, ...]
    stems: tuple[tuple[str, str], ...]
    places: tuple[Place, ...]
    opens: str
    closes: str


_KEYS = attrgetter("keys")
_STEMS = attrgetter("stems")


class Pieces:
    """The pieces of one language that were met; forgotten together when there are too many.

    Most pieces are one small word and no more; of those only the stem is kept. `crowded` is told
    now and then, so that all languages together stay within bounds.
    """

    def __init__(self, language: str | None, crowded: Callable[[], None]) -> None:
        self._language = language
        self._crowded = crowded
        self._plain: dict[str, str] = {}
        self._others = _Others(self)

    def __len__(self) -> int:
        return len(self._plain) + len(self._others)

    def forget(self) -> None:
        """Forget every piece."""
        self._plain.clear()
        self._others.clear()

    def piece(self, text: str) -> Piece:
        """All that a piece holds."""
        root = self._plain.get(text)
        return self._others[text] if root is None else _plain_piece(text, root)

    def stand(self, words: tuple[str, ...], pieces: Sequence[str]) -> bool:
        """Whether these pieces are these words and no more, one each: mostly they are."""
        return words == tuple(pieces) and self._plain.keys() >= {*words}

    def keys_and_stems(self, texts: set[str]) -> tuple[set[str], dict[str, str]]:
        """Of all these pieces: the keys, and a word for each stem."""
        plain = self._plain.keys() & texts
        stems = dict(zip(map(self._plain.__getitem__, plain), plain, strict=True))
        found = list(map(self._others.__getitem__, texts - plain))
        keys = plain | set(chain.from_iterable(map(_KEYS, found)))
        stems.update(chain.from_iterable(map(_STEMS, found)))
        stems.pop("", None)
        return keys, stems

    def read(self, text: str) -> Piece:
        """Analyse a piece, and keep what is likely to come again."""
        if text.isascii() and text.isalpha() and text.islower():  # most of what is new: a third
            piece = _plain_piece(text, intern(stem(text, self._language or "en")))
        else:
            piece = _read(text, self._language)
        if len(text) <= LONGEST_KEPT:
            if len(self) >= MOST_KEPT:
                self.forget()
            if len(self) % _LOOKED_AFTER == 0:
                self._crowded()
            if _is_plain(text, piece):
                self._plain[intern(text)] = piece.places[0].words[0].root
            else:
                self._others[text] = piece
        return piece


class _Others(dict[str, Piece]):
    def __init__(self, pieces: Pieces) -> None:
        super().__init__()
        self._pieces = pieces

    def __missing__(self, text: str) -> Piece:
        return self._pieces.read(text)


class Library:
    """The pieces of all languages; when they are too many, who has most forgets them."""

    def __init__(self, most: int = ALL_KEPT) -> None:
        self._most = most
        self._tables: dict[str | None, Pieces] = {}

    def pieces(self, language: str | None) -> Pieces:
        """Those of a language."""
        if len(self._tables) >= MOST_LANGUAGES:
            del self._tables[next(iter(self._tables))]
        self._tables[language] = Pieces(language, self._make_room)
        return self._tables[language]

    def _make_room(self) -> None:
        if sum(map(len, self._tables.values())) >= self._most:
            max(self._tables.values(), key=len).forget()


@lru_cache(maxsize=1)
def _library() -> Library:
    return Library()


@lru_cache(maxsize=MOST_LANGUAGES)
def pieces_in(language: str | None) -> Pieces:
    """The pieces of texts in a language."""
    return _library().pieces(language)


def places_of(
    pieces: Iterable[str], language: str | None, enough: int | None = None
) -> list[Place]:
    """The words of these pieces of text in order, no further than `enough`."""
    places: list[Place] = []
    gap = ""
    for piece in map(pieces_in(language).piece, pieces):
        gap += piece.opens
        if piece.places:
            first, *others = piece.places
            places += (first._replace(gap=gap), *others) if gap else piece.places
            gap = piece.closes
            if enough and len(places) >= enough:
                break
    return places


def symbols_of(piece: Piece, language: str | None) -> set[str]:
    """By what the keys are known that meet words of this piece (`symbol_of`)."""
    words = [word for place in piece.places for word in place.words]
    return {symbol_of(form, language) for word in words for form in word.forms}


@lru_cache(maxsize=65_536)
def symbol_of(key: str, language: str | None) -> str:
    """What a key has in common with all words that meet it: the stem, or the word."""
    folded = fold(key)
    return stem(folded, language or "en") or folded


def acronym_key(word: str) -> str:
    """Under which key an acronym is looked up: capitals of the folded form."""
    return fold(word).upper()


def _is_plain(text: str, piece: Piece) -> bool:
    return piece.keys == (text,) and len(piece.places) == 1 and not piece.opens + piece.closes


def _plain_piece(text: str, root: str) -> Piece:
    """What `_read` would say of it."""
    words = (Word(text, text, (text,), root, capital=False),)
    return Piece(
        keys=(text,),
        stems=((root, text),) if root else (),
        places=(Place(words),),
        opens="",
        closes="",
    )


def _read(text: str, language: str | None) -> Piece:
    found = tokens(text)
    normal = shaped(text)
    words = [_word(token, language) for token in found]
    keys = [form for word in words for form in word.forms]
    keys += [intern(word.folded.upper()) for word in words if word.capital]
    last = max(found, key=lambda token: token.start, default=None)  # not the whole it is a part of
    return Piece(
        keys=tuple(keys),
        stems=tuple((word.root, word.folded) for word in words if word.root),
        places=_places(found, words),
        opens=gap_of(normal[: found[0].start] if found else normal),
        closes=gap_of(normal[last.end :], last.folded) if last else "",
    )


def _word(token: Token, language: str | None) -> Word:
    folded = intern(token.folded)
    return Word(
        intern(token.text),
        folded,
        forms_of(folded, language),
        intern(stem(folded, language or "en")),
        _is_capital(token, language),
    )


def _places(found: Sequence[Token], words: Sequence[Word]) -> tuple[Place, ...]:
    together: dict[int, list[tuple[Token, Word]]] = defaultdict(list)
    for token, word in zip(found, words, strict=True):
        together[token.position].append((token, word))
    return tuple(
        Place(tuple(word for _, word in pairs), pairs[0][0].gap) for pairs in together.values()
    )


def _is_capital(token: Token, language: str | None) -> bool:
    """Whether an acronym may meet this word.

    It never meets an all-lower-case word, nor a capitalised stop word ("Who knew").
    """
    text = token.text
    if text == text.lower():
        return False
    return not (text[1:] == text[1:].lower() and is_stop_word(token.folded, language))
