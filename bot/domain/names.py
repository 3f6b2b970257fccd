"""Names: one thing under all its names in all languages (research: language.md, section 3).

A name in Latin letters holds in articles of its language, one in another script wherever that
script stands. A name is met as it stands; inflected, where the article's language inflects names;
behind the particles that Arabic and Hebrew write onto a word and before those that Korean does;
inside a text of a script without blanks. A name of letters with case needs its capital.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from bot.domain.spellings import (
    Alias,
    Name,
    Spelling,
    Table,
    each_once,
    language_of,
    put,
    spelling_of,
    words_of,
)
from bot.domain.stopwords import ANY
from bot.domain.text import Token, compact, dense_within, glued, is_dense, tokens

_MAIN = {"no": "nb", "nn": "nb"}
_CACHED = 65_536
_LONGEST = 40
_CASELESS = regex.compile(r"[^\P{L}\p{Latin}\p{Cyrillic}\p{Greek}\p{Armenian}]")
_PEOPLES = frozenset({"houthis", "huthis", "kurds", "kurdes", "kurdos", "uyghurs", "uighurs"})


class Mention(NamedTuple):
    """Where a text names an entity: words from `start` to before `end`, counted by position.

    `text` is as written there, `name` the key of the name in the table.
    """

    entity: str
    text: str
    start: int
    end: int
    name: str


class Names:
    """The table of all names; built once, then only asked."""

    def __init__(self, aliases: Iterable[Alias] = ()) -> None:
        self._exact: Table[Name] = {}
        self._stems: Table[Name] = {}
        self._anchors: Table[Name] = {}
        self._dense: dict[str, str] = {}
        self._grams: Table[str] = {}
        self._keys: Table[str] = {}
        self._phrases: Table[tuple[frozenset[str], str]] = {}
        self._main: dict[str, str] = {}
        self._shown: dict[str, str] = {}  # a line each: as strings they take three times as much
        self._add(aliases)
        self._looked_up = lru_cache(maxsize=_CACHED)(self._look_up)

    def __bool__(self) -> bool:
        return bool(self._shown)

    @property
    def known(self) -> frozenset[str]:
        """Every entity."""
        return frozenset(self._shown)

    def shown(self, entity: str) -> tuple[str, ...]:
        """Every name of an entity, as written, in the order of the table."""
        return tuple(self._shown[entity].split("\n")) if entity in self._shown else ()

    def main(self, entity: str) -> str:
        """What people call it: the first name in our own table, else the English one."""
        return self._main.get(entity) or self._shown.get(entity, entity).split("\n")[0]

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

    def _add(self, aliases: Iterable[Alias]) -> None:
        spelt: dict[Spelling, tuple[str | None, ...]] = {}
        shown: dict[str, tuple[str, ...]] = {}
        for alias in aliases:
            words = words_of(alias.text)
            if not words:
                continue
            put(shown, alias.entity, alias.text)
            if alias.language in (None, "en") and alias.text.isascii():
                self._main.setdefault(alias.entity, alias.text)
            if is_dense(alias.text):
                self._add_dense(alias.entity, compact(alias.text))
            else:
                put(spelt, spelling_of(alias, words), language_of(alias))
        self._shown = {entity: "\n".join(names) for entity, names in shown.items()}
        for name in each_once(spelt):
            add = self._add_word if len(name.words) == 1 else self._add_phrase
            add(name)

    def _add_dense(self, entity: str, name: str) -> None:
        if len(name) > 1 and name not in self._dense:
            self._dense[name] = entity
            put(self._grams, name[:2], name)
            put(self._keys, name, entity)

    def _add_word(self, name: Name) -> None:
        word = name.words[0]
        for form in (word, *(() if name.capitals else spelt_out(word))):
            put(self._exact, form, name)
        stem = stem_of(word)
        if stem:
            put(self._stems, stem, name)
        if name.capitals:
            put(self._keys, word.upper(), name.entity)
        if word not in ANY:
            put(self._keys, word, name.entity)

    def _add_phrase(self, name: Name) -> None:
        anchor = max(name.words, key=len)
        put(self._anchors, root_of(anchor), name)
        wanted = frozenset(name.words) - ANY
        if len(wanted) > 1:
            put(self._phrases, max(wanted, key=len), (wanted, name.entity))

    def _look_up(
        self, piece: str, language: str | None
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        found = tokens(piece)
        single = {one.entity for token in found for one in self._names_of(token, language)}
        likely = {one.entity for token in found for one in self._anchored(token, language)}
        return tuple(single), tuple(likely)

    def _names_of(self, token: Token, language: str | None) -> list[Name]:
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

    def _anchored(self, token: Token, language: str | None) -> Iterator[Name]:
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
    found = words_of(text)
    if any(token.dense for token in found):
        return compact(text)
    return " ".join(token.folded for token in found)


def _whole(
    name: Name, anchor: Token, places: Mapping[int, Sequence[Token]], language: str | None
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


def _holds(name: Name, token: Token, language: str | None) -> bool:
    if not _fits(name, language):
        return False
    if name.capitals:
        return not (token.text.islower() or (token.text.istitle() and token.folded in ANY))
    return is_capital(token) and token.folded not in ANY


def _fits(name: Name, language: str | None) -> bool:
    holds = name.languages
    return language is None or None in holds or _MAIN.get(language, language) in holds


def _each(names: Sequence[Name]) -> list[Name]:
    """One name an entity."""
    return list({one.entity: one for one in names}.values())


NO_NAMES = Names()
