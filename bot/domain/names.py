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

from bot.domain.stopwords import ANY
from bot.domain.text import Token, compact, dense_within, is_dense, tokens

INFLECTING = frozenset({
    "az", "be", "bg", "bs", "cs", "da", "de", "el", "et", "fi", "hr", "hu", "hy", "is", "ka", "kk",
    "lt", "lv", "mk", "nb", "nn", "no", "pl", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr",
    "uk", "uz",
})  # fmt: skip
_ENDING = 4
"""Letters that an inflected form may add to the stem."""

_STEM = 4
_MAIN = {"no": "nb", "nn": "nb"}
_VOWELS = frozenset("aeiouyąęóáéíúůäöüåаеиоуыэюяіїєαεηιουωაეიოუ")
_HEBREW = frozenset("והבכלמש")
_ARTICLE = "ال"
_ARABIC = ("وال", "بال", "فال", "كال", "ولل", "لل", "ال", "وب", "ول", "و", "ف", "ب", "ك", "ل")
_KOREAN_TAIL = 3
_CACHED = 65_536
_LONGEST = 40
_LATIN = regex.compile(r"\p{Latin}")
_CASED = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Greek}\p{Armenian}]")
_ACRONYM = regex.compile(r"\p{Lu}[\p{Lu}\p{N}]{1,5}")
_GERSHAYIM = regex.compile(r"""(?<=\p{Hebrew})["'״׳’](?=\p{Hebrew})""")


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
            if len(piece) <= _LONGEST and not piece.islower():
                single, anchored = self._looked_up(piece, language)
                found.update(single)
                likely.update(anchored)
        return found, likely

    def mentions(self, text: str, language: str | None) -> list[Mention]:
        """Every mention in a text, in order."""
        words = tokens(_plain(text))
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
        """Entities named in a compact text of a script without blanks, each with the name."""
        return dict(self.all_inside(text))

    def all_inside(self, text: str) -> Iterator[tuple[str, str]]:
        """The same with every name that stands there."""
        grams = {*map("".join, pairwise(text))}
        for gram in self._grams.keys() & grams:
            for name in self._grams[gram]:
                if name in text and dense_within(name, text) and not self._in_longer(name, text):
                    yield self._dense[name], name

    def _in_longer(self, name: str, text: str) -> bool:
        """Whether it only stands inside longer known names: 日本 is not in 日本海 alone."""
        longer = [one for one in self._dense if name != one and name in one and one in text]
        return any(text.count(one) >= text.count(name) for one in longer) if longer else False

    def _add(self, alias: Alias) -> None:
        found = tokens(_plain(alias.text))
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
        for form in _bare(word):
            self._exact[form].append(name)
        stem = _stem(word)
        if len(stem) >= _STEM:
            self._stems[stem].append(name)
        if name.capitals:
            self._key(word.upper(), name.entity)
        if word not in ANY:
            self._key(word, name.entity)

    def _add_phrase(self, name: _Name) -> None:
        anchor = max(name.words, key=len)
        self._anchors[_root(anchor)].append(name)
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
        found = tokens(_plain(piece))
        single = {one.entity for token in found for one in self._names_of(token, language)}
        likely = {one.entity for token in found for one in self._anchored(token, language)}
        return tuple(single), tuple(likely)

    def _names_of(self, token: Token, language: str | None) -> list[_Name]:
        exact = [
            one
            for form in _forms(token.folded)
            for one in self._exact.get(form, ())
            if _holds(one, token, language)
        ]
        if exact or language not in INFLECTING or not _is_capital(token):
            return _each(exact)
        for stem in _beginnings(token.folded, _STEM, _ENDING):
            found = [one for one in self._stems.get(stem, ()) if _fits(one, language)]
            if found:
                return _each(found)
        return []

    def _anchored(self, token: Token, language: str | None) -> Iterator[_Name]:
        stems = {s for form in _forms(token.folded) for s in _beginnings(form, 2, _ENDING + 2)}
        for stem in sorted(stems, key=len, reverse=True):
            for name in self._anchors.get(stem, ()):  # the stem is the anchor's own
                if _fits(name, language) and any(
                    _alike(word, token.folded, language) for word in name.words
                ):
                    yield name


def name_key(text: str) -> str:
    """By what a name is known: its folded words; of a script without blanks all in one."""
    found = tokens(_plain(text))
    if any(token.dense for token in found):
        return compact(text)
    return " ".join(token.folded for token in found)


