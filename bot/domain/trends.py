"""What rises: terms of headlines against their usual level (measured: language.md, section 6).

z = (c - e) / sqrt(e + 1), with c the articles of the span that have the term and e what the seven
spans before had on average; a term needs three outlets, so that one house's rubric is no trend.
Names are one term in all languages; other terms belong to their language.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nlargest
from itertools import chain, islice
from math import sqrt
from operator import attrgetter
from typing import TypeVar

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
STEP = 500
"""Articles counted in one step: 3 ms (bench_trends)."""

SLICE = 10_000
"""Terms decided in one step: 3 ms."""

TABLES = 32

_LONGEST = 3
_SHORT = 3

_Result = TypeVar("_Result")
Steps = Generator[None, None, _Result]
"""Work that stops now and then, so that others may run; the result comes at the end."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an article adds: when, who, its headline's names, and the words of its language.

    Words are one text, a line each: as a tuple they take five times the memory.
    """

    seen: datetime
    source: int
    language: str | None
    names: tuple[str, ...]
    words: str

    def terms_for(self, language: str | None) -> Sequence[str]:
        """The terms that count for readers of a language."""
        if self.language != language or not self.words:
            return self.names
        words = self.words.split("\n")
        return [*self.names, *words] if self.names else words


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
        if place.gap:
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
    return Told(article.seen, article.source, language, names, "\n".join(terms[len(names) :]))


def rising(
    told: Sequence[Told], now: datetime, span: timedelta, language: str | None
) -> list[Trend]:
    """What `counting` finds, at once."""
    steps = counting(told, now, span, language)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: list[Trend] = end.value
            return found


def counting(
    told: Sequence[Told], now: datetime, span: timedelta, language: str | None
) -> Steps[list[Trend]]:
    """The terms that rise most, at most ten, for readers of `language` (None: names alone).

    `told` is in the order of `seen`. Only terms of the span are counted in what was before it:
    most terms of a headline never come again. In steps of some milliseconds each.
    """
    spans = BEFORE if span == DAY else 1
    start, oldest = now - span, now - span * (spans + 1)
    seen = attrgetter("seen")
    first, middle = (bisect_right(told, moment, key=seen) for moment in (oldest, start))
    current = told[middle:]
    count = yield from _counted(current, language)
    usual_spans = max(min((start - told[0].seen) / span, spans), 1.0) if told else 1.0
    before: Counter[str] = Counter()
    for some in _parts(told[first:middle]):
        before.update(filter(count.__contains__, _terms(some, language)))
        yield
    z: dict[str, float] = {}
    for terms in _slices(count):
        z.update((term, _z(count[term], before[term] / usual_spans)) for term in terms)
        yield
    ranked = nlargest(RANKED, (term for term in z if z[term] >= RISING), key=z.__getitem__)
    yield
    chosen = _without_parts(ranked, count)[:MOST]
    series = yield from _series(current, chosen, start, span, language)
    return [Trend(term, z[term], count[term], tuple(series[term])) for term in chosen]


def _parts(told: Sequence[Told]) -> Iterator[Sequence[Told]]:
    """What is counted in one step."""
    return (told[at : at + STEP] for at in range(0, len(told), STEP))


def _slices(terms: Iterable[str]) -> Iterator[Sequence[str]]:
    """What is decided in one step."""
    rest = iter(terms)
    while some := tuple(islice(rest, SLICE)):
        yield some


def _terms(told: Sequence[Told], language: str | None) -> Iterator[str]:
    return chain.from_iterable(one.terms_for(language) for one in told)


def _counted(told: Sequence[Told], language: str | None) -> Steps[dict[str, int]]:
    """How many articles have each term, of terms with enough articles and outlets.

    No set of outlets a term: a hundred thousand of them bring the garbage collector to look at
    everything, which takes 0.15 s.
    """
    often = yield from _often(told, language)
    outlets: list[dict[str, int]] = [{} for _ in range(OUTLETS)]
    for some in _parts(told):
        for one in some:
            for term in often.keys() & one.terms_for(language):
                _note(outlets, term, one.source)
        yield
    count: dict[str, int] = {}
    for terms in _slices(outlets[0]):
        count.update((term, often[term]) for term in terms if term in outlets[-1])
        yield
    while outlets:
        outlets.pop()
        yield
    return count


def _note(outlets: Sequence[dict[str, int]], term: str, source: int) -> None:
    """Put a term's outlet into the first of these that has none, unless it is known."""
    for known in outlets:
        if known.setdefault(term, source) == source:
            return


def _often(told: Sequence[Told], language: str | None) -> Steps[dict[str, int]]:
    """The terms of enough articles.

    In many small tables: one of a million terms takes a tenth of a second to grow, and to go.
    """
    tables: list[Counter[str]] = [Counter() for _ in range(TABLES)]
    for some in _parts(told):
        for term in _terms(some, language):
            tables[hash(term) % TABLES][term] += 1
        yield
    often: dict[str, int] = {}
    while tables:
        often.update((term, number) for term, number in tables.pop().items() if number >= LEAST)
        yield
    return often


def _z(now: int, usual: float) -> float:
    return (now - usual) / sqrt(usual + 1)


def _without_parts(ranked: Sequence[str], count: Mapping[str, int]) -> list[str]:
    """Phrases before their words: each idea once."""
    words = {term: frozenset(term.split()) for term in ranked}
    chosen: list[str] = []
    for term in ranked:
        mine = words[term]
        longer = any(
            mine < words[other] and count[other] >= CARRIES * count[term] for other in ranked
        )
        taken = any(words[one] <= mine or mine <= words[one] for one in chosen)
        if not longer and not taken:
            chosen.append(term)
    return chosen


def _series(
    told: Sequence[Told],
    terms: Collection[str],
    start: datetime,
    span: timedelta,
    language: str | None,
) -> Steps[dict[str, list[int]]]:
    """Articles with each term in each of 24 parts of the span."""
    points = {term: [0] * POINTS for term in terms}
    wanted = frozenset(terms)
    for some in _parts(told):
        for one in some:
            part = min(int((one.seen - start) / span * POINTS), POINTS - 1)
            for term in wanted.intersection(one.terms_for(language)):
                points[term][part] += 1
        yield
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
