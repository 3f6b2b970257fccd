"""The language of an entry: what its feed says, what its script says, what its words say.

None of the three is believed alone. A feed's word is a prior (content systems say en-US by
default); a script can leave one language or a dozen; py3langid decides among those that are left,
with the prior in its scale. It brings numpy and a model of 100 MB while it is read, so this module
is for the worker process alone and imports it only when a `Detector` is made.
"""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, sqrt
from typing import Any

import regex

from bot.domain.model import Entry, Feed
from bot.domain.text import base_language

LANGUAGES = (
    "af", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu",
    "fa", "fi", "fr", "ga", "gl", "gu", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka",
    "kk", "ko", "lt", "lv", "mk", "mn", "mr", "ms", "ne", "nl", "no", "pl", "ps", "pt", "ro", "ru",
    "sk", "sl", "sq", "sr", "sv", "sw", "tg", "tr", "uk", "ur", "uz", "vi", "zh",
)  # fmt: skip
"""Languages in which news is told apart; small relatives of large ones only cost accuracy."""

LOOKED_AT = 400
"""Characters of title and summary: more of them change no answer, they only take time."""

REMEMBERED = 10_000
"""Guesses that are kept, two an entry: some 6 MB."""

LEAST_LETTERS = 20
"""With fewer a name decides ("NATO" is Italian, "Elon Musk" Polish): the prior is kept."""

PRIOR = 1.5
"""What a feed's word weighs, in the natural logarithm of odds at the classifier's temperature."""

SURE = 0.5
"""Without any prior, a language must be likelier than all others together."""

_VOTES = 3
_MAJORITY = 0.6
_CJK_WEIGHT = 3
"""A syllable or a sign says as much as three letters: 발표 stands beside "iPhone 17 Pro"."""

_CYRILLIC = frozenset({"be", "bg", "kk", "mk", "mn", "ru", "sr", "tg", "uk"})
_ARABIC = frozenset({"ar", "fa", "ps", "ur"})
_DEVANAGARI = frozenset({"hi", "mr", "ne"})
_ELSEWHERE = {"bn", "el", "gu", "he", "hy", "ja", "ka", "ko", "zh"}
_LATIN = (
    frozenset(LANGUAGES) - (_CYRILLIC - {"sr"}) - _ARABIC - _DEVANAGARI - frozenset(_ELSEWHERE)
)
_SCRIPTS: dict[str, frozenset[str]] = {
    "Latin": _LATIN,
    "Cyrillic": _CYRILLIC,
    "Arabic": _ARABIC,
    "Devanagari": _DEVANAGARI,
    "Greek": frozenset({"el"}),
    "Hebrew": frozenset({"he"}),
    "Armenian": frozenset({"hy"}),
    "Georgian": frozenset({"ka"}),
    "Bengali": frozenset({"bn"}),
    "Gujarati": frozenset({"gu"}),
    "Gurmukhi": frozenset({"pa"}),
    "Tamil": frozenset({"ta"}),
    "Telugu": frozenset({"te"}),
    "Kannada": frozenset({"kn"}),
    "Malayalam": frozenset({"ml"}),
    "Sinhala": frozenset({"si"}),
    "Thai": frozenset({"th"}),
    "Lao": frozenset({"lo"}),
    "Khmer": frozenset({"km"}),
    "Myanmar": frozenset({"my"}),
    "Ethiopic": frozenset({"am"}),
    "Hangul": frozenset({"ko"}),
    "Kana": frozenset({"ja"}),
    "Han": frozenset({"zh"}),
}
"""The languages that are told apart in each script."""

_ALSO: dict[str, frozenset[str]] = {
    "Arabic": frozenset({"ckb", "ku", "sd", "ug"}),
    "Bengali": frozenset({"as"}),
    "Cyrillic": frozenset({"ky", "tt", "uz", "az"}),
    "Devanagari": frozenset({"mai", "sa"}),
    "Ethiopic": frozenset({"ti"}),
    "Han": frozenset({"ja", "yue"}),
    "Hebrew": frozenset({"yi"}),
}
"""What a feed may say of a script beside those: it is believed, nobody here knows better."""

