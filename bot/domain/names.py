"""Names: one thing under all its names in all languages (research: language.md, section 3).

A name in Latin letters holds in articles of its language, one in another script wherever that
script stands. A name is met as it stands; inflected, where the article's language inflects names;
behind the particles that Arabic and Hebrew write onto a word and before those that Korean does;
inside a text of a script without blanks. A name of letters with case needs its capital.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import regex

from bot.domain.endings import (
    INFLECTING,
    alike,
    anchors_in,
    forms,
    is_capital,
    root_of,
    spelt_out,
    stem_of,
    stems_in,
    takes_endings,
)
from bot.domain.families import are_apart
from bot.domain.stopwords import ANY
from bot.domain.text import Token, compact, dense_within, glued, is_dense, main_words, tokens

_MAIN = {"no": "nb", "nn": "nb"}
_CACHED = 65_536
_LONGEST = 40
_CASELESS = regex.compile(r"[^\P{L}\p{Latin}\p{Cyrillic}\p{Greek}\p{Armenian}]")
_PEOPLES = frozenset({"houthis", "huthis", "kurds", "kurdes", "kurdos", "uyghurs", "uighurs"})
_ELIDED = 2
"""Letters at most of what an apostrophe writes onto a name (L'Avana, N'Djamena)."""

_LATIN = regex.compile(r"\p{Latin}")
_ACRONYM = regex.compile(r"\p{Lu}[\p{Lu}\p{N}]{1,5}")


@dataclass(frozen=True, slots=True)
class Alias:
    """One name of an entity; `language` None: it holds in every language."""

    entity: str
    text: str
    language: str | None = None


class Mention(NamedTuple):
    """Where a text names an entity: words from `start` to before `end`, counted by position.

    `text` is as written there, `name` the key of the name in the table.
    """

    entity: str
    text: str
    start: int
    end: int
    name: str


class _Name(NamedTuple):
    entity: str
    words: tuple[str, ...]  # folded
    language: str | None  # None: everywhere
    capitals: bool

    @property
    def key(self) -> str:
        return " ".join(self.words)


class Names:
    """The table of all names; built once, then only asked."""

    def __init__(self, aliases: Iterable[Alias] = ()) -> None:
        self._exact: dict[str, list[_Name]] = defaultdict(list)
        self._stems: dict[str, list[_Name]] = defaultdict(list)
        self._anchors: dict[str, list[_Name]] = defaultdict(list)
        self._dense: dict[str, str] = {}
        self._grams: dict[str, list[str]] = defaultdict(list)
        self._keys: dict[str, tuple[str, ...]] = {}
        self._phrases: dict[str, list[tuple[frozenset[str], str]]] = defaultdict(list)
        self._main: dict[str, str] = {}
        self._shown: dict[str, dict[str, None]] = defaultdict(dict)
        for alias in aliases:
            self._add(alias)
        self._looked_up = lru_cache(maxsize=_CACHED)(self._look_up)

    def __bool__(self) -> bool:
        return bool(self._shown)

    @property
    def known(self) -> frozenset[str]:
        """Every entity."""
        return frozenset(self._shown)

    def shown(self, entity: str) -> tuple[str, ...]:
        """Every name of an entity, as written, in the order of the table."""
        return tuple(self._shown[entity]) if entity in self._shown else ()

    def main(self, entity: str) -> str:
        """What people call it: the first name in our own table, else the English one."""
        return self._main.get(entity) or next(iter(self._shown.get(entity, (entity,))))

    def entities_of(self, key: str) -> tuple[str, ...]:
        """What a query's word may be a name of: a folded word, an acronym, a dense term."""
        return self._keys.get(key, ())

    def may_stem(self, key: str, word: str, language: str | None) -> bool:
        """Whether a query's word may meet this folded word of a text by their common stem.

        Names are never stemmed into one another (Нигер, Нигерия; Williams, William), and none
        loses a letter (Hamas, Hama); nor, where names have endings of their own, into anything:
        `mentions` knows those better (Mali, but maliye is finance).
        """
        longer = max(key, word, key=len)
        if are_apart(key, word, language) or (longer in self._keys and longer not in _PEOPLES):
            return False
        return key not in self._keys or (language not in INFLECTING and word not in self._keys)

    def may_hold(self, words: Iterable[str]) -> bool:
        """Whether `phrases_in` of these folded words may find any."""
        return not self._phrases.keys().isdisjoint(words)

    def phrases_in(self, words: frozenset[str]) -> list[tuple[frozenset[str], str]]:
        """Names of several words that are all among these, longest first, with their entity."""
        found = [one for word in words for one in self._phrases.get(word, ()) if one[0] <= words]
        return sorted(found, key=lambda one: (-len(one[0]), one[1]))

    def mentioned(self, pieces: Iterable[str], language: str | None) -> tuple[set[str], set[str]]:
        """Entities named by single words of these pieces of text.

        And those of which a name of several words may stand there: then `mentions` must be asked.
        """
        found: set[str] = set()
        likely: set[str] = set()
        for piece in pieces:
            if len(piece) <= _LONGEST and _may_name(piece):
                single, anchored = self._looked_up(piece, language)
                found.update(single)
                likely.update(anchored)
        return found, likely

    def mentions(self, text: str, language: str | None) -> list[Mention]:
        """Every mention in a text, in order."""
        words = tokens(text)
        places: dict[int, list[Token]] = defaultdict(list)
        for token in words:
            places[token.position].append(token)
        found = [
            Mention(one.entity, token.text, token.position, token.position + 1, one.key)
            for token in words
            for one in self._names_of(token, language)
        ]
        for token in words:
            for name in self._anchored(token, language):
                mention = _whole(name, token, places, language)
                if mention is not None:
                    found.append(mention)
        return found

    def inside(self, text: str) -> dict[str, str]:
        """Entities named in a `spaced` text of a script without blanks, each with the name."""
        return dict(self.all_inside(text))

    def all_inside(self, text: str) -> Iterator[tuple[str, str]]:
        """The same with every name that stands there."""
        whole = glued(text)
        grams = {*map("".join, pairwise(whole))}
        for gram in self._grams.keys() & grams:
            for name in self._grams[gram]:
                if name in whole and dense_within(name, text) and not self._in_longer(name, whole):
                    yield self._dense[name], name

    def _in_longer(self, name: str, text: str) -> bool:
        """Whether it only stands inside longer known names: 日本 is not in 日本海 alone."""
        longer = [one for one in self._dense if name != one and name in one and one in text]
        return any(text.count(one) >= text.count(name) for one in longer) if longer else False

    def _add(self, alias: Alias) -> None:
        found = _words_of(alias.text)
        if not found:
            return
        self._shown[alias.entity].setdefault(alias.text)
        if alias.language in (None, "en") and alias.text.isascii():
            self._main.setdefault(alias.entity, alias.text)
        if is_dense(alias.text):
            self._add_dense(alias.entity, compact(alias.text))
            return
        capitals = len(found) == 1 and _ACRONYM.fullmatch(found[0].text) is not None
        words = tuple(token.folded for token in found)
        language = alias.language if _LATIN.search(alias.text) else None
        name = _Name(alias.entity, words, language, capitals)
        if len(words) == 1:
            self._add_word(name)
        else:
            self._add_phrase(name)

    def _add_dense(self, entity: str, name: str) -> None:
        if len(name) > 1 and name not in self._dense:
            self._dense[name] = entity
            self._grams[name[:2]].append(name)
            self._key(name, entity)

    def _add_word(self, name: _Name) -> None:
        word = name.words[0]
        self._exact[word].append(name)
        for form in () if name.capitals else spelt_out(word):
            self._exact[form].append(name)
        stem = stem_of(word)
        if stem:
            self._stems[stem].append(name)
        if name.capitals:
            self._key(word.upper(), name.entity)
        if word not in ANY:
            self._key(word, name.entity)

    def _add_phrase(self, name: _Name) -> None:
        anchor = max(name.words, key=len)
        self._anchors[root_of(anchor)].append(name)
        wanted = frozenset(name.words) - ANY
        if len(wanted) > 1:
            self._phrases[max(wanted, key=len)].append((wanted, name.entity))

    def _key(self, key: str, entity: str) -> None:
        known = self._keys.get(key, ())
        if entity not in known:
            self._keys[key] = (*known, entity)

    def _look_up(
        self, piece: str, language: str | None
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        found = tokens(piece)
        single = {one.entity for token in found for one in self._names_of(token, language)}
        likely = {one.entity for token in found for one in self._anchored(token, language)}
        return tuple(single), tuple(likely)

    def _names_of(self, token: Token, language: str | None) -> list[_Name]:
        exact = [
            one
            for form in forms(token.folded)
            for one in self._exact.get(form, ())
            if _holds(one, token, language)
        ]
        if exact or not is_capital(token):
            return _each(exact)
        for stem in stems_in(token.folded, language):
            known = self._stems.get(stem, ())
            found = [
                one
                for one in known
                if _fits(one, language) and takes_endings(one.words[0], language)
            ]
            if found:
                return _each(found)
        return []

    def _anchored(self, token: Token, language: str | None) -> Iterator[_Name]:
        for root in anchors_in(token.folded):
            for name in self._anchors.get(root, ()):
                if _fits(name, language) and any(
                    alike(word, token.folded, language) for word in name.words
                ):
                    yield name


def _may_name(piece: str) -> bool:
    """Whether a name may stand there: small letters alone are none, but in a script without case.

    Python calls 나토(nato) small, and all of Georgian.
    """
    return not piece.islower() or (not piece.isascii() and _CASELESS.search(piece) is not None)


def name_key(text: str) -> str:
    """By what a name is known: its folded words; of a script without blanks all in one."""
    found = _words_of(text)
    if any(token.dense for token in found):
        return compact(text)
    return " ".join(token.folded for token in found)


def _whole(
    name: _Name, anchor: Token, places: Mapping[int, Sequence[Token]], language: str | None
) -> Mention | None:
    """A name of several words around one of them."""
    for index, word in enumerate(name.words):
        start = anchor.position - index
        if not alike(word, anchor.folded, language):
            continue
        found = [
            next((t for t in places.get(start + step, ()) if alike(one, t.folded, language)), None)
            for step, one in enumerate(name.words)
        ]
        words = [token for token in found if token is not None]
        if len(words) == len(name.words) and any(map(is_capital, words)):
            text = " ".join(token.text for token in words)
            return Mention(name.entity, text, start, start + len(words), name.key)
    return None


def _holds(name: _Name, token: Token, language: str | None) -> bool:
    if not _fits(name, language):
        return False
    if name.capitals:
        return not (token.text.islower() or (token.text.istitle() and token.folded in ANY))
    return is_capital(token) and token.folded not in ANY


def _fits(name: _Name, language: str | None) -> bool:
    return (
        name.language is None or language is None or name.language == _MAIN.get(language, language)
    )


def _words_of(text: str) -> list[Token]:
    """The words of a name: d'Ivoire is Ivoire, but no name is half of another (Sana'a, Elena)."""
    found = tokens(text)
    main = main_words(found)
    elided = len(main) == len(found) or len(found[0].folded) <= _ELIDED
    return main if elided or len(main) > 1 else found


def _each(names: Sequence[_Name]) -> list[_Name]:
    """One name an entity."""
    return list({one.entity: one for one in names}.values())


NO_NAMES = Names()
