"""What rises: terms of headlines against their usual level (measured: language.md, section 6).

z = (c - e) / sqrt(e + 1), with c the articles of the span that have the term and e what the seven
spans before had on average; a term needs three outlets, so that one house's rubric is no trend.
Names are one term in all languages; other terms belong to their language.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from bot.domain.documents import Document, Word
from bot.domain.names import Names
from bot.domain.stopwords import ANY, is_stop_word

DAY, WEEK = timedelta(days=1), timedelta(days=7)
BEFORE = 7
"""Spans that the usual level is taken of, for a day; for a week it is the week before."""

LEAST_HISTORY = timedelta(days=3)
"""Younger archives do not know what is usual."""

OUTLETS = 3
LEAST = 3
"""Articles, below which nothing is a trend."""

RISING = 2.0
"""The least z: by chance alone one term in forty reaches it."""

CARRIES = 0.7
"""Of a word's articles have the phrase: then the phrase says it."""

MOST = 10
POINTS = 24
_LONGEST = 3
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What an article adds: when, who, in which language, its terms."""

    seen: datetime
    source: int
    language: str | None
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """A rising term: `@nato` for a name, else its words; articles now; articles per 1/24 span."""

    term: str
    z: float
    count: int
    series: tuple[int, ...]


def terms_of(document: Document) -> tuple[str, ...]:
    """The terms of a headline: names, and one to three words beside each other, each once."""
    names = document.names
    found = dict.fromkeys(f"@{entity}" for entity in sorted(document.entities))
    runs: list[list[Word]] = [[]]
    for place in document.sequence.get("title", ()):
        if not place.joined:
            runs.append([])
        runs[-1].append(place.words[0])
    for run in runs:
        for length in range(1, _LONGEST + 1):
            for start in range(len(run) - length + 1):
                words = run[start : start + length]
                if _tells(words, document.language) and not _is_name(words, names):
                    found.setdefault(" ".join(word.folded for word in words))
    return tuple(found)


def rising(
    told: Sequence[Told], now: datetime, span: timedelta, language: str | None
) -> list[Trend]:
    """The terms that rise most, at most ten, for readers of `language` (None: names alone)."""
    spans = BEFORE if span == DAY else 1
    start, oldest = now - span, now - span * (spans + 1)
    current = [one for one in told if one.seen > start]
    before: Counter[str] = Counter()
    for one in told:
        if oldest < one.seen <= start:
            before.update(_of(one, language))
    known = min((one.seen for one in told), default=now)
    usual_spans = max(min((start - known) / span, spans), 1.0)
    count, outlets = _counted(current, language)
    scored = {
        term: _z(number, before[term] / usual_spans)
        for term, number in count.items()
        if number >= LEAST and len(outlets[term]) >= OUTLETS
    }
    ranked = sorted((term for term in scored if scored[term] >= RISING), key=lambda t: -scored[t])
    chosen = _without_parts(ranked, count)[:MOST]
    return [
        Trend(term, scored[term], count[term], _series(current, term, start, span))
        for term in chosen
    ]


def _of(one: Told, language: str | None) -> list[str]:
    """The terms that count for readers of a language."""
    return [term for term in one.terms if term[0] == "@" or one.language == language]


def _counted(
    told: Sequence[Told], language: str | None
) -> tuple[Counter[str], dict[str, set[int]]]:
    count: Counter[str] = Counter()
    outlets: dict[str, set[int]] = defaultdict(set)
    for one in told:
        for term in _of(one, language):
            count[term] += 1
            outlets[term].add(one.source)
    return count, outlets


def _z(now: int, usual: float) -> float:
    return (now - usual) / sqrt(usual + 1)


def _without_parts(ranked: Sequence[str], count: Counter[str]) -> list[str]:
    """Phrases before their words: each idea once."""
    chosen: list[str] = []
    for term in ranked:
        words = set(term.split())
        longer = [
            other
            for other in ranked
            if words < set(other.split()) and count[other] >= CARRIES * count[term]
        ]
        taken = any(set(one.split()) <= words or words <= set(one.split()) for one in chosen)
        if not longer and not taken:
            chosen.append(term)
    return chosen


def _series(told: Sequence[Told], term: str, start: datetime, span: timedelta) -> tuple[int, ...]:
    """Articles with the term in each of 24 parts of the span."""
    points = [0] * POINTS
    for one in told:
        if term in one.terms:
            points[min(int((one.seen - start) / span * POINTS), POINTS - 1)] += 1
    return tuple(points)


def _tells(words: Sequence[Word], language: str | None) -> bool:
    """Whether a term neither begins nor ends with a word that means nothing by itself."""
    for word in (words[0], words[-1]):
        if is_stop_word(word.folded, language) or word.folded in ANY:
            return False
    single = len(words) == 1
    too_short = single and len(words[0].folded) < _SHORT
    return not too_short and not all(word.folded.isnumeric() for word in words)


def _is_name(words: Sequence[Word], names: Names) -> bool:
    return len(words) == 1 and bool(names.entities_of(words[0].folded))