_LETTERS = {
    name: regex.compile(
        r"[\p{Hiragana}\p{Katakana}ー]" if name == "Kana" else rf"(?=\p{{L}})\p{{{name}}}"
    )
    for name in _SCRIPTS
}
_CJK = ("Hangul", "Kana", "Han")
_NOISE = regex.compile(r"https?://\S+|\S+@\S+|[@#]\w+")
_ALIASES = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "fil": "tl", "cmn": "zh"}


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest language and how likely it is (0 to 1); None: there is too little to tell."""

    language: str | None
    chance: float


class Detector:
    """py3langid over the configured languages. Making one takes half a second and 75 MB."""

    def __init__(self, languages: Sequence[str] = LANGUAGES) -> None:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - see module

        whole = LanguageIdentifier.from_model_file(MODEL_FILE)
        whole.set_languages([one for one in languages if one in whole.labels])
        self.guess = lru_cache(REMEMBERED)(self._guess)
        self._few: Any = LanguageIdentifier(  # a copy, so that the other languages' table can go
            whole.nb_ptc,
            whole.nb_pc,
            whole.nb_classes,
            whole.tk_nextmove,
            array("i", whole.tk_output),  # as a list it takes 3 MB more
            tk_row=whole.tk_row,
        )

    def of_feed(self, feed: Feed) -> Feed:
        """The feed with the language of each entry, where it can be told."""
        said = [one.language or feed.language for one in feed.entries]
        texts = [_text(one) for one in feed.entries]
        learnt = _majority([self.guess(text, None) for text in texts])
        found = (
            replace(one, language=self._tag(text, learnt, tag))
            for one, text, tag in zip(feed.entries, texts, said, strict=True)
        )
        return replace(feed, entries=tuple(found))

    def _guess(self, text: str, prior: str | None) -> Guess:
        """The language of a text, `prior` (a base language) being what its source says.

        Asked as `guess`, which remembers: most of a feed was there when it was read before.
        """
        counts = _counts(text)
        script = _script_of(counts)
        if script is None:
            return Guess(None, 0)
        ours = _SCRIPTS[script]
        if prior in _ALSO.get(script, ()) or (script == "Latin" and _is_strange(prior)):
            return Guess(prior, 1)
        if len(ours) == 1:
            return Guess(next(iter(ours)), 1)
        if sum(counts.values()) < LEAST_LETTERS:
            return Guess(prior if prior in ours else None, 0)
        return self._classified(text, ours, prior)

    def _classified(self, text: str, ours: frozenset[str], prior: str | None) -> Guess:
        """By the classifier's scores, over the root of the length as it does for its own odds."""
        temperature = sqrt(len(text.encode()))
        scores = {
            label: score / temperature + PRIOR * (label == prior)
            for label, score in self._few.rank(text)
            if label in ours
        }
        if not scores:
            return Guess(prior if prior in ours else None, 0)
        best = max(scores, key=scores.__getitem__)
        return Guess(best, 1 / sum(exp(score - scores[best]) for score in scores.values()))

    def _tag(self, text: str, learnt: str | None, said: str | None) -> str | None:
        """The language as a tag: the source's own where it means the same (de-AT stays de-AT)."""
        prior = _plain(said)
        guess = self.guess(text, learnt or prior)
        if guess.language is None:
            return (learnt or said) if not _script_of(_counts(text)) else None
        if guess.language == prior:
            return said
        unsure = guess.chance < SURE and prior is None and learnt is None
        return None if unsure else guess.language


def _text(entry: Entry) -> str:
    text = f"{entry.title}\n{entry.summary}"[:LOOKED_AT]
    noisy = "@" in text or "#" in text or "://" in text  # else it takes 25 µs to find nothing
    return str(_NOISE.sub(" ", text)) if noisy else text


def _plain(tag: str | None) -> str | None:
    base = base_language(tag)
    return _ALIASES.get(base, base) if base else None


def _is_strange(prior: str | None) -> bool:
    """Whether a feed names a language that is not told apart here in any script."""
    if prior is None or prior in LANGUAGES:
        return False
    known = frozenset().union(*_SCRIPTS.values(), *_ALSO.values())
    return prior not in known


def _majority(guesses: Sequence[Guess]) -> str | None:
    """What most entries of a document are written in: it knows better than its head says."""
    votes = Counter(one.language for one in guesses if one.language and one.chance >= SURE)
    if votes.total() < _VOTES:
        return None
    language, count = votes.most_common(1)[0]
    return language if count >= _MAJORITY * votes.total() else None


def _counts(text: str) -> dict[str, int]:
    """Letters of each script."""
    if text.isascii():
        return {"Latin": sum(map(str.isalpha, text))}
    return {name: len(letters.findall(text)) for name, letters in _LETTERS.items()}


def _script_of(counts: dict[str, int]) -> str | None:
    """The script of most letters; None: there is none.

    Signs count more than letters, and one Kana among Han signs makes Japanese of them.
    """
    weights = {
        name: count * (_CJK_WEIGHT if name in _CJK else 1)
        for name, count in counts.items()
        if count
    }
    if weights.get("Kana") and "Han" in weights:
        weights["Kana"] += weights.pop("Han")
    return max(weights, key=lambda name: weights[name], default=None)
