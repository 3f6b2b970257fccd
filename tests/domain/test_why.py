"""What stands in the way of a match is named."""

import pytest

from bot.domain.documents import document_of
from bot.domain.grammar import parse
from bot.domain.why import lacking, why
from tests.builders import make_article, make_subscription


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Geneva talks", ()),
        ("Geneva truce", ("truce",)),
        ("Geneva -talks", ("-talks",)),
        ("(truce | ceasefire) Geneva", ("ceasefire | truce",)),
        ('"talks Geneva"', ('"talks geneva"',)),
        ("title:Geneva lang:de", ("lang:de",)),
    ],
)
def test_the_parts_that_are_lacking(query: str, expected: tuple[str, ...]) -> None:
    article = make_article(title="Geneva hosts talks", summary="", language="en")
    assert lacking(parse(query), document_of(article)) == expected


def test_an_article_is_put_before_every_subscription_of_the_place() -> None:
    article = make_article(title="Geneva hosts talks", summary="", language="en")
    asked = [
        make_subscription(id=number, typed=text, query=parse(text).text, query_id=parse(text).id)
        for number, text in enumerate(("geneva", "derby"))
    ]
    found = why(article, asked)
    assert [one.subscription.typed for one in found.met] == ["geneva"]
    assert [(one.subscription.typed, one.lacking) for one in found.unmet] == [
        ("derby", ("derby",))
    ]


def test_a_query_of_another_grammar_does_not_silence_the_reasons_of_others() -> None:
    article = make_article(title="Geneva hosts talks", summary="", language="en")
    geneva = parse("geneva")
    asked = [
        make_subscription(id=1, typed="books OR", query="books OR", query_id=1),
        make_subscription(id=2, typed="geneva", query=geneva.text, query_id=geneva.id),
    ]
    found = why(article, asked)
    assert [one.subscription.id for one in found.met] == [2]
    assert [one.lacking for one in found.unmet] == [("books OR",)]
