"""An index that lives: queries come and go between articles, and it says what the oracle says."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.documents import document_of
from bot.domain.errors import QueryError
from bot.domain.grammar import parse
from bot.domain.matching import Index
from bot.domain.model import Article
from bot.domain.query import Query
from tests import oracle
from tests.builders import make_article
from tests.domain.test_names import SMALL

WORDS = (
    "NATO", "nato", "Russia", "North Korea", '"North Korea"', "talks", "talk", "=NATO", "=Nato",
    "title:NATO", "北约", "タイ", "Nordkorea", "-NATO", "-Russia", "OTAN", "!=OTAN", "na*", "tal*",
    '"talks truce"', '"bye bye"', '"NATO talks"', "truce", "truce -talk", "-sky",
    "(NATO ~2 talks)", "(talks ~3 truce)", "sky", "skies", "ناتو",
)  # fmt: skip
TEXTS = (
    "NATO", "OTAN", "Nato", "nato", "北约", "北约会谈", "タイ", "スタイル", "North", "Korea",
    "Nordkorea", "Russland", "России", "Russia", "talks", "talk", "talks.", "“talks”", "truce",
    "NATO-talks", "NATO’s", "bye-bye", "-", "–", "the", "skies", "والناتو",
)  # fmt: skip
QUERIES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
ALTERNATIVES = st.tuples(QUERIES, QUERIES).map(" | ".join)
STEPS = st.lists(
    st.one_of(
        QUERIES,
        ALTERNATIVES,
        st.integers(0, 9),  # remove that one
        st.builds(
            lambda title, summary, language: make_article(
                title=" ".join(title), summary=" ".join(summary), language=language
            ),
            st.lists(st.sampled_from(TEXTS), max_size=5),
            st.lists(st.sampled_from(TEXTS), max_size=5),
            st.sampled_from(["en", "de", "fr", "ru", "ja", "ar", None]),
        ),
    ),
    max_size=25,
)


@given(STEPS, st.booleans())
def test_after_every_change_the_next_article_is_met_as_the_oracle_says(
    steps: list[str | int | Article], stored: bool
) -> None:
    index = Index(SMALL)
    living: dict[int, Query] = {}
    for step in steps:
        if isinstance(step, str):
            add(step, index, living, stored=stored)
        elif isinstance(step, int):
            for query_id in list(living)[step : step + 1]:
                index.discard(living.pop(query_id))
        else:
            met = {q.id for q in living.values() if oracle.meets(q.node, step, SMALL)}
            assert index.match(document_of(step, SMALL)) == met
    for query in living.values():
        index.discard(query)
    assert (len(index), dict(index.vocabulary.items())) == (0, {})


def add(text: str, index: Index, living: dict[int, Query], *, stored: bool) -> None:
    try:
        query = parse(text)
    except QueryError:
        return
    living[query.id] = query
    if stored:
        index.add_stored(query.id, query.text)
    else:
        index.add(query)


def test_two_queries_of_the_same_two_words_are_not_taken_for_one_another() -> None:
    """Which word is the rarer, and so comes first, had changed between them."""
    near, both = parse("talks ~3 truce"), parse("talks truce")
    index = Index()
    for query in (near, *map(parse, ("talks a1", "talks b1", "talks c1")), both):
        index.add(query)
    index.discard(both)
    document = document_of(make_article(title="Talks of a truce", summary="", language="en"))
    assert index.match(document) == {near.id}


def test_an_acronym_that_ends_in_sigma_is_effective_for_the_next_article() -> None:
    index = Index(SMALL)
    article = make_article(title="Η ΕΛΑΣ ανακοίνωσε", summary="", language="el")
    index.add(parse("talks"))
    index.match(document_of(article, SMALL))
    asked = parse("ΕΛΑΣ")
    index.add(asked)
    assert index.match(document_of(article, SMALL)) == {asked.id}


def test_a_word_that_comes_is_met_in_pieces_that_were_read_before() -> None:
    index = Index(SMALL)
    article = make_article(title="OTAN talks, скоро", summary="", language="fr")
    assert index.match(document_of(article, SMALL)) == set()
    queries = [parse(one) for one in ("talks", "tal*", "NATO", "=OTAN", '"OTAN talks"', "скоро")]
    for query in queries:
        index.add(query)
        assert query.id in index.match(document_of(article, SMALL))
