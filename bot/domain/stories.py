"""Which articles tell of one event: clustering online, precision first (language.md, section 5).

A wrong merge hides news, a missed one only repeats it. Articles are vectors of weighted terms: the
stems of their words, the title's twice, names more, rare terms more (TF-IDF over the window); an
article joins the story of the nearest other one. In another language only names are shared: there
more of them must agree.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from math import log, sqrt

import regex

from bot.domain.documents import Document
from bot.domain.model import Article
from bot.domain.pieces import Word
from bot.domain.stopwords import ANY, is_stop_word
from bot.domain.text import fold, glued

NEAR = 0.26
"""Cosine of two articles of one story. With LEAST_SHARED: precision .98, F1 .92 on tests/data."""

LEAST_SHARED = 4
"""Words, not names, that two articles share: names alone are a topic, not an event."""

SURE = 0.38
"""From here on numbers that differ are corrections, not another event."""

ABROAD = 0.55
"""Cosine of the names alone, for two languages."""

LEAST_NAMES = 3
LAST_ABROAD = timedelta(hours=24)
WIRE = timedelta(hours=72)
TELLING = 12
"""Terms by which an article is found: its rarest."""

CROWDED = 600
"""Articles of one term that are looked at: the newest."""

MOST = 40_000
"""Articles that are remembered, some 5 kB each: a flood of them ends in older ones forgotten."""

_NO_TERMS: Mapping[str, float] = {}
_PROPER = 1.3
_NAMED = 0.3
"""Names weigh little beside the words they stand in: two events of one topic share them."""

_TITLE_WEIGHT = 2.0
_SEEN_BEFORE = 500
"""Articles that the first ones are weighed against, so that idf means something at once."""

_NAME = "@"
"""Before an entity among the terms."""

_NUMBER = regex.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is compared of an article: its terms with their weight in the text, numbers, title."""

    source: int
    owner: int | None
    language: str | None
    seen: datetime
    title: str
    terms: Mapping[str, float]
    numbers: frozenset[str]


@dataclass(slots=True)
class _Member:
    sketch: Sketch  # without its terms: the vector has them
    story: int
    vector: dict[str, float]
    names: dict[str, float]


@dataclass(slots=True)
class Stories:
    """The articles of the window, and the story of each; no more than `most` of them."""

    window: timedelta = timedelta(hours=48)
    most: int = MOST
    _members: deque[_Member] = field(default_factory=deque)
    _frequency: Counter[str] = field(default_factory=Counter)
    _found_by: dict[str, list[_Member]] = field(default_factory=lambda: defaultdict(list))
    _titles: dict[str, list[_Member]] = field(default_factory=lambda: defaultdict(list))

    def __len__(self) -> int:
        return len(self._members)

    def story_of(self, sketch: Sketch) -> int | None:
        """The story that this article belongs to; None: it is the first of a new one."""
        self._forget(sketch.seen)
        copy = self._wire_copy(sketch)
        if copy is not None:
            return copy.story
        vector, names = self._weighed(sketch)
        best, score = None, 0.0
        for other in self._candidates(vector):
            likeness = self._likeness(sketch, vector, names, other)
            if likeness > score:
                best, score = other, likeness
        return best.story if best is not None else None

    def add(self, sketch: Sketch, story: int) -> None:
        """Remember an article and its story."""
        vector, names = self._weighed(sketch)
        member = _Member(replace(sketch, terms=_NO_TERMS), story, vector, names)
        self._members.append(member)
        self._frequency.update(sketch.terms.keys())
        for term in _telling(vector):
            self._found_by[term].append(member)
        self._titles[sketch.title].append(member)
        if len(self._members) > self.most:
            self._forget_oldest()

    def _forget(self, now: datetime) -> None:
        """Let go of what is older than the window."""
        while self._members and self._members[0].sketch.seen < now - self.window:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        old = self._members.popleft()
        for term in old.vector:
            self._uncount(term)
        for term in _telling(old.vector):
            _drop(self._found_by, term, old)
        _drop(self._titles, old.sketch.title, old)

    def _uncount(self, term: str) -> None:
        """A term of no article is no entry: every word ever read would be one after a year."""
        self._frequency[term] -= 1
        if not self._frequency[term]:
            del self._frequency[term]

    def _wire_copy(self, sketch: Sketch) -> _Member | None:
        """The same headline from another outlet: a column's standing title is its own source's."""
        for other in reversed(self._titles.get(sketch.title, [])):
            theirs = other.sketch
            late = sketch.seen - theirs.seen > WIRE
            if not late and theirs.source != sketch.source and len(sketch.title.split()) > 2:
                return other if _share(sketch, theirs) else None
        return None

    def _weighed(self, sketch: Sketch) -> tuple[dict[str, float], dict[str, float]]:
        """The vector, and the part of it that is names; each of length one."""
        every = len(self._members) + _SEEN_BEFORE
        weights = {
            term: weight * log(every / (self._frequency[term] + 1))
            for term, weight in sketch.terms.items()
        }
        names = {term: weight for term, weight in weights.items() if term.startswith(_NAME)}
        return _unit(weights), _unit(names)

    def _candidates(self, vector: Mapping[str, float]) -> Iterable[_Member]:
        found: dict[int, _Member] = {}
        for term in _telling(vector):
            for member in self._found_by.get(term, ())[-CROWDED:]:
                found[id(member)] = member
        return found.values()

    def _likeness(
        self,
        sketch: Sketch,
        vector: Mapping[str, float],
        names: Mapping[str, float],
        other: _Member,
    ) -> float:
        """The cosine where it is enough for one story, else 0."""
        theirs = other.sketch
        if sketch.source == theirs.source or not _share(sketch, theirs):
            return 0.0  # what an outlet publishes twice are two things to it
        if sketch.language == theirs.language:
            score = _cosine(vector, other.vector)
            contrary = score < SURE and _contradict(sketch, theirs)
            enough = score >= NEAR and _shared_words(vector, other.vector) >= LEAST_SHARED
            return score if enough and not contrary else 0.0
        score = _cosine(names, other.names)
        shared = len(names.keys() & other.names.keys())
        late = sketch.seen - theirs.seen > LAST_ABROAD
        enough = shared >= LEAST_NAMES and score >= ABROAD
        return 0.0 if late or not enough or _contradict(sketch, theirs) else score


