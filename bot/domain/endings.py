"""How a name may stand in a text: inflected, or with what its script writes onto it.

The rules and their guards were measured (research: language.md, 3.3).
"""

from collections.abc import Iterator
from functools import lru_cache

import regex

from bot.domain.text import LONGEST_WORD, Token

INFLECTING = frozenset({
    "az", "be", "bg", "bs", "cs", "da", "de", "el", "et", "fi", "hr", "hu", "hy", "is", "ka", "kk",
    "lt", "lv", "mk", "nb", "nn", "no", "pl", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr",
    "uk", "uz",
})  # fmt: skip
"""Languages in which names have endings of their own."""

_ENDING = 4
"""Letters that an inflected form may add to the stem."""

_STEM = 4
_VOWELS = frozenset("aeiouyąęóáéíúůäöüåаеиоуыэюяіїєαεηιουωაეიოუ")
_HEBREW = frozenset("והבכלמש")
_ARTICLE = "ال"
_ARABIC = ("وال", "بال", "فال", "كال", "ولل", "لل", "ال", "وب", "ول", "و", "ف", "ب", "ك", "ل")
_KOREAN_TAIL = 3
_CASED = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Greek}\p{Armenian}]")

_APOSTROPHE = frozenset({"tr"})
"""Languages that write an apostrophe before the ending of a name of one word: Mali'ye is to Mali,
maliye is finance."""

_SHORT = 4
_CASES = {
    "а": ("ы", "и", "е", "і", "у", "ой", "ою"),
    "й": ("я", "ю", "ем", "е", "єм", "ї"),
}
"""Endings in Cyrillic that names take for their last letter where the stem would be too short to
tell (Газа, Газе), or the letter is no vowel (Китай, Китая)."""

_ADJECTIVES = ("ий", "ый", "ой")
_DECLINED = ("ого", "ому", "им", "ым", "ом", "ім")
"""Surnames that are adjectives: Навальный, Навального."""

_CACHED = 65_536


def is_capital(token: Token) -> bool:
    """Names of scripts with case begin with a capital; the others have none."""
    return not _CASED.match(token.text) or token.text[0] != token.text[0].lower()


def alike(word: str, token: str, language: str | None) -> bool:
    """Whether a word of a text is this word of a name of several words."""
    if word == token or word in forms(token):
        return True
    if word.startswith(_ARTICLE):  # للأمم is ل + الأمم
        return word[len(_ARTICLE) :] in forms(token)
    if language not in INFLECTING or abs(len(word) - len(token)) > 3:
        return False
    if len(word) == _SHORT:  # Союз, Союза; Unia, Unii
        root = word[:-1] if word[-1] in _VOWELS else word
        return token.startswith(root) and len(token) <= len(word) + 2
    return len(word) > _SHORT and token.startswith(word[:-2])


def stem_of(word: str) -> str:
    """What endings are put to; "": it is too short for that."""
    stem = word[:-1] if len(word) > _STEM and word[-1] in _VOWELS else word
    return stem if len(stem) >= _STEM else ""


def stems_in(folded: str, language: str | None) -> Iterator[str]:
    """Of which stems this word may be a form, a longer one before a shorter."""
    if language in INFLECTING:
        yield from _beginnings(folded, _STEM, _ENDING)


def takes_endings(word: str, language: str | None) -> bool:
    """Whether endings are written onto a name of one word, not behind an apostrophe alone.

    Onto long ones they are in Turkish, too, where people are in a hurry.
    """
    return len(word) > _SHORT or language not in _APOSTROPHE


def anchors_in(folded: str) -> list[str]:
    """Of which anchors (`root_of`) of names of several words this may be a form, longest first."""
    found = {one for form in forms(folded) for one in _beginnings(form, 2, _ENDING + 2)}
    return sorted(found, key=len, reverse=True)


def root_of(word: str) -> str:
    """What every form of an anchor begins with."""
    return word[:-2] if len(word) >= 5 else word


def _beginnings(word: str, least: int, most: int) -> Iterator[str]:
    """The word, then ever shorter beginnings: a longer known name is found before a shorter."""
    for length in range(len(word), max(least, len(word) - most) - 1, -1):
        yield word[:length]


def spelt_out(word: str) -> list[str]:
    """Forms that no rule reaches: an Arabic name without its article, Cyrillic cases."""
    bare = word.removeprefix(_ARTICLE)
    if bare != word and len(bare) > 2:
        return [bare]
    if len(word) < _SHORT or (word[-1] != "й" and len(word) > _SHORT):
        return []
    declined = _DECLINED if word.endswith(_ADJECTIVES) else ()
    cases = _CASES.get(word[-1], ())
    return [*(word[:-1] + one for one in cases), *(word[:-2] + one for one in declined)]


def forms(folded: str) -> tuple[str, ...]:
    """The word, and without what its script writes onto a name."""
    return _forms(folded) if len(folded) <= LONGEST_WORD else (folded,)


@lru_cache(maxsize=_CACHED)
def _forms(folded: str) -> tuple[str, ...]:
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
