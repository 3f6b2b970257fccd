"""An article, analysed once for all queries.

An article is split at blanks (`pieces`). Everything else is worked out only when a query asks for
it: the words it has, where they stand, what it names.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from bot.domain.headlines import beginning
from bot.domain.model import Article, MatchField
from bot.domain.names import NO_NAMES, Names
from bot.domain.pieces import Place, Word, pieces_in, places_of
from bot.domain.text import base_language, is_dense, shaped, spaced, tokens


class Occurrence(NamedTuple):
    """A word where it stands; `name` is the key of the name where something is named by it."""

    field: MatchField
    position: int
    word: Word
    name: str | None = None


NOWHERE = -1_000_000
"""The position of a name inside a text without blanks: near to nothing."""


@dataclass(frozen=True)
class Document:
    """An article as queries see it.

    `pieces`: the texts split at blanks. `marks`: what is said of the article, not in it, such as
    `lang:de`. `names`: the table by which it is asked what it names.
    """

    texts: tuple[tuple[MatchField, str], ...]
    pieces: tuple[tuple[MatchField, list[str]], ...]
    language: str | None
    marks: tuple[str, ...]
    names: Names = field(repr=False, default=NO_NAMES)

    @property
    def keys(self) -> set[str]:
        """What a query's terms are looked up in: folded words, acronyms in capitals, marks."""
        return self._analysis[0]

    @property
    def stems(self) -> dict[str, str]:
        """Light stem → one word of the article that has it."""
        return self._analysis[1]

    @cached_property
    def _analysis(self) -> tuple[set[str], dict[str, str]]:
        texts = {one for _, pieces in self.pieces for one in pieces}
        keys, stems = pieces_in(self.language).keys_and_stems(texts)
        return keys.union(self.marks), stems

    @cached_property
    def sequence(self) -> dict[MatchField, list[Place]]:
        """The words of each field in order."""
        return {name: places_of(pieces, self.language) for name, pieces in self.pieces}

    @cached_property
    def entities(self) -> frozenset[str]:
        """What the article names, by any name."""
        if not self.names:
            return frozenset()
        written = {one for _, pieces in self.pieces for one in pieces}
        found, likely = self.names.mentioned(written, self.language)
        for text in self.dense.values():
            found.update(self.names.inside(text))
        if likely:
            for _, text in self.texts:
                found.update(one.entity for one in self.names.mentions(text, self.language))
        return frozenset(found)

    @cached_property
    def mentions(self) -> Mapping[str, list[Occurrence]]:
        """Where each entity is named."""
        found: dict[str, list[Occurrence]] = defaultdict(list)
        for name, text in self.texts if self.names else ():
            for one in self.names.mentions(text, self.language):
                found[one.entity].append(Occurrence(name, one.start, _named(one.text), one.name))
            for entity, key in self.names.inside(self.dense.get(name, "")).items():
                found[entity].append(Occurrence(name, NOWHERE, _named(key), key))
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
        """The fields that hold a script without blanks, folded and `spaced`."""
        return {
            name: spaced(text)
            for name, text in self.texts
            if not text.isascii() and is_dense(shaped(text))
        }


def document_of(article: Article, names: Names = NO_NAMES) -> Document:
    """Split an article's headline and summary; what they hold is read when it is asked for.

    A headline made of the text is one, an address is none: nobody wrote its words.
    """
    title = article.title or beginning(article.summary)
    language = base_language(article.language)
    return Document(
        texts=(("title", title), ("summary", article.summary)),
        pieces=(("title", title.split()), ("summary", article.summary.split())),
        language=language,
        marks=_marks(article, language),
        names=names,
    )


def _named(text: str) -> Word:
    return Word(text, text, (), "", True)  # noqa: FBT003 - a row of a table


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


def _marks(article: Article, language: str | None) -> tuple[str, ...]:
    """What is said of the article, not in it; no word of a text holds a colon."""
    marks = [f"source:#{article.source}", *_source_marks(article.source_title, _host(article))]
    if language:
        marks.append(f"lang:{language}")
    if article.section:
        marks.append(f"category:{article.section.casefold()}")
    return tuple(marks)


def _host(article: Article) -> str:
    host = urlsplit(article.link).hostname if article.link else None
    return (host or "").removeprefix("www.")


@lru_cache(maxsize=4096)
def _source_marks(title: str, host: str) -> tuple[str, ...]:
    words = tokens(f"{title} {host.replace('.', ' ')}")
    return tuple(f"source:{token.folded}" for token in words)
