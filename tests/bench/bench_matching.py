"""What an article costs, by the number of subscriptions.

One run, one machine, ratios: against one compiled regular expression per subscription (what rival
bots do) and against pyahocorasick with the same verification. Nothing gates on absolute time;
hit sets are held to the slow oracle of the tests.
"""

import gc
import math
import random
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

import ahocorasick
import pytest

from bot.domain.documents import document_of
from bot.domain.grammar import parse
from bot.domain.matching import Index
from bot.domain.model import Article
from bot.domain.query import And, Atom, Kind, Not, Query
from bot.domain.text import stem
from bot.domain.vocabulary import Met
from bot.names.table import shipped_names
from tests import oracle
from tests.bench.plots import plot_costs
from tests.bench.work import Work

COUNTS = (1_000, 10_000, 100_000, 1_000_000)
ARTICLES = 100
RIVALS = ("a regex each", "pyahocorasick, lean", "pyahocorasick")
PLOT = Path(__file__).parents[2] / "docs" / "matching.svg"


def seconds(run: Callable[[], object], times: int = 3) -> float:
    """CPU seconds, the best of several."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    return best


def filled(queries: dict[str, Query]) -> Index:
    index = Index(shipped_names())
    for query in queries.values():
        index.add(query)
    gc.collect()
    gc.freeze()
    return index


def match_one(index: Index, article: Article) -> set[int]:
    return index.match(document_of(article, shipped_names()))


def match_all(index: Index, articles: list[Article]) -> int:
    return sum(len(match_one(index, one)) for one in articles)


def distinct(work: Work, count: int) -> dict[str, Query]:
    """The queries of so many subscriptions, equal ones once."""
    texts = set(work.queries(count))
    return {query.text: query for query in map(parse, texts)}


# --- the rivals -------------------------------------------------------------------------------


def patterns_of(query: Query) -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
    """Wanted and unwanted words, a compiled expression each."""
    nodes = query.node.nodes if isinstance(query.node, And) else (query.node,)
    wanted = [one for one in nodes if isinstance(one, Atom)]
    unwanted = [one.node for one in nodes if isinstance(one, Not) and isinstance(one.node, Atom)]
    return [_pattern(one) for one in wanted], [_pattern(one) for one in unwanted]


def _pattern(atom: Atom) -> re.Pattern[str]:
    gap = r"\W+" if atom.kind is Kind.PHRASE else ""
    return re.compile(rf"\b{gap.join(atom.words)}\b", re.IGNORECASE)


def search_all(
    patterns: list[tuple[list[re.Pattern[str]], list[re.Pattern[str]]]], texts: list[str]
) -> int:
    return sum(
        all(one.search(text) for one in wanted) and not any(one.search(text) for one in unwanted)
        for text in texts
        for wanted, unwanted in patterns
    )


class Automaton:
    """pyahocorasick + the same verify: it finds the keys, what is filed under them is ours.

    `lean`: over the text in small letters, borders checked at every event, phrases found as they
    are written. It knows no stems, acronyms, names or other folding, which this work never asks
    for: no rival can do less. Not lean: with the analysis and the look-up of stems that it needs
    to meet inflected words as well, which are no matter of letters that stand in the text.
    """

    def __init__(self, index: Index, queries: Iterable[Query], *, lean: bool) -> None:
        self._index = index
        self._automaton = ahocorasick.Automaton()
        for key, number in index.vocabulary.items():
            self._automaton.add_word(key, (len(key), number))
        for one in queries:
            if isinstance(one.node, Atom) and one.node.kind is Kind.PHRASE:
                text = " ".join(one.node.words)
                self._automaton.add_word(text, (len(text), -one.id))
        self._automaton.make_automaton()
        self._by_stem: dict[str, list[int]] = {}
        for key, number in () if lean else index.vocabulary.items():
            self._by_stem.setdefault(stem(key, "en"), []).append(number)

    def match(self, article: Article) -> set[int]:
        document = document_of(article, shipped_names())
        found: set[int] = set()
        for _, text in document.texts:
            low = f" {text.lower()} "
            for end, (length, number) in self._automaton.iter(low):
                if not (low[end - length].isalnum() or low[end + 1].isalnum()):
                    found.add(number)
        phrases = {-one for one in found if one < 0}
        numbers = {one for one in found if one > 0}
        if self._by_stem:
            for root in self._by_stem.keys() & document.stems.keys():
                numbers.update(self._by_stem[root])
        return self._index.having(Met(numbers, set(), {}), document) | phrases


# --- the measurements -------------------------------------------------------------------------


@pytest.mark.bench
def test_cost_of_an_article_by_the_number_of_subscriptions() -> None:
    work = Work(7)
    articles, fresh = work.articles(ARTICLES), work.articles(ARTICLES)
    costs: dict[str, dict[int, float]] = {}
    head = ("subs", "queries", "hits", "µs", "new µs", "regex", "AC lean", "AC", "build s")
    print("\nCosts of rivals as multiples of ours:")
    print("".join(f"{one:>10}" for one in head))
    for count in COUNTS:
        queries = distinct(work, count)
        index = filled(queries)
        hits = match_all(index, articles) / ARTICLES
        unseen = seconds(partial(match_all, index, fresh), 1) / ARTICLES
        lean, whole = (Automaton(index, queries.values(), lean=one) for one in (True, False))
        ours, *theirs = each_article(
            articles, [partial(match_one, index), lean.match, whole.match]
        )
        for one in articles[:10]:
            found = match_one(index, one)
            assert (lean.match(one), whole.match(one)) == (found, found)
        regex = regex_cost(queries, count, articles)
        built = seconds(partial(Automaton, index, queries.values(), lean=True), 1)
        rivals = dict(zip(RIVALS, (regex, *theirs), strict=True))
        for name, cost in {"Newsbell": ours, **rivals}.items():
            costs.setdefault(name, {})[count] = cost
        print(f"{count:>10}{len(queries):>10}{hits:>10.0f}{ours * 1e6:>10.0f}", end="")
        print(f"{unseen * 1e6:>10.0f}{regex / ours:>10.0f}", end="")
        print(f"{theirs[0] / ours:>10.2f}{theirs[1] / ours:>10.2f}{built:>10.2f}", flush=True)
        agree_with_the_oracle(index, queries, articles[:2])
    growth = costs["Newsbell"][COUNTS[-1]] / costs["Newsbell"][COUNTS[0]]
    print(f"growth from {COUNTS[0]:,} to {COUNTS[-1]:,} subscriptions: {growth:.1f}x")
    plot_costs(costs, PLOT)


def each_article(
    articles: list[Article], ways: list[Callable[[Article], object]], times: int = 12
) -> list[float]:
    """CPU seconds an article of each way: the mean over articles of the least of several passes.

    Passes go over all articles, so that caches are as cold as in life; the least, since others
    run on the machine.
    """
    means = []
    for way in ways:
        least = [float("inf")] * len(articles)
        for _ in range(times):
            for number, one in enumerate(articles):
                start = time.process_time()
                way(one)
                least[number] = min(least[number], time.process_time() - start)
        means.append(sum(least) / len(least))
    return means


def regex_cost(queries: dict[str, Query], count: int, articles: list[Article]) -> float:
    """Seconds an article; beyond 10,000 subscriptions it takes too long to measure."""
    if count > 10_000:
        return math.nan
    few = [f"{one.title}\n{one.summary}" for one in articles[:2]]
    patterns = [patterns_of(one) for one in queries.values()]
    theirs = seconds(partial(search_all, patterns, few), 1) / len(few)
    return theirs * count / len(queries)  # rivals know no equal queries: a pattern each


def agree_with_the_oracle(
    index: Index, queries: dict[str, Query], articles: list[Article]
) -> None:
    """On as many queries as take seconds; most of those that hit among them."""
    found = [match_one(index, one) for one in articles]
    some = list(queries.values())[:2_000]
    some += [one for one in queries.values() if one.id in found[0]][:2_000]
    for article, ours in zip(articles, found, strict=True):
        expected = {one.id for one in some if oracle.meets(one.node, article, shipped_names())}
        assert {one.id for one in some if one.id in ours} == expected


@pytest.mark.bench
def test_a_hundred_thousand_queries_on_one_hot_word() -> None:
    work = Work(11)
    article = work.articles(1)[0]
    hot, cold = (document_of(one) for one in (_with(article, "bitcoin"), _with(article, "barley")))
    index = Index()
    for number in range(100_000):
        index.add(parse(f"bitcoin zzword{number}"))
    ours = [seconds(partial(index.match, one), 50) for one in (hot, cold)]
    print(f"\nhot word with 100,000 queries: {(ours[0] - ours[1]) * 1e6:.0f} µs more than without")
    assert index.match(hot) == set()


def _with(article: Article, more: str) -> Article:
    return replace(article, title=f"{article.title} {more}")


@pytest.mark.bench
def test_adding_and_removing_beside_a_hundred_thousand() -> None:
    work = Work(13)
    index = filled(distinct(work, 100_000))
    match_one(index, work.articles(1)[0])
    new = [one for one in map(parse, work.queries(20_000)) if one.id not in index]
    new = list({one.id: one for one in new}.values())
    random.Random(5).shuffle(new)  # noqa: S311 - the same order every time

    def add() -> None:
        for one in new:
            index.add(one)

    def remove() -> None:
        for one in new:
            index.discard(one)

    added, removed = [], []
    for _ in range(3):
        added.append(seconds(add, 1))
        removed.append(seconds(remove, 1))
    add_cost, remove_cost = (min(one) / len(new) * 1e6 for one in (added, removed))
    print(f"\nadd {add_cost:.1f} µs, remove {remove_cost:.1f} µs")
