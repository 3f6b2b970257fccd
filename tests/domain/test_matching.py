"""What a query means, by example, and that the index says the same of any query and article."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import QueryError
from bot.domain.grammar import parse
from bot.domain.matching import Index, document_of, explain
from bot.domain.model import MatchedWord, Section
from bot.domain.query import And, Atom, Node, Not, Or, Query
from tests.builders import make_article


def met(
    query: str, title: str, summary: str = "", language: str | None = "en", **more: Any
) -> bool:
    article = make_article(title=title, summary=summary, language=language, **more)
    return explain(parse(query), document_of(article)) is not None


@pytest.mark.parametrize(
    ("query", "title", "summary"),
    [
        ("Geneva talks", "Talks resume", "Envoys land in Geneva."),
        ("talks", "A talk in Geneva", ""),
        ("geneva", "GENEVA waits", ""),
        ("Geneve", "Genève attend", ""),
        ('"Geneva talks"', "New Geneva talks, old rooms", ""),
        ('"Geneva talks"', "The Geneva-talks begin", ""),
        ('"Geneva talks"', "Geneva’s talks begin", ""),
        ("Geneva ~3 talks", "Talks start in Geneva", ""),
        ("ceasefire | truce", "A truce holds", ""),
        ("ceasefire OR truce", "A truce holds", ""),
        ("talks -football", "Talks resume", ""),
        ("sanction*", "Sanctioned at last", ""),
        ("=NATO", "NATO meets", ""),
        ("NATO", "Nato meets", ""),
        ("nato", "nato meets", ""),
        ("WHO", "The WHO warns", ""),
        ("US", "U.S. envoy lands", ""),
        ("title:NATO", "NATO meets", ""),
        ("source:spiegel talks", "Talks resume", ""),
        ("source:example", "Anything", ""),
        ("source:#1", "Anything", ""),
        ("NATO-Russia", "NATO-Russia council", ""),
        ("Russia", "NATO-Russia council", ""),
        ("l'Otan", "Le sommet de l’Otan", ""),
        ("C++", "Why C++ stays", ""),
        ("COVID-19", "Covid-19 returns", ""),
        ("G7", "G7 leaders meet", ""),
        ("(a | b) c", "b and c", ""),
    ],
)
def test_the_query_meets_the_article(query: str, title: str, summary: str) -> None:
    assert met(query, title, summary)


@pytest.mark.parametrize(
    ("query", "title", "summary"),
    [
        ("Geneva talks", "Talks resume", "Envoys land in Vienna."),
        ("crisis", "ISIS retreats", ""),
        ("ISIS", "A crisis of trust", ""),
        ('"Geneva talks"', "Delegates leave Geneva: talks off", ""),
        ('"Geneva talks"', "Geneva talksport", ""),
        ('"Geneva talks"', "Leaving Geneva", "talks go on"),
        ("Geneva ~2 talks", "Talks start in Geneva", ""),
        ("talks -football", "Football talks", ""),
        ("=NATO", "Nato meets", ""),
        ("WHO", "Who knew", ""),
        ("WHO", "those who knew", ""),
        ("US", "tell us", ""),
        ("title:NATO", "Elsewhere", "NATO meets"),
        ("source:times talks", "Talks resume", ""),
        ("category:sport", "Anything", ""),
    ],
)
def test_the_query_does_not_meet_the_article(query: str, title: str, summary: str) -> None:
    assert not met(query, title, summary)


@pytest.mark.parametrize(
    ("query", "title", "language", "expected"),
    [
        ("北约", "北约与俄罗斯举行会谈", "zh", True),
        ("タイ", "タイで会談", "ja", True),
        ("タイ", "新しいスタイル", "ja", False),
        ("プーチン", "フーチン氏", "ja", False),
        ("й", "и", "ru", False),
        ("Verhandlung", "Neue Verhandlungen in Genf", "de", True),
        ("Мали", "малый бизнес", "ru", False),
        ("NATO", "Sono nato a Roma", "it", False),
        ("ناتو", "والناتو يحذر", "ar", True),
        ("NATO", "NATO'nun kararı", "tr", True),
        ("Łódź", "Lodz rośnie", "pl", True),
        ("Strasse", "Die Straße", "de", True),
        ("นาโต", "นาโตเตือน", "th", True),
    ],
)
def test_scripts_and_languages(query: str, title: str, language: str, *, expected: bool) -> None:
    assert met(query, title, language=language) is expected


def test_language_and_section_of_the_article_can_be_asked_for() -> None:
    query = parse("talks lang:de category:politics")
    article = make_article(title="Talks", language="de-AT", section=Section.POLITICS)
    assert explain(query, document_of(article)) is not None


def test_a_hit_says_which_term_met_which_word_where() -> None:
    hit = explain(
        parse("Geneva talks"),
        document_of(make_article(title="A talk", summary="in Geneva", language="en")),
    )
    assert hit is not None
    assert hit.words == (
        MatchedWord("geneva", "Geneva", "summary"),
        MatchedWord("talks", "talk", "title"),
    )


# --- the index against a slow oracle, on generated queries and articles ---

VOCABULARY = ("nato", "NATO", "who", "WHO", "talk", "talks", "Geneva", "truce", "北约", "G7")
WORDS = st.sampled_from(VOCABULARY)
TEXTS = st.lists(
    st.tuples(
        WORDS | st.sampled_from(["Talks", "Who", "the", "北约会谈"]),
        st.sampled_from([" ", "-", ". "]),
    ),
    max_size=12,
).map(lambda pairs: "".join(word + gap for word, gap in pairs))


def phrases(word: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(word, word)
    return st.one_of(
        word,
        word.map(lambda w: f"={w}"),
        word.map(lambda w: f"title:{w}"),
        word.map(lambda w: f"{w[:2]}*"),
        pairs.map(lambda p: f'"{p[0]} {p[1]}"'),
        pairs.map(lambda p: f"({p[0]} ~3 {p[1]})"),
    )


QUERIES = st.recursive(
    phrases(WORDS),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]} {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} | {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} -{p[1]})"),
    ),
    max_leaves=6,
)


def parsed(texts: list[str]) -> dict[int, Query]:
    found = {}
    for text in texts:
        try:
            query = parse(text)
        except QueryError:
            continue
        found[query.id] = query
    return found


def oracle(node: Node, query_of_atom: dict[str, bool]) -> bool:
    """The meaning of the grammar, spelled out; atoms are asked one at a time."""
    match node:
        case Atom():
            return query_of_atom[str(node)]
        case Not(inner):
            return not oracle(inner, query_of_atom)
        case And(nodes):
            return all(oracle(one, query_of_atom) for one in nodes)
        case Or(nodes):
            return any(oracle(one, query_of_atom) for one in nodes)


@given(st.lists(QUERIES, max_size=12), TEXTS, TEXTS)
def test_the_index_agrees_with_one_query_at_a_time(
    texts: list[str], title: str, summary: str
) -> None:
    queries = parsed(texts)
    document = document_of(make_article(title=title, summary=summary, language="en"))
    index = Index()
    for query in queries.values():
        index.add(query)
    alone = {hit for query in queries.values() if (hit := explain(query, document))}
    assert set(index.match(document)) == alone


@given(st.lists(QUERIES, min_size=2, max_size=8), TEXTS)
def test_what_was_removed_is_forgotten_and_the_rest_is_not(texts: list[str], title: str) -> None:
    queries = list(parsed(texts).values())
    document = document_of(make_article(title=title, summary="", language="en"))
    index, other = Index(), Index()
    for query in queries:
        index.add(query)
    for query in queries[::2]:
        index.discard(query.id)
    for query in queries[1::2]:
        other.add(query)
    assert (set(index.match(document)), len(index)) == (set(other.match(document)), len(other))


@given(QUERIES, TEXTS)
def test_a_query_means_what_its_parts_mean(text: str, title: str) -> None:
    for query in parsed([text]).values():
        document = document_of(make_article(title=title, summary="", language="en"))
        parts = {
            str(a): explain(Query(a, str(a), 1), document) is not None for a in _atoms(query.node)
        }
        assert (explain(query, document) is not None) == oracle(query.node, parts)


def _atoms(node: Node) -> list[Atom]:
    match node:
        case Atom():
            return [node]
        case Not(inner):
            return _atoms(inner)
        case And(nodes) | Or(nodes):
            return [atom for one in nodes for atom in _atoms(one)]
