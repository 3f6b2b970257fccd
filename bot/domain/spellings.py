"""Names as they are spelt: each spelling of a thing once, with the languages it holds in.

Languages share most of their names (Niger is Niger in twenty). The table of all names is kept as
long as the program runs, so what it would hold twice is made one here.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import regex

from bot.domain.text import Token, main_words, tokens

_ELIDED = 2
"""Letters at most of what an apostrophe writes onto a name (L'Avana, N'Djamena)."""

_LATIN = regex.compile(r"\p{Latin}")
_ACRONYM = regex.compile(r"\p{Lu}[\p{Lu}\p{N}]{1,5}")

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
Table = dict[str, tuple[_Value, ...]]
"""Tuples, because lists keep room to grow."""


@dataclass(frozen=True, slots=True)
class Alias:
    """One name of an entity; `language` None: it holds in every language."""

    entity: str
    text: str
    language: str | None = None


class Spelling(NamedTuple):
    """An entity as one of its names is spelt: folded words; `capitals`: an acronym."""

    entity: str
    words: tuple[str, ...]
    capitals: bool


class Name(NamedTuple):
    """A spelling with the languages it holds in; None among them: everywhere."""

    entity: str
    words: tuple[str, ...]
    capitals: bool
    languages: tuple[str | None, ...]

    @property
    def key(self) -> str:
        """What the name is known by."""
        return " ".join(self.words)


def put(table: dict[_Key, tuple[_Value, ...]], key: _Key, value: _Value) -> None:
    """Put it under a key, once."""
    known = table.get(key, ())
    if value not in known:
        table[key] = (*known, value)


def words_of(text: str) -> list[Token]:
    """The words of a name: d'Ivoire is Ivoire, but no name is half of another (Sana'a, Elena)."""
    found = tokens(text)
    main = main_words(found)
    elided = len(main) == len(found) or len(found[0].folded) <= _ELIDED
    return main if elided or len(main) > 1 else found


def spelling_of(alias: Alias, words: Sequence[Token]) -> Spelling:
    """How it is spelt; `words` are `words_of` its text."""
    folded = tuple(sys.intern(token.folded) for token in words)
    capitals = len(words) == 1 and _ACRONYM.fullmatch(words[0].text) is not None
    return Spelling(alias.entity, folded, capitals)


def language_of(alias: Alias) -> str | None:
    """Where it holds: names in Latin letters in their language, the others everywhere."""
    return alias.language if _LATIN.search(alias.text) else None


def each_once(spelt: Mapping[Spelling, tuple[str | None, ...]]) -> Iterator[Name]:
    """Spellings with their languages; many have the same."""
    known: dict[tuple[str | None, ...], tuple[str | None, ...]] = {}
    for spelling, languages in spelt.items():
        yield Name(*spelling, known.setdefault(languages, languages))
