"""The keys under which queries are filed, by number, and which of them an article has.

The cost follows the article's words, not the number of keys: each piece of its text leads to the
numbers of its keys by one look-up (`readings`).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain, pairwise
from sys import intern
from typing import Any, NamedTuple

from bot.domain.columns import picked
from bot.domain.documents import Document
from bot.domain.model import MatchField
from bot.domain.names import Names
from bot.domain.pieces import ALL_KEPT, MOST_LANGUAGES
from bot.domain.readings import LIKELY, NOTHING, WORDLESS, Keys, Reading, Readings, Stems
from bot.domain.reasons import NAMED
from bot.domain.text import STEMMERS, dense_within, glued, is_dense


class Met(NamedTuple):
    """The known keys that an article has, and by field what each piece of its text leads to.

    `several`: the readings that are more than one key.
    """

    numbers: set[int]
    several: set[tuple[int, ...]]
    readings: dict[MatchField, tuple[Reading, ...]]


class Vocabulary:
    """The distinct keys, and which of them are names of what."""

    def __init__(self, names: Names, grow: Callable[[int], None]) -> None:
        """`grow` hears of each new key how many numbers there are: all numbers are lower."""
        self._names = names
        self._grow = grow
        self._keys = Keys()
        self._numbers = self._keys.numbers
        self._uses = self._keys.uses
        self._free: list[int] = []
        self._gone = 0
        self._words: list[int] = []
        self._stems: dict[str, Stems] = {}
        self._readings: dict[str | None, Readings] = {}
        self._dense: dict[str, set[int]] = {}

    @property
    def words(self) -> int:
        """How many words are kept for stemming, removed ones that still await the sweep too."""
        return len(self._words)

    def __getitem__(self, key: str) -> int:
        return self._numbers[key]

    def items(self) -> Iterator[tuple[str, int]]:
        """Every key with its number."""
        return iter(self._numbers.items())

    @property
    def uses(self) -> Sequence[int]:
        """By number, how many queries ask for the key."""
        return self._uses

    def add(self, key: str) -> int:
        """Count one use more of a key; gives its number."""
        number = self._numbers.get(key) or self._new(intern(key))  # no key has the number 0
        self._uses[number] += 1
        return number

    def discard(self, key: str) -> None:
        """Count one use less; forget the key at the last."""
        number = self._numbers[key]
        self._uses[number] -= 1
        if self._uses[number]:
            return
        del self._numbers[key]
        self._gone += 1
        if not self._is_plain(key):
            self._unfile(key, number)
        if self._gone > len(self._numbers) + 1_000:
            self._sweep()

    def prepare(self, language: str | None, words: int) -> bool:
        """Stem up to `words` more of the known words; whether that was all of them.

        `met` does what is left by itself; slices keep others running meanwhile.
        """
        name = _inflecting(language)
        table = self._stems.get(name)
        if table is None:
            table = self._stems[name] = Stems(name, self._keys, self._names)
        return table.take_in(self._words, words)

    def met(self, document: Document) -> Met:
        """Which keys this article has: as they stand, inflected, as a prefix, inside, by name."""
        known = self._readings_in(document.language)
        readings = {name: picked(known, pieces) for name, pieces in document.pieces}
        found: set[Any] = set(chain(*readings.values()))
        several: set[tuple[int, ...]] = found & known.several
        numbers: set[int] = found  # not copied: it is large
        numbers -= several
        numbers.update(*several)
        numbers.update([*self.around(document, numbers)])
        numbers -= {NOTHING, WORDLESS}
        return Met(numbers, several, readings)

    def around(self, document: Document, met: Collection[int]) -> Iterator[int]:
        """Keys beside those `met` that no single piece leads to.

        Marks, words inside a dense script, names of several words.
        """
        known = self._numbers
        yield from (known[mark] for mark in document.marks if mark in known)
        if self._dense and document.dense:
            yield from self._within(document)
        named = self._keys.named
        if named and (document.dense or LIKELY in met):
            for entity in named.keys() & document.entities:
                yield from named[entity]

    def _readings_in(self, language: str | None) -> Readings:
        """What pieces of text in this language lead to, as of now."""
        self.prepare(language, len(self._words))
        readings = self._readings.get(language)
        if readings is None:
            if len(self._readings) >= MOST_LANGUAGES:
                self._readings.clear()
            stems = self._stems[_inflecting(language)]
            readings = Readings(language, self._keys, stems, self._names)
            self._readings[language] = readings
        if sum(map(len, self._readings.values())) > ALL_KEPT:
            max(self._readings.values(), key=len).forget()
        readings.take_in(self._words)
        return readings

    def _new(self, key: str) -> int:
        number = self._keys.number(key, self._free)
        self._grow(len(self._keys.texts))
        if not key.endswith("*"):
            self._words.append(number)
        if not self._is_plain(key):
            self._file(key, number)
        return number

    def _is_plain(self, key: str) -> bool:
        """Whether it is met by its own word alone, as most are."""
        return key.isascii() and key.isalnum() and not self._names.entities_of(key)

    def _file(self, key: str, number: int) -> None:
        """What is more than a word of its own: a prefix, a name, inside a dense script."""
        tables = [*self._tables(key)]
        for table, place in tables:
            table.setdefault(place, set()).add(number)
        if key.endswith("*"):
            self._keys.beginnings.add(len(key) - 1)
        if key.endswith("*") or any(table is self._keys.named for table, _ in tables):
            for readings in self._readings.values():
                readings.forget()  # nothing tells which pieces a prefix or a name is met by

    def _unfile(self, key: str, number: int) -> None:
        for table, place in self._tables(key):
            table[place].discard(number)
            if not table[place]:
                del table[place]

    def _tables(self, key: str) -> Iterator[tuple[dict[str, set[int]], str]]:
        """Where a key is filed that is met by more than words of its own."""
        if not key.isascii() and is_dense(key):
            yield self._dense, key[:2]
        if key.startswith(NAMED):
            yield self._keys.named, key.removeprefix(NAMED)
        for entity in self._names.entities_of(key):
            yield self._keys.named, entity

    def _within(self, document: Document) -> Iterator[int]:
        for text in document.dense.values():
            whole = glued(text)
            grams = {*whole, *map("".join, pairwise(whole))}
            for gram in self._dense.keys() & grams:
                for number in self._dense[gram]:
                    key = self._keys.texts[number]
                    if key in whole and dense_within(key, text):
                        yield number

    def _sweep(self) -> None:
        """Forget removed words, once they are the larger part; their numbers are free again."""
        self._free = self._keys.unused()
        self._gone = 0
        self._words = [one for one in self._words if self._uses[one]]
        self._stems.clear()
        self._readings.clear()


def _inflecting(language: str | None) -> str:
    """Whose stems are asked; all languages without any share one table, however many are named."""
    name = language or "en"
    return name if name in STEMMERS else ""
