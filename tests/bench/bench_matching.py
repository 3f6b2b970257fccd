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
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import ahocorasick
import pytest

from bot.domain.documents import Document, document_of
from bot.domain.grammar import parse
from bot.domain.matching import Index
from bot.domain.model import Article
from bot.domain.query import And, Atom, Kind, Not, Query
from bot.domain.vocabulary import Met
from tests import oracle
from tests.bench.plots import plot_costs
from tests.bench.work import Work

COUNTS = (1_000, 10_000, 100_000, 1_000_000)
ARTICLES = 100
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
    index = Index()
    for query in queries.values():
        index.add(query)
    gc.collect()
    gc.freeze()
    return index


def match_all(index: Index, articles: list[Article]) -> int:
    return sum(len(index.match(document_of(one))) for one in articles)


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


def automaton_of(index: Index) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for entry in index.vocabulary:
        automaton.add_word(entry.key, (len(entry.key), entry))
    automaton.make_automaton()
    return automaton


def automaton_match(
    automaton: ahocorasick.Automaton, index: Index, document: Document
) -> set[int]:
    """The automaton finds the keys, with word borders checked; the verification is ours."""
    met: Met = {}
    for _, text in document.texts:
        low = f" {text.lower()} "
        for end, (length, entry) in automaton.iter(low):
            if not (low[end - length].isalnum() or low[end + 1].isalnum()):
                met[entry.key] = entry
    return index.having(met, replace(document))  # a copy, so that nothing it reads is at hand


def automaton_all(automaton: ahocorasick.Automaton, index: Index, found: list[Document]) -> int:
    return sum(len(automaton_match(automaton, index, one)) for one in found)


# --- the measurements -------------------------------------------------------------------------


@pytest.mark.bench
def test_cost_of_an_article_by_the_number_of_subscriptions() -> None:
    work = Work(7)
    articles, fresh = work.articles(ARTICLES), work.articles(ARTICLES)
    costs: dict[str, dict[int, float]] = {"Newsbell": {}, "regex": {}, "pyahocorasick": {}}
    head = ("subs", "queries", "hits", "µs", "new µs", "regex µs", "ratio", "AC µs", "ratio")
    print("\n" + "".join(f"{one:>10}" for one in (*head, "AC build s")))
    for count in COUNTS:
        queries = distinct(work, count)
        index = filled(queries)
        hits = match_all(index, articles) / ARTICLES
        ours = seconds(partial(match_all, index, articles)) / ARTICLES
        unseen = seconds(partial(match_all, index, fresh), 1) / ARTICLES
        row = [count, len(queries), hits, ours * 1e6, unseen * 1e6]
        row += regex_cost(queries, count, articles, ours, costs)
        rival, built = automaton_cost(index, articles)
        print("".join(f"{one:>10.0f}" for one in (*row, rival * 1e6)), end="")
        print(f"{rival / ours:>10.2f}{built:>10.2f}")
        costs["Newsbell"][count], costs["pyahocorasick"][count] = ours, rival
        agree_with_the_oracle(index, queries, articles[:2])
    growth = costs["Newsbell"][COUNTS[-1]] / costs["Newsbell"][COUNTS[0]]
    print(f"growth from {COUNTS[0]:,} to {COUNTS[-1]:,} subscriptions: {growth:.1f}x")
    plot_costs(costs, PLOT)


def regex_cost(
    queries: dict[str, Query],
    count: int,
    articles: list[Article],
    ours: float,
    costs: dict[str, dict[int, float]],
) -> list[float]:
    """Microseconds and ratio; beyond 10,000 subscriptions it takes too long to measure."""
    if count > 10_000:
        return [math.nan, math.nan]
    few = [f"{one.title}\n{one.summary}" for one in articles[:2]]
    patterns = [patterns_of(one) for one in queries.values()]
    theirs = seconds(partial(search_all, patterns, few), 1) / len(few)
    theirs *= count / len(queries)  # rivals know no equal queries: one pattern a subscription
    costs["regex"][count] = theirs
    return [theirs * 1e6, theirs / ours]


def automaton_cost(index: Index, articles: list[Article]) -> tuple[float, float]:
    """Seconds an article, and seconds to build; what it finds is what the index finds."""
    documents = [document_of(one) for one in articles]
    start = time.process_time()
    automaton = automaton_of(index)
    built = time.process_time() - start
    assert automaton_match(automaton, index, documents[0]) == index.match(documents[0])
    return seconds(partial(automaton_all, automaton, index, documents)) / ARTICLES, built


def agree_with_the_oracle(
    index: Index, queries: dict[str, Query], articles: list[Article]
) -> None:
    """On as many queries as take seconds; most of those that hit among them."""
    found = [index.match(document_of(one)) for one in articles]
    some = list(queries.values())[:2_000]
    some += [one for one in queries.values() if one.id in found[0]][:2_000]
    for article, ours in zip(articles, found, strict=True):
        expected = {one.id for one in some if oracle.meets(one.node, article)}
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
    index.match(document_of(work.articles(1)[0]))
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
