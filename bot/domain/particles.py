"""What Arabic, Hebrew and Korean write onto any word: articles, prepositions, particles.

`endings` has the wider rules for names. Here guards keep words apart that only look alike: the
rest must be long enough, a Korean particle must fit the syllable before it, and some words that
are common in news are never taken apart.
"""

_ARABIC = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ف", "ب", "ك", "ل")
_ARTICLE = "ال"
_LEAST_ARABIC = 3

_LIGHT = ("ה", "ו", "וה")
_HEBREW = (
    "ב",
    "ל",
    "כ",
    "מ",
    "ש",
    "וב",
    "ול",
    "וכ",
    "ומ",
    "וש",
    "מה",
    "שה",
    "שב",
    "של",
    "שמ",
    "כש",
)
_LEAST_LIGHT, _LEAST_HEBREW = 3, 4

_ANYWHERE = (
    "의", "에", "도", "만", "들", "에서", "에게", "에는", "에도", "까지", "부터", "처럼", "보다",
    "에서는", "에서도", "들은", "들이", "들을", "들의", "들과", "들도", "들에게",
)  # fmt: skip
_AFTER_CONSONANT = ("은", "이", "을", "과", "과의", "으로", "으로는", "이라고", "이라는")
_AFTER_VOWEL = ("는", "가", "를", "와", "와의", "로", "로는", "라고", "라는")
_LEAST_KOREAN = 2
_FIRST_SYLLABLE, _FINALS, _RIEUL = 0xAC00, 28, 8

_WHOLE = frozenset({
    "בחירות", "מדינה", "מסיבה", "בריאות", "ועדה",  # not חירות, דינה, סיבה, ריאות, עדה
    "경기도", "고양이", "어린이", "마이크로",  # not 경기, 고양, 어린, 마이크
})  # fmt: skip


def forms_of(folded: str, language: str | None) -> tuple[str, ...]:
    """All that a query's word may equal: the word, and without what is written onto it.

    In Arabic with the article as well: who asks for the sanctions means any. Only in articles that
    are Arabic, or may be: other languages of that script have other particles.
    """
    first = folded[:1]
    if "\u0620" <= first <= "\u064a" and language in ("ar", None):
        return _arabic(folded)
    if folded not in _WHOLE:
        if "\u05d0" <= first <= "\u05ea":
            return _hebrew(folded)
        if "\uac00" <= first <= "\ud7a3":
            return _korean(folded)
    return (folded,)


def _arabic(folded: str) -> tuple[str, ...]:
    rests = [folded[len(one) :] for one in _ARABIC if folded.startswith(one)]
    bare = [folded, *(rest for rest in rests if len(rest) >= _LEAST_ARABIC)]
    definite = [one if one.startswith(_ARTICLE) else _ARTICLE + one for one in bare]
    return tuple(dict.fromkeys([*bare, *definite]))


def _hebrew(folded: str) -> tuple[str, ...]:
    light = [folded[len(one) :] for one in _LIGHT if folded.startswith(one)]
    others = [folded[len(one) :] for one in _HEBREW if folded.startswith(one)]
    kept = [one for one in light if len(one) >= _LEAST_LIGHT]
    kept += [one for one in others if len(one) >= _LEAST_HEBREW]
    return (folded, *dict.fromkeys(kept))


def _korean(folded: str) -> tuple[str, ...]:
    found = [folded]
    for tail in (*_ANYWHERE, *_AFTER_CONSONANT, *_AFTER_VOWEL):
        rest = folded.removesuffix(tail)
        if rest != folded and len(rest) >= _LEAST_KOREAN and _fits(tail, rest[-1]):
            found.append(rest)
    return tuple(found)


def _fits(tail: str, syllable: str) -> bool:
    """Whether a particle may stand behind this syllable: some differ by its final consonant."""
    if tail in _ANYWHERE:
        return True
    final = (ord(syllable) - _FIRST_SYLLABLE) % _FINALS
    if tail.startswith("로") and final == _RIEUL:
        return True
    return (final > 0) == (tail in _AFTER_CONSONANT)
