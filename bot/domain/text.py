"""Text as people compare it: folding, words, stems.

Folding follows Lucene's ICUFolding in spirit: NFKC, casefold, marks stripped only where they are
decoration (blind stripping makes プ = フ, й = и, が = か). Scripts written without blanks (Han,
Kana, Thai, Lao, Khmer, Burmese) stay in runs, in which terms are found as substrings.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

import regex
import Stemmer

_EXTRA = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss",
        "þ": "th", "ħ": "h", "ŧ": "t", "ё": "е", "’": "'", "‘": "'", "ʼ": "'", "＇": "'",
        "״": '"', "׳": "'", "ـ": None,
        **dict.fromkeys("\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"),
    }
)  # fmt: skip
_DECORATION = regex.compile(
    r"(?<=[\p{Latin}\p{Greek}]\p{Mn}*)\p{Mn}|[\u0610-\u061A\u064B-\u065F\u0670\u0591-\u05C7]"
)
_DENSE = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_HAS_DENSE = regex.compile(f"[{_DENSE}]")
_HEBREW = "\u05d0-\u05ea\u05ef-\u05f2"
_SIGNED = rf"""(?<=[{_HEBREW}]\p{{M}}*)["”״'’׳](?=[{_HEBREW}])
        | (?<=\p{{Cyrillic}}\p{{M}}*)['’ʼ](?=\p{{Cyrillic}})"""
_TOKEN = regex.compile(
    rf"""(?P<dense>[{_DENSE}][{_DENSE}\p{{Mn}}]*)
      | (?P<dotted>\p{{L}}(?:\.\p{{L}})+(?![\p{{L}}\p{{N}}])\.?)  # U.S., U.N.
      | [\p{{L}}\p{{N}}](?:\+\+|\#)(?!(?![{_DENSE}])[\p{{L}}\p{{N}}])  # C++, C#
      | (?:(?![{_DENSE}ʼ])[\p{{L}}\p{{M}}\p{{N}}_]               # a word
        | {_SIGNED})+  # נאט"ו, здоров'я
    """,
    regex.VERBOSE,
)
_APOSTROPHES = "'’ʼ\"”"
_WITHIN = str.maketrans("", "", ".'\"”")
_JOINING = regex.compile(r"""[\s'"’‘ʼ“”«»„‚‹›`´‐‑\-_/&\p{Cf}\p{Cc}]+""")
_INSIDE = frozenset(".,:·‧・•@+*–")
_SHORTENED = frozenset({
    "mr", "mrs", "ms", "dr", "st", "prof", "gen", "sen", "rep", "gov", "lt", "col", "capt", "sgt",
})  # fmt: skip
_KATAKANA = regex.compile(r"[\p{Katakana}ー]")
_UNSEEN = regex.compile(r"(?![\u200b\u200c])\p{Cf}|\u200c(?!\p{Arabic})")
"""What is ignored inside words (UAX #29, WB4): soft hyphens, marks of direction.
U+200B parts words, U+200C Persian words from their endings."""

_UNPARTING = regex.compile(r"(?<![\p{Katakana}ー]) | (?![\p{Katakana}ー])")

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali",
    "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_SCRIPTS = {
    "ar": ("arabic",), "el": ("greek",), "hi": ("devanagari",), "hy": ("armenian",),
    "ne": ("devanagari",), "ru": ("cyrillic",), "sr": ("cyrillic", "latin"), "ta": ("tamil",),
}  # fmt: skip
_RANGES = (
    (0x0370, 0x03FF, "greek"), (0x0400, 0x052F, "cyrillic"), (0x0530, 0x058F, "armenian"),
    (0x0600, 0x06FF, "arabic"), (0x0900, 0x097F, "devanagari"), (0x0B80, 0x0BFF, "tamil"),
)  # fmt: skip
LONGEST_WORD = 64
"""Characters; the longest words that newspapers print have about sixty."""

_CACHED_STEMS = 131_072
_LENGTHS_APART = 3


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: as written, folded, and its place in the order of words.

    Pieces around an apostrophe ("NATO's", "l'Otan") share a position; where none of them is the
    word and the others its trimmings (Xi'an), the whole does as well. `gap` is what stands before
    it that no phrase runs across (`gap_of`), "" if there is nothing. `start` and `end` are offsets
    in the `shaped` text.
    """

    text: str
    folded: str
    position: int
    gap: str
    dense: bool
    start: int
    end: int


def fold(text: str) -> str:
    """The form in which texts are compared: no case, no decoration, one shape a character."""
    if text.isascii():
        return text.lower()
    low = unicodedata.normalize("NFKC", text).casefold().translate(_EXTRA)
    bare = _DECORATION.sub("", unicodedata.normalize("NFD", low))
    return unicodedata.normalize("NFC", bare).translate(_EXTRA)


def shaped(text: str) -> str:
    """The text in which tokens stand: compatibility forms (ﬁ, ＮＡＴＯ) as their plain letters.

    Without what is not seen inside words.
    """
    return text if text.isascii() else _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def gap_of(between: str, before: str = "") -> str:
    """The signs between two words across which a phrase does not run unless it has them, too.

    It runs on over blanks, hyphens, quotes, apostrophes, "&", and the dot that shortens the folded
    word `before` (St. Petersburg, George W. Bush).
    """
    if not between or between == " ":
        return ""
    short = before in _SHORTENED or (len(before) == 1 and before.isalpha())
    if short and between[0] == "." != between[1:2]:
        between = between[1:]
    return str(_JOINING.sub("", between))


def tokens(text: str) -> list[Token]:
    """The words of a text, in order."""
    text = shaped(text)
    found: list[Token] = []
    end = position = -1
    gap = ""
    for match in _TOKEN.finditer(text):
        between = text[end : match.start()] if found else ""
        if not (len(between) == 1 and between in _APOSTROPHES):
            position += 1
            # one sign without blanks is a part of what it stands in: 3.5, Booking.com
            gap = "" if between in _INSIDE or not found else gap_of(between, found[-1].folded)
        word = match.group()
        folded = fold(word)
        if not folded.isalnum():
            folded = folded.translate(_WITHIN)
        dense = match.group("dense") is not None
        found.append(Token(word, folded, position, gap, dense, *match.span()))
        end = match.end()
    return found if not found or position == len(found) - 1 else [*_with_wholes(found, text)]


def main_words(found: Sequence[Token]) -> list[Token]:
    """One word a position: l'Otan is Otan, NATO's is NATO, Xi'an is Xi'an."""
    main: dict[int, Token] = {}
    for token in found:
        known = main.get(token.position)
        if known is None or len(token.folded) > len(known.folded):
            main[token.position] = token
    return list(main.values())


def _with_wholes(found: Sequence[Token], text: str) -> Iterator[Token]:
    for _, together in groupby(found, lambda token: token.position):
        pieces = list(together)
        yield from pieces
        *_, second, first = sorted([0, *(len(one.folded) for one in pieces)])
        start, end = pieces[0].start, pieces[-1].end
        folded = fold(text[start:end])
        if first == second and folded.replace("'", "").isalnum() and not is_dense(folded):
            yield replace(pieces[0], text=text[start:end], folded=folded, end=end)


def is_dense(text: str) -> bool:
    """Whether the text holds characters of a script written without blanks."""
    return _HAS_DENSE.search(text) is not None


def is_word(text: str) -> bool:
    """Whether the text is one word of a script with blanks: letters, digits, nothing else."""
    return text.isalnum() and (text.isascii() or not is_dense(text))


def compact(text: str) -> str:
    """Folded and without blanks: how terms of dense scripts are looked for.

    Folded once more at the end, here and in `spaced`: without its blank an accent that stood alone
    (¸) stands on a letter.
    """
    return fold("".join(fold(text).split()))


def spaced(text: str) -> str:
    """Folded, with blanks between words in Katakana alone: where those terms are looked for.

    In other dense scripts a blank is a wrapped line as often as a border.
    """
    return fold(_UNPARTING.sub("", " ".join(fold(text).split())))


def glued(spaced_text: str) -> str:
    """`compact` of what is `spaced`."""
    return spaced_text.replace(" ", "")


def dense_within(term: str, text: str) -> bool:
    """Whether `term`, which is compact, stands in `text`, which is `spaced`.

    A term in Katakana must not stand inside a longer Katakana word: タイ is not in スタイル, but
    may be wrapped.
    """
    return _stands(term, text) or (" " in text and _stands(term, glued(text)))


def _stands(term: str, text: str) -> bool:
    at = text.find(term)
    whole = all(_KATAKANA.match(character) for character in term)
    while at >= 0:
        around = text[max(at - 1, 0) : at] + text[at + len(term) : at + len(term) + 1]
        if not (whole and _KATAKANA.search(around)):
            return True
        at = text.find(term, at + 1)
    return False


def base_language(tag: str | None) -> str | None:
    """The language of a BCP 47 tag, without script and region."""
    return tag.partition("-")[0].partition("_")[0].lower() if tag else None


def stem(folded: str, language: str) -> str:
    """The light stem of a folded word, "" where inflection of it is not to be trusted.

    Short stems are names as often as words (Мали → мал): four letters at least, three in English.
    What is longer than any word is none: a feed of endless ones would fill the memory with them.
    """
    return _stem(folded, language) if len(folded) <= LONGEST_WORD else ""


@lru_cache(maxsize=_CACHED_STEMS)
def _stem(folded: str, language: str) -> str:
    if language not in STEMMERS or not folded.isalpha():
        return ""
    if _script(folded[0]) not in _SCRIPTS.get(language, ("latin",)):
        return ""
    found = str(_stemmer(language).stemWord(folded))
    return found if len(found) >= (3 if language == "en" else 4) else ""


def _script(character: str) -> str:
    """The script of a letter, as far as stemmers differ by it."""
    code = ord(character)
    return next((name for low, high, name in _RANGES if low <= code <= high), "latin")


def same_word(one: str, other: str) -> bool:
    """Whether two folded words of one stem are inflections, not derivations, of one another."""
    return abs(len(one) - len(other)) <= _LENGTHS_APART


@lru_cache(maxsize=len(STEMMERS))
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(STEMMERS[language], 0)  # 0: no cache of its own, ours is bounded