def sketch_of(article: Article, document: Document) -> Sketch:
    """What is compared of an article."""
    terms: dict[str, float] = defaultdict(float)
    for name, places in document.sequence.items():
        weight = _TITLE_WEIGHT if name == "title" else 1.0
        for count, place in enumerate(places):
            word = place.words[0]
            if not _is_common(word, document.language):
                proper = count > 0 and word.text[:1].isupper() and document.language != "de"
                terms[word.root or word.folded] += weight * (_PROPER if proper else 1.0)
    for name, text in document.dense.items():
        for gram in map("".join, pairwise(glued(text))):
            terms[gram] += _TITLE_WEIGHT if name == "title" else 1.0
    for entity in document.entities:
        terms[f"{_NAME}{entity}"] = _NAMED
    return Sketch(
        source=article.source,
        owner=article.source_owner,
        language=document.language,
        seen=article.seen,
        title=" ".join(fold(article.title).split()),
        terms={
            term: 1.0 + log(weight) if weight > 1 else weight for term, weight in terms.items()
        },
        numbers=frozenset(_NUMBER.findall(article.title)),
    )


def _is_common(word: Word, language: str | None) -> bool:
    short = len(word.folded) < 3 and word.folded.isascii() and not word.text.isupper()
    return short or is_stop_word(word.folded, language) or word.folded in ANY


def _share(one: Sketch, other: Sketch) -> bool:
    """A chat's own source makes no story with what others may read, and the other way round."""
    return one.owner == other.owner


def _contradict(one: Sketch, other: Sketch) -> bool:
    """“19 dead” is not “12 dead”."""
    return bool(one.numbers and other.numbers) and one.numbers.isdisjoint(other.numbers)


def _telling(vector: Mapping[str, float]) -> list[str]:
    return sorted(vector, key=lambda term: -vector[term])[:TELLING]


def _unit(weights: Mapping[str, float]) -> dict[str, float]:
    length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {term: weight / length for term, weight in weights.items()}


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    return sum(weight * many[term] for term, weight in few.items() if term in many)


def _shared_words(one: Mapping[str, float], other: Mapping[str, float]) -> int:
    return sum(not term.startswith(_NAME) for term in one.keys() & other.keys())


def _drop(table: dict[str, list[_Member]], key: str, member: _Member) -> None:
    table[key].remove(member)
    if not table[key]:
        del table[key]
