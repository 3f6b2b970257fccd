"""What a subscription's words are called, and how that is edited: each edit is another query."""

import pytest

from bot.domain.errors import QueryError
from bot.domain.grammar import parse
from bot.domain.naming import things_of, toggled, with_name, without_own
from bot.domain.query import query_of
from bot.names.table import shipped_names


def texts(query: str) -> list[str]:
    return [one.text for one in things_of(parse(query).node, shipped_names())]


def added(query: str, index: int, text: str) -> str:
    return query_of(with_name(parse(query).node, index, text, shipped_names())).text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("NATO", ["NATO"]),
        ("Geneva talks", ["geneva", "talks"]),
        ("North Korea missile", ["korea north", "missile"]),
        ('"North Korea" -Kim', ['"north korea"']),
        ("ceasefire | truce", ["ceasefire"]),
        ("NATO talks | truce", ["NATO talks"]),
        ("source:spiegel NATO lang:de", ["NATO"]),
        ("sanction* NATO", ["NATO"]),
        ("NATO !=OTAN", ["NATO"]),
    ],
)
def test_what_a_query_asks_for_can_have_names(query: str, expected: list[str]) -> None:
    assert texts(query) == expected


def test_a_thing_is_shown_with_all_its_names_of_which_some_do_not_count() -> None:
    (nato,) = things_of(parse("NATO !=OTAN").node, shipped_names())
    assert {"OTAN", "НАТО", "北约", "NAVO"} <= set(nato.known)
    assert set(nato.known) - set(nato.counting) == {"OTAN"}
    assert "NATO" not in nato.known


@pytest.mark.parametrize(
    ("query", "index", "text", "expected"),
    [
        ("NATO", 0, "das Bündnis", '"das bundnis" | NATO'),
        ("Geneva talks", 0, "Genebra-sur-Lac", '("genebra sur lac" | geneva) talks'),
        ("Geneva talks", 1, "Gespräche", "geneva (gesprache | talks)"),
        ("North Korea", 0, "the North", '"the north" | korea north'),
        ("ceasefire | truce", 0, "Waffenruhe", "ceasefire | truce | waffenruhe"),
        ("title:NATO", 0, "Bündnis", "title:bundnis | title:NATO"),
        ("NATO !=OTAN", 0, "OTAN", "NATO"),
        ("NATO !=OTAN", 0, "Bündnis", "(bundnis | NATO) !=otan"),
        ("NATO", 0, "北约", "NATO"),
        ("NATO", 0, "防衛同盟", "NATO | 防衛同盟"),
    ],
)
def test_a_name_more_is_an_alternative_more(
    query: str, index: int, text: str, expected: str
) -> None:
    assert added(query, index, text) == expected
    assert parse(expected).text == expected


@pytest.mark.parametrize("text", ["", "…", "the"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        added("NATO", 0, text)


def test_an_added_name_goes_again_but_never_the_last_word() -> None:
    more = with_name(parse("NATO").node, 0, "Bündnis", shipped_names())
    one = query_of(without_own(more, "bundnis"))
    assert (one, query_of(without_own(one.node, "NATO"))) == (parse("NATO"), parse("NATO"))


def test_a_known_name_is_switched_off_and_on_again() -> None:
    off = query_of(toggled(parse("NATO talks").node, "Corée du Nord"))
    assert off.text == 'NATO talks !="coree du nord"'
    assert query_of(toggled(off.node, "corée du nord")) == parse("NATO talks")
