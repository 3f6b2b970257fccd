"""What rises: terms of headlines against their usual level (measured: language.md, section 6).

z = (c - e) / sqrt(e + 1), with c the articles of the span that have the term and e what the seven
spans before had on average; a term needs three outlets, so that one house's rubric is no trend.
Names are one term in all languages; other terms belong to their language.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from math import sqrt
from operator import attrgetter

from bot.domain.documents import Document
from bot.domain.model import Article
from bot.domain.names import Names
from bot.domain.pieces import Word
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
RANKED = 200
"""Terms among which the ten are chosen: a phrase rises about as its words do."""

POINTS = 24
_LONGEST = 3
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What an article adds: when, who, its headline's names, and the words of its language."""

    seen: datetime
    source: int
    language: str | None
    names: tuple[str, ...]
    words: tuple[str, ...]


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


def told_by(article: Article, terms: Sequence[str], language: str | None) -> Told:
    """What this article adds."""
    names = tuple(one for one in terms if one[0] == "@")
    return Told(article.seen, article.source, language, names, tuple(terms[len(names) :]))


def rising(
    told: Sequence[Told], now: datetime, span: timedelta, language: str | None
) -> list[Trend]:
    """The terms that rise most, at most ten, for readers of `language` (None: names alone).

    `told` is in the order of `seen`. Only terms of the span are counted in what was before it:
    most terms of a headline never come again.
    """
    spans = BEFORE if span == DAY else 1
    start, oldest = now - span, now - span * (spans + 1)
    seen = attrgetter("seen")
    first, middle = (bisect_right(told, moment, key=seen) for moment in (oldest, start))
    current = told[middle:]
    count = _counted(current, language)
    usual_spans = max(min((start - told[0].seen) / span, spans), 1.0) if told else 1.0
    before: Counter[str] = Counter()
    before.update(filter(count.__contains__, _terms(told[first:middle], language)))
    z = {term: _z(number, before[term] / usual_spans) for term, number in count.items()}
    ranked = sorted((term for term in z if z[term] >= RISING), key=lambda term: -z[term])
    chosen = _without_parts(ranked[:RANKED], count)[:MOST]
    series = _series(current, chosen, start, span)
    return [Trend(term, z[term], count[term], tuple(series[term])) for term in chosen]


def _terms(told: Sequence[Told], language: str | None) -> Iterator[str]:
    """The terms that count for readers of a language."""
    names = chain.from_iterable(one.names for one in told)
    words = chain.from_iterable(one.words for one in told if one.language == language)
    return chain(names, words)


def _counted(told: Sequence[Told], language: str | None) -> dict[str, int]:
    """How many articles have each term, of terms with enough articles and outlets."""
    every = Counter(_terms(told, language))
    often = {term for term, number in every.items() if number >= LEAST}
    outlets: dict[str, set[int]] = defaultdict(set)
    for one in told:
        mine = one.names + one.words if one.language == language else one.names
        for term in often.intersection(mine):
            outlets[term].add(one.source)
    return {term: every[term] for term in often if len(outlets[term]) >= OUTLETS}


def _z(now: int, usual: float) -> float:
    return (now - usual) / sqrt(usual + 1)


def _without_parts(ranked: Sequence[str], count: Mapping[str, int]) -> list[str]:
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


def _series(
    told: Sequence[Told], terms: Collection[str], start: datetime, span: timedelta
) -> dict[str, list[int]]:
    """Articles with each term in each of 24 parts of the span."""
    points = {term: [0] * POINTS for term in terms}
    wanted = frozenset(terms)
    for one in told:
        part = min(int((one.seen - start) / span * POINTS), POINTS - 1)
        for term in wanted.intersection(one.names + one.words):
            points[term][part] += 1
    return points


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
