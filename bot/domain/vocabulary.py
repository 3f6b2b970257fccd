"""The keys under which queries are filed, and which of them an article has.

Words are found by look-up in the smaller of two sets, so that the cost follows the article's
length, not the number of keys.
"""

from collections.abc import Iterator
from itertools import chain, islice, pairwise

from bot.domain.documents import Document
from bot.domain.reasons import is_inflected
from bot.domain.text import dense_within, is_dense, stem

_BEGINNING = 2
"""Characters: a prefix has two at least (grammar), so beginnings are sorted by their first two."""


class Vocabulary:
    """The distinct keys, counted."""

    def __init__(self) -> None:
        self._uses: dict[str, int] = {}
        self._words: list[str] = []
        self._stems: dict[str, _Stems] = {}
        self._prefixes: dict[str, set[str]] = {}
        self._dense: dict[str, set[str]] = {}

    @property
    def words(self) -> int:
        """How many words are kept for stemming, removed ones that still await the sweep too."""
        return len(self._words)

    def add(self, key: str) -> None:
        """Count one use more of a key."""
        uses = self._uses.get(key, 0)
        self._uses[key] = uses + 1
        if uses:
            return
        special = self._special(key)
        if special is None:
            self._words.append(key)
        else:
            table, place = special
            table.setdefault(place, set()).add(key)

    def discard(self, key: str) -> None:
        """Count one use less; forget the key at the last."""
        self._uses[key] -= 1
        if self._uses[key]:
            return
        del self._uses[key]
        special = self._special(key)
        if special is None:
            self._sweep()
        else:
            table, place = special
            table[place].discard(key)
            if not table[place]:
                del table[place]

    def prepare(self, language: str, words: int) -> bool:
        """Stem up to `words` more of the known words; whether that was all of them.

        `met` does what is left by itself; slices keep others running meanwhile.
        """
        table = self._stems.get(language)
        if table is None:
            table = self._stems[language] = _Stems(language)
        return table.take_in(self._words, words)

    def met(self, document: Document) -> set[str]:
        """Which keys this article has: as they stand, inflected, as a prefix, inside a text."""
        found = self._uses.keys() & document.keys
        found.update(self._inflected(document))
        if self._prefixes:
            found.update(self._beginnings(document))
        if self._dense and document.dense:
            found.update(self._within(document))
        return found

    def _inflected(self, document: Document) -> Iterator[str]:
        language = document.language or "en"
        self.prepare(language, len(self._words))
        for word in self._stems[language].related(document):
            if word not in document.keys and word in self._uses and is_inflected(word, document):
                yield word

    def _beginnings(self, document: Document) -> Iterator[str]:
        starts: dict[str, list[str]] = {}
        for word in document.keys:
            starts.setdefault(word[:_BEGINNING], []).append(word)
        for start in self._prefixes.keys() & starts.keys():
            lengths = {len(key) - 1 for key in self._prefixes[start]}
            for word in starts[start]:
                for length in lengths:
                    key = f"{word[:length]}*"
                    if length <= len(word) and key in self._uses:
                        yield key

    def _within(self, document: Document) -> Iterator[str]:
        for text in document.dense.values():
            grams = {*text, *map("".join, pairwise(text))}
            for gram in self._dense.keys() & grams:
                for key in self._dense[gram]:
                    if key in text and dense_within(key, text):
                        yield key

    def _special(self, key: str) -> tuple[dict[str, set[str]], str] | None:
        """Where a key is filed that is no whole word."""
        if key.endswith("*"):
            return self._prefixes, key[:_BEGINNING]
        if not key.isascii() and is_dense(key):
            return self._dense, key[:2]
        return None

    def _sweep(self) -> None:
        """Forget removed words, once they are the larger part."""
        if len(self._words) > 2 * len(self._uses) + 1_000:
            special = chain(*self._prefixes.values(), *self._dense.values())
            self._words = list(self._uses.keys() - set(special))
            self._stems.clear()


class _Stems:
    """Known words by their light stem in one language; words come in slices."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._taken = 0
        self._by_stem: dict[str, str | tuple[str, ...]] = {}

    def take_in(self, words: list[str], most: int) -> bool:
        for word in islice(words, self._taken, self._taken + most):
            root = stem(word, self._language)
            if root:
                self._file(root, word)
        self._taken = min(self._taken + most, len(words))
        return self._taken == len(words)

    def related(self, document: Document) -> Iterator[str]:
        for root in self._by_stem.keys() & document.stems.keys():
            words = self._by_stem[root]
            if isinstance(words, str):
                yield words
            else:
                yield from words

    def _file(self, root: str, word: str) -> None:
        """One word, as most stems have, is kept without a tuple around it: half the memory."""
        known = self._by_stem.get(root)
        if known is None:
            self._by_stem[root] = word
        elif isinstance(known, str):
            if known != word:
                self._by_stem[root] = (known, word)
        elif word not in known:
            self._by_stem[root] = (*known, word)