def read_names(
    entities: Mapping[str, Mapping[str, str]], cldr: Mapping[str, Mapping[str, str]]
) -> Names:
    """The table from the two files of data: our own lines, and names by language."""
    aliases = [alias for kind in entities.values() for alias in _of_lines(kind)]
    for entity, names in cldr.items():
        for language, text in names.items():
            aliases += [Alias(entity, one, language) for one in text.split("|")]
    return Names(aliases)


def _of_lines(lines: Mapping[str, str]) -> Iterator[Alias]:
    for entity, line in lines.items():
        for part in line.split(";"):
            head, _, rest = part.strip().partition(" ")
            coded = regex.fullmatch(r"[a-z]{2}(?:,[a-z]{2})*", head) is not None
            codes: Sequence[str | None] = head.split(",") if coded else [None]
            for name in (rest if coded else part).split("|"):
                yield from (Alias(entity, name.strip(), code) for code in codes)


def _whole(
    name: _Name, anchor: Token, places: Mapping[int, Sequence[Token]], language: str | None
) -> Mention | None:
    """A name of several words around one of them."""
    for index, word in enumerate(name.words):
        start = anchor.position - index
        if not _alike(word, anchor.folded, language):
            continue
        found = [
            next(
                (t for t in places.get(start + step, ()) if _alike(one, t.folded, language)), None
            )
            for step, one in enumerate(name.words)
        ]
        words = [token for token in found if token is not None]
        if len(words) == len(name.words) and any(map(_is_capital, words)):
            text = " ".join(token.text for token in words)
            return Mention(name.entity, text, start, start + len(words), name.key)
    return None


def _first_alike(word: str, there: Sequence[Token], language: str | None) -> Token | None:
    return next((token for token in there if _alike(word, token.folded, language)), None)


def _holds(name: _Name, token: Token, language: str | None) -> bool:
    if not _fits(name, language):
        return False
    if name.capitals:
        return not (token.text.islower() or (token.text.istitle() and token.folded in ANY))
    return _is_capital(token) and token.folded not in ANY


def _fits(name: _Name, language: str | None) -> bool:
    return (
        name.language is None or language is None or name.language == _MAIN.get(language, language)
    )


def _plain(text: str) -> str:
    """Hebrew names without the marks inside them: נאט"ו is one word."""
    return str(_GERSHAYIM.sub("", text))


def _is_capital(token: Token) -> bool:
    """Names of scripts with case begin with a capital; the others have none."""
    return not _CASED.match(token.text) or token.text[0] != token.text[0].lower()


def _alike(word: str, token: str, language: str | None) -> bool:
    if word == token or word in _forms(token):
        return True
    if language not in INFLECTING or len(word) < 5 or abs(len(word) - len(token)) > 3:
        return False
    return token.startswith(word[:-2])


def _stem(word: str) -> str:
    return word[:-1] if len(word) > _STEM and word[-1] in _VOWELS else word


def _root(word: str) -> str:
    return word[:-2] if len(word) >= 5 else word


def _beginnings(word: str, least: int, most: int) -> Iterator[str]:
    """The word, then ever shorter beginnings: a longer known name is found before a shorter."""
    for length in range(len(word), max(least, len(word) - most) - 1, -1):
        yield word[:length]


def _bare(word: str) -> list[str]:
    """An Arabic name without its article."""
    bare = word.removeprefix(_ARTICLE)
    return [bare] if bare != word and len(bare) > 2 else []


@lru_cache(maxsize=_CACHED)
def _forms(folded: str) -> tuple[str, ...]:
    """The word, and without what its script writes onto a name."""
    first = folded[:1]
    if "\u0620" <= first <= "\u064a":
        return (folded, *_arabic(folded))
    if "\u05d0" <= first <= "\u05ea":
        return (folded, *_hebrew(folded))
    if "\uac00" <= first <= "\ud7a3":
        return tuple(_beginnings(folded, 2, _KOREAN_TAIL))
    return (folded,)


def _arabic(folded: str) -> list[str]:
    found = []
    for particles in _ARABIC:
        rest = folded.removeprefix(particles)
        if rest != folded and len(rest) > 2:
            found.append(rest)
    return found


def _hebrew(folded: str) -> list[str]:
    found = []
    for count in (1, 2):
        rest = folded[count:]
        if _HEBREW.issuperset(folded[:count]) and len(rest) > 2:
            found.append(rest)
    return found


def _each(names: Sequence[_Name]) -> list[_Name]:
    """One name an entity."""
    return list({one.entity: one for one in names}.values())


NO_NAMES = Names()
