"""Which keys a piece of text leads to: found once, then kept.

An article's words come again and again, so that from its second meeting on a piece costs one
look-up, whatever it takes to find what its words mean to the queries.
"""

from array import array
from collections.abc import Iterator, Sequence
from sys import intern

from bot.domain.names import Names
from bot.domain.pieces import LONGEST_KEPT, MOST_KEPT, Piece, pieces_in, symbol_of, symbols_of
from bot.domain.text import same_word, stem

NOTHING = 0
"""The number that no key has."""

LIKELY = 1
"""Nor this one: it is met where a name of several words may stand, for which one piece is not
enough."""

WORDLESS = 2
"""Nor this: a piece of signs alone, which a phrase may run across."""

Reading = int | tuple[int, ...]
"""The numbers of the keys that words of a piece of text meet.

One, or NOTHING, stands alone; of a piece with several words it is always a tuple.
"""


def numbers_of(reading: Reading) -> tuple[int, ...]:
    """All numbers of a reading."""
    return reading if isinstance(reading, tuple) else (reading,)


class Keys:
    """Every key by its number.

    `numbers`: of each key; by number the `texts` and how many queries ask for it (`uses`).
    `beginnings`: the lengths of prefixes; `named`: the keys that are names of an entity.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.texts = ["", "", ""]  # NOTHING, LIKELY, WORDLESS
        self.uses = [1, 1, 1]
        self.beginnings: set[int] = set()
        self.named: dict[str, set[int]] = {}

    def number(self, key: str, free: list[int]) -> int:
        """Give a new key a number, a free one if there is any."""
        if free:
            number = free.pop()
            self.texts[number] = key
        else:
            number = len(self.texts)
            self.texts.append(key)
            self.uses.append(0)
        self.numbers[key] = number
        return number

    def unused(self) -> list[int]:
        """The numbers of keys that nobody asks for."""
        return [number for number, uses in enumerate(self.uses) if not uses]


class Stems:
    """Known words by their light stem in one language; words come in slices."""

    def __init__(self, language: str, keys: Keys, names: Names) -> None:
        self._language = language
        self._keys = keys
        self._names = names
        self._taken = 0
        self._one: dict[str, int] = {}  # most stems have one word: no tuple for those
        self._more: dict[str, tuple[int, ...]] = {}

    def take_in(self, words: Sequence[int], most: int) -> bool:
        """Stem up to `most` of the words that came since the last time; whether that was all."""
        for number in words[self._taken : self._taken + most]:
            root = stem(self._keys.texts[number], self._language)
            if root:
                self._file(intern(root), number)
        self._taken = min(self._taken + most, len(words))
        return self._taken == len(words)

    def inflected(self, root: str, word: str) -> Iterator[int]:
        """Known words of which this folded word, whose stem is `root`, is another form."""
        known = self._one.get(root)
        if known is None:
            return
        for number in (known, *self._more.get(root, ())):
            key = self._keys.texts[number]
            alike = self._keys.uses[number] and key != word and same_word(key, word)
            if alike and self._names.may_stem(key, word, self._language):
                yield number

    def _file(self, root: str, number: int) -> None:
        if self._one.setdefault(root, number) != number:
            self._more[root] = (*self._more.get(root, ()), number)


class Readings(dict[str, Reading]):
    """The keys that pieces of text in one language lead to.

    `several`: the readings that are more than one key.
    """

    def __init__(self, language: str | None, keys: Keys, stems: Stems, names: Names) -> None:
        super().__init__()
        self._language = language
        self._keys = keys
        self._stems = stems
        self._names = names
        self._by_symbol: dict[str, list[str]] = {}
        self._taken = 0
        self.several: set[tuple[int, ...]] = set()

    def __missing__(self, text: str) -> Reading:
        piece = pieces_in(self._language).piece(text)
        reading = _reading(self._met(piece) | self._met_by_name(text), len(piece.places))
        if isinstance(reading, tuple):
            self.several.add(reading)
        if len(text) <= LONGEST_KEPT:
            self[text] = reading
            for symbol in symbols_of(piece, self._language):
                texts = self._by_symbol.setdefault(symbol, [])
                if text not in texts:
                    texts.append(text)
        return reading

    def take_in(self, words: Sequence[int]) -> None:
        """Forget what was read of pieces that words meet which came since the last time.

        And everything, when it has become too much; not sooner, since an article being read
        needs what it has read.
        """
        if max(len(self), len(self.several)) > MOST_KEPT:
            self.forget()
        for number in words[self._taken :] if self else ():
            symbol = symbol_of(self._keys.texts[number], self._language)
            for text in self._by_symbol.pop(symbol, ()):
                self.pop(text, None)
        self._taken = len(words)

    def forget(self) -> None:
        """Forget everything that was read."""
        self.clear()
        self._by_symbol.clear()
        self.several.clear()

    def _met(self, piece: Piece) -> set[int]:
        known = self._keys.numbers
        found = {known[key] for key in piece.keys if key in known}
        for root, word in piece.stems:
            found.update(self._stems.inflected(root, word))
        for length in self._keys.beginnings:
            beginnings = {f"{key[:length]}*" for key in piece.keys if len(key) >= length}
            found.update(known[one] for one in beginnings if one in known)
        return found

    def _met_by_name(self, text: str) -> set[int]:
        named = self._keys.named
        if not named:
            return set()
        entities, likely = self._names.mentioned([text], self._language)
        found: set[int] = set()
        found.update(*(named[one] for one in named.keys() & entities))
        return found if named.keys().isdisjoint(likely) else found | {LIKELY}


def _reading(found: set[int], words: int) -> Reading:
    if not words:
        return WORDLESS
    if len(found) > 1 or (found and words > 1):
        return tuple(found)
    return next(iter(array("q", found)), NOTHING)
