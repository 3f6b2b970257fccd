"""Deep links say plain words themselves, and any other query by its number; nobody is misled."""

import pytest

from bot.domain.grammar import parse
from bot.domain.links import MOST, article_in, payload_of, query_in, words_in
from tests.builders import make_subscription


def link_to(typed: str, meant: str | None = None) -> str:
    query = parse(meant or typed)
    return payload_of(make_subscription(typed=typed, query=query.text, query_id=query.id))


@pytest.mark.parametrize(
    ("typed", "payload"),
    [
        ("NATO", "sub_NATO"),
        ("Geneva talks", "sub_Geneva_talks"),
        ("war OR truce", "sub_war_OR_truce"),
    ],
)
def test_plain_words_are_read_in_the_link(typed: str, payload: str) -> None:
    assert (link_to(typed), words_in(payload)) == (payload, typed)


@pytest.mark.parametrize(
    "typed",
    [
        '"Geneva talks"',
        "war | truce",
        "Genève",
        "北约",
        "title:NATO",
        "two  blanks",
        "x" * (MOST - 3),
    ],
)
def test_any_other_query_goes_by_its_number(typed: str) -> None:
    payload = link_to(typed)
    assert (query_in(payload), len(payload) <= MOST) == (parse(typed).id, True)


def test_words_that_are_a_feeds_title_do_not_pass_for_the_query() -> None:
    payload = link_to("The Daily", "source:#7")
    assert query_in(payload) == parse("source:#7").id


@pytest.mark.parametrize(
    "payload",
    ["", "sub_", "sub__", "q_", "q_ABC", "q_" + "z" * 14, "r_", "r_x", "r_" + "9" * 19, "sub_a b"],
)
def test_what_we_did_not_make_is_nothing(payload: str) -> None:
    assert (words_in(payload), query_in(payload), article_in(payload)) == (None, None, None)


def test_a_related_link_names_its_article() -> None:
    assert article_in("r_42") == 42
