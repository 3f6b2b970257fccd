"""Translation: what is asked for, what is good enough to be shown, and when an engine rests.

The checks and the numbers are measured traps of real engines (research: language.md, 1.4 and 8).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import groupby

import regex

from bot.domain.errors import Trouble
from bot.domain.languages import primary

NEVER = "never"
"""A chat's choice; otherwise it names, comma separated, the languages it reads itself."""

TRIES = 5
"""Failures in a row after which an engine rests."""

REST = timedelta(minutes=5)
SLOWER, SLOWEST = timedelta(minutes=1), timedelta(minutes=15)
"""The rest after a 429 without a word how long: the first, doubling, and the longest."""

UNSUPPORTED_FOR = timedelta(hours=24)
_SHORT = 12
"""Characters: a name may be the same in both languages."""

_DENSE = frozenset({"zh", "ja", "ko", "th"})
_SCRIPTS = {
    "ar": r"\p{Arabic}", "bg": r"\p{Cyrillic}", "el": r"\p{Greek}", "fa": r"\p{Arabic}",
    "he": r"\p{Hebrew}", "hi": r"\p{Devanagari}", "ja": r"[\p{Hiragana}\p{Katakana}\p{Han}]",
    "ko": r"\p{Hangul}", "ru": r"\p{Cyrillic}", "th": r"\p{Thai}", "uk": r"\p{Cyrillic}",
    "zh": r"\p{Han}",
}  # fmt: skip
_ADDRESS = regex.compile(
    r"""https?://\S+ | (?<!\w)@\w{3,}
      | (?<![\w@])(?:[\p{L}\p{N}-]+\.)+\p{Ll}{2,}(?:/\S*)?  # Telegram links t.me/x as it stands
    """,
    regex.VERBOSE,
)
_LETTER = regex.compile(r"\p{L}")
_NUMBER = regex.compile(r"\d{1,18}")
_MOST_REPEATED = 4


@dataclass(frozen=True, slots=True)
class Translated:
    """Texts in the target language, and who translated them."""

    texts: tuple[str, ...]
    engine: str


@dataclass(frozen=True, slots=True)
class Health:
    """How an engine does: failures and 429s in a row, and until when it is left alone."""

    failures: int = 0
    refusals: int = 0
    until: datetime | None = None
    told: bool = False  # the operator knows

    def rests(self, now: datetime) -> bool:
        """Whether it is left alone at `now`."""
        return self.until is not None and now < self.until


def after_trouble(health: Health, kind: Trouble, wait: float | None, now: datetime) -> Health:
    """How an engine does after a failure; `wait` (seconds) is what it asked for itself."""
    match kind:
        case "unsupported" | "too-large":  # the request's fault
            return health
        case "busy":
            pause = min(SLOWER * 2**health.refusals, SLOWEST)  # LibreTranslate names no wait
            until = now + (pause if wait is None else timedelta(seconds=wait))
            return replace(health, refusals=min(health.refusals + 1, TRIES), until=until)
        case "quota" | "refused":  # nothing changes by asking again soon
            return replace(health, failures=TRIES, until=now + timedelta(hours=1))
        case "failed":
            failures = health.failures + 1
            rest = now + REST if failures >= TRIES else None
            return replace(health, failures=failures, until=rest)


def worth_translating(language: str | None, target: str) -> bool:
    """Whether an article of this language is another text in `target`."""
    source = primary(language)
    return source is not None and source != target


def text_key(text: str) -> str:
    """By what a text is known whose translation is kept."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


def wanted(language: str | None, locale: str, choice: str) -> bool:
    """Whether a chat that speaks `locale` wants an article of this language translated."""
    source, target = primary(language), primary(locale)
    if source is None or source == target or choice == NEVER:
        return False
    return source not in choice.split(",")


def toggled(choice: str, language: str) -> str:
    """A chat's choice with one language more, or less, that it reads itself."""
    own = [one for one in choice.split(",") if one and one != NEVER]
    left = [one for one in own if one != language]
    return ",".join(left if len(left) < len(own) else sorted([*own, language]))


def fault_of(  # noqa: PLR0911 - a list of checks, one line each
    text: str, translated: str, source: str, target: str
) -> str | None:
    """Why a translation must not be shown; None: it looks like one."""
    if not translated.strip():
        return "nothing came back"
    if text.strip() == translated.strip():
        return None if len(text) <= _SHORT or primary(source) == primary(target) else "unchanged"
    if _LETTER.search(text) and not _LETTER.search(translated):
        return "there is no word in it"  # servers that want a key may answer with a picture
    least, most = _lengths(text, source)
    if not least <= len(translated) <= most:
        return "its length is not that of a translation"
    if _wrong_script(translated, target):
        return "it is in another script"
    if _most_repeated(translated) > max(_MOST_REPEATED, _most_repeated(text)):
        return "it repeats itself"
    if not set(_ADDRESS.findall(translated)) <= set(_ADDRESS.findall(text)):
        return "it has an address that the original has not"
    lost = _numbers(text) - _numbers(translated)
    return "a number is missing" if lost.total() > 1 else None


def _numbers(text: str) -> Counter[int]:
    """By value: ١٩ is 19."""
    return Counter(map(int, _NUMBER.findall(text)))


def _lengths(text: str, source: str) -> tuple[float, float]:
    """A tenth of slack for the shortest of texts."""
    if primary(source) in _DENSE:
        return 0.7 * len(text), 8.0 * len(text) + 20
    return 0.2 * len(text) - 5, 3.0 * len(text) + 20


def _wrong_script(text: str, target: str) -> bool:
    script = _SCRIPTS.get(primary(target) or "")
    if script is None:
        return False
    letters = len(regex.findall(r"\p{L}", text))
    return letters > _SHORT and len(regex.findall(script, text)) < 0.3 * letters


def _most_repeated(text: str) -> int:
    """The longest run of one word."""
    runs: Sequence[int] = [sum(1 for _ in run) for _, run in groupby(text.casefold().split())]
    return max(runs, default=0)
