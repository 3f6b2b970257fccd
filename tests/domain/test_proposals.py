"""Forms of a query that are worth trying: they mean what they say."""

import pytest
from hypothesis import given

from bot.domain.documents import document_of
from bot.domain.grammar import parse
from bot.domain.matching import is_met
from bot.domain.model import Article
from bot.domain.proposals import narrower, wider
from tests.domain.test_matching import ARTICLES, QUERIES, parsed


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sanctions", ["sancti*"]),
        ("NATO", ["nato"]),
        ("=Nato", ["nato"]),
        ("title:NATO", ["NATO"]),
        ('"Geneva talks"', ["geneva talks"]),
        ("Geneva ~3 talks", ["geneva talks"]),
        ("truce talks lang:de", ["lang:de truce", "lang:de talks", "talks truce"]),
    ],
)
def test_wider_forms(query: str, expected: list[str]) -> None:
    found = [one.text for one in wider(parse(query))]
    assert [one for one in expected if one not in found] == []


@pytest.mark.parametrize(
    ("query", "section", "expected"),
    [
        ("NATO", None, ["title:NATO"]),
        ("NATO", "Politics", ["title:NATO", "category:politics NATO"]),
        ("Geneva talks", None, ['"geneva talks" | "talks geneva"', "geneva title:talks"]),
        ("truce | ceasefire", None, ["title:ceasefire | title:truce"]),
    ],
)
def test_narrower_forms(query: str, section: str | None, expected: list[str]) -> None:
    found = [one.text for one in narrower(parse(query), section)]
    assert [one for one in expected if one not in found] == []


@given(QUERIES, ARTICLES)
def test_what_meets_a_narrower_form_meets_the_query(text: str, article: Article) -> None:
    document = document_of(article)
    for query in parsed([text]).values():
        for form in narrower(query, "Politics"):
            assert not is_met(form.node, document) or is_met(query.node, document)


@given(QUERIES)
def test_every_form_can_be_typed(text: str) -> None:
    for query in parsed([text]).values():
        for form in (*wider(query), *narrower(query, None)):
            assert parse(form.text) == form
