"""The keys under which queries are filed, and which of them an article has.

Words are found by look-up in the smaller of two sets, so that the cost follows the article's
length, not the number of keys.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from sys import intern

from bot.domain.documents import Document
from bot.domain.names import NO_NAMES, Names
from bot.domain.reasons import NAMED, is_inflected
from bot.domain.text import dense_within, is_dense, stem

_BEGINNING = 2
"""Characters: a prefix has two at least (grammar), so beginnings are sorted by their first two."""

Leaf = int | set[int]
"""The ids of queries at one place of the index: one, as at most places, or several."""

Leaves = dict[str, Leaf]


@dataclass(slots=True, eq=False)
class Entry:
    """One key, and the queries that are filed under it.

    All in one object, so that an article's words are looked up once. `single`: this key is all
    they ask for; the others by their second key: `pairs` want it too, `minus` exclude it, of
    `phrases` it is the next word. `uses`: how many queries ask for the key at all.
    """

    key: str
    uses: int = 0
    single: set[int] | int | None = None
    pairs: Leaves | None = None
    minus: Leaves | None = None
    phrases: Leaves | None = None


Met = dict[str, Entry]
"""The known keys that an article has."""


@dataclass(slots=True)
class Vocabulary:
    """The distinct keys, and which of them are names of what."""

    _names: Names = NO_NAMES
    _entries: dict[str, Entry] = field(default_factory=dict)
    _words: list[Entry] = field(default_factory=list)
    _stems: dict[str, "_Stems"] = field(default_factory=dict)
    _prefixes: dict[str, set[str]] = field(default_factory=dict)
    _dense: dict[str, set[str]] = field(default_factory=dict)
    _named: dict[str, set[str]] = field(default_factory=dict)

    @property
    def words(self) -> int:
        """How many words are kept for stemming, removed ones that still await the sweep too."""
        return len(self._words)

    def __getitem__(self, key: str) -> Entry:
        return self._entries[key]

    def known(self, key: str) -> str:
        """The key as it is kept: equal keys as one object."""
        return self._entries[key].key

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def add(self, key: str) -> Entry:
        """Count one use more of a key."""
        entry = self._entries.get(key)
        if entry is None:
            key = intern(key)
            entry = self._entries[key] = Entry(key)
            special = self._special(key)
            if special is None:
                self._words.append(entry)
            else:
                table, place = special
                table.setdefault(place, set()).add(key)
            for entity in self._names.entities_of(key):
                self._named.setdefault(entity, set()).add(key)
        entry.uses += 1
        return entry

    def discard(self, key: str) -> None:
        """Count one use less; forget the key at the last."""
        entry = self._entries[key]
        entry.uses -= 1
        if entry.uses:
            return
        del self._entries[key]
        special = self._special(key)
        if special is None:
            self._sweep()
        else:
            table, place = special
            table[place].discard(key)
            if not table[place]:
                del table[place]
        for entity in self._names.entities_of(key):
            self._named[entity].discard(key)

    def prepare(self, language: str, words: int) -> bool:
        """Stem up to `words` more of the known words; whether that was all of them.

        `met` does what is left by itself; slices keep others running meanwhile.
        """
        table = self._stems.get(language)
        if table is None:
            table = self._stems[language] = _Stems(language)
        return table.take_in(self._words, words)

    def met(self, document: Document) -> Met:
        """Which keys this article has: as they stand, inflected, as a prefix, inside, by name."""
        entries = self._entries
        known = entries.keys() & document.keys
        met = dict(zip(known, map(entries.__getitem__, known), strict=True))
        met.update((entry.key, entry) for entry in self._inflected(document, set(met.values())))
        if self._prefixes:
            met.update((key, entries[key]) for key in self._beginnings(document))
        if self._dense and document.dense:
            met.update((key, entries[key]) for key in self._within(document))
        if self._named:
            met.update((key, entries[key]) for key in self._by_name(document))
        return met

    def _inflected(self, document: Document, known: set[Entry]) -> list[Entry]:
        language = document.language or "en"
        self.prepare(language, len(self._words))
        related = self._stems[language].related(document, known)
        return [entry for entry, root in related if is_inflected(entry.key, root, document)]

    def _beginnings(self, document: Document) -> Iterator[str]:
        starts: dict[str, list[str]] = {}
        for word in document.keys:
            if ":" not in word:  # `lang:en` is said of the article, not in it
                starts.setdefault(word[:_BEGINNING], []).append(word)
        for start in self._prefixes.keys() & starts.keys():
            lengths = {len(key) - 1 for key in self._prefixes[start]}
            for word in starts[start]:
                for length in lengths:
                    key = f"{word[:length]}*"
                    if length <= len(word) and key in self._entries:
                        yield key

    def _within(self, document: Document) -> Iterator[str]:
        for text in document.dense.values():
            grams = {*text, *map("".join, pairwise(text))}
            for gram in self._dense.keys() & grams:
                for key in self._dense[gram]:
                    if key in text and dense_within(key, text):
                        yield key

    def _by_name(self, document: Document) -> Iterator[str]:
        for entity in self._named.keys() & document.entities:
            yield from self._named[entity]

    def _special(self, key: str) -> tuple[dict[str, set[str]], str] | None:
        """Where a key is filed that is no whole word."""
        if key.endswith("*"):
            return self._prefixes, key[:_BEGINNING]
        if key.startswith(NAMED):
            return self._named, key.removeprefix(NAMED)
        if not key.isascii() and is_dense(key):
            return self._dense, key[:2]
        return None

    def _sweep(self) -> None:
        """Forget removed words, once they are the larger part."""
        if len(self._words) > 2 * len(self._entries) + 1_000:
            self._words = [entry for entry in self._words if entry.uses]
            self._stems.clear()


class _Stems:
    """Known words by their light stem in one language; words come in slices."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._taken = 0
        self._one: dict[str, Entry] = {}  # most stems have one word: half the memory of a tuple
        self._more: dict[str, tuple[Entry, ...]] = {}

    def take_in(self, words: list[Entry], most: int) -> bool:
        for entry in words[self._taken : self._taken + most]:
            root = stem(entry.key, self._language)
            if root:
                self._file(intern(root), entry)
        self._taken = min(self._taken + most, len(words))
        return self._taken == len(words)

    def related(self, document: Document, known: set[Entry]) -> list[tuple[Entry, str]]:
        """Words beside those `known` that share a stem with the article, each with that stem."""
        one, more = self._one, self._more
        roots = one.keys() & document.stems.keys()
        found = [(entry, root) for root in roots if (entry := one[root]) not in known]
        found += [(entry, root) for root in more.keys() & roots for entry in more[root]]
        return [pair for pair in found if pair[0].uses]

    def _file(self, root: str, entry: Entry) -> None:
        known = self._one.setdefault(root, entry)
        if known is not entry:
            self._more[root] = (*self._more.get(root, ()), entry)
