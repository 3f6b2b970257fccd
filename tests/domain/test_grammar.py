"""Any text typed either is a query or gets an error at its place."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.errors import QueryError
from bot.domain.grammar import Limits, parse
from bot.domain.query import Query

PIECES = st.sampled_from(
    ["OR", "NOT", "AND", '"OR"', '"NOT"', "ＯＲ", "the", "of", "lang:de", "NATO", "!=OTAN", "ab",
     "(", ")", "-", "-(", "|", "~5", '"of the"', "title:"]
)  # fmt: skip


@given(
    st.text(max_size=60)
    | st.text(alphabet='ab "()|-~5*=:#', max_size=30)
    | st.lists(st.tuples(PIECES, st.sampled_from([" ", ""])), max_size=12).map(
        lambda pairs: "".join(word + gap for word, gap in pairs)
    )
)
@example('title:"')
@example("㍿״")
@example("-(a)")
@example("a ~5 (b c)")
def test_any_text_parses_or_gets_a_placed_error_and_a_form_that_parses(text: str) -> None:
    found: Query | QueryError
    try:
        found = parse(text)
    except QueryError as error:
        found = error
    if isinstance(found, QueryError):
        assert 1 <= found.position <= len(text) + 1
        assert parse(str(found.suggestion)).text
    else:
        assert parse(found.text) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Geneva talks", "Talks GENEVA"),
        ("truce | peace", "peace OR truce"),
        ("a a b", "b a"),
        ("a (b c)", "a b c"),
        ('"Geneva"', "geneva"),
        ("-y x", "x NOT y"),
        ("a AND b", "a b"),
        ("NATO’s", "NATO"),
        ("lang:DE talks", "talks lang:de"),
        ("Geneva ~5 talks", "talks ~5 Geneva"),
        ("NATO ~5 nato", "nato ~5 NATO"),
        ("a1 -(b1 | c1)", "a1 -b1 -c1"),
        ("NATO | -(-geneva -talks)", "NATO | geneva | talks"),
        ("a -(b -c)", "a (-b | c)"),
        ('source:"new york"', 'source:"york new"'),
        ('NATO "NOT" russia', '"NOT" NATO russia'),
        ("NATO ＯＲ Russia", 'NATO "OR" Russia'),
        ('נאט"ו', "נאט״ו"),
    ],
)
def test_equal_meanings_share_one_query(one: str, other: str) -> None:
    assert parse(one).id == parse(other).id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NATO", "nato"),
        ("=NATO", "NATO"),
        ("peace talks", "peace | talks"),
        ("x -y", "x y"),
        ('NATO "NOT" russia', "NATO NOT russia"),
        ('"OR" books', "books"),
    ],
)
def test_different_meanings_do_not(one: str, other: str) -> None:
    assert parse(one).id != parse(other).id


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ('"Geneva tal', 1, "the quote opened at character 1 is never closed"),
        ("talks (a | b", 7, "the bracket opened at character 7 is never closed"),
        ("a)", 2, "this bracket closes nothing"),
        ("a | ", 5, "a word is missing here"),
        ("", 1, "the query is empty"),
        ("a ~0 b", 3, "nearness is a number of words from 1 to 50"),
        ("lang:deutsch!", 6, "a language is a code such as de or pt-BR"),
        ("a -", 3, "“-” has no letter or digit to look for"),
        ("talks title:-football", 13, "the title takes one word or a phrase"),
        ("(" * 250, 21, "brackets and exclusions stand too deep inside one another"),
        ("-" * 200 + "a", 21, "brackets and exclusions stand too deep inside one another"),
    ],
)
def test_errors_show_the_place(text: str, position: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert (caught.value.position, caught.value.message) == (position, message)


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ('"Geneva tal', '"Geneva tal"'),
        ("„Genfer Gespräche", "„Genfer Gespräche“"),
        ("talks (truce | ceasefire", "talks (truce | ceasefire)"),
        ("talks)", "talks"),
        ("talks | ", "talks"),
        ("OR talks", "talks"),
        ("talks NOT", "talks"),
        ("-football", "Geneva -football"),
        ("lang:de", "Geneva lang:de"),
        ("title:", "title:NATO"),
        ("=COVID-19", "=COVID"),
        ("talks ~ truce", "Geneva ~5 talks"),
        ("category:weather", "category:politics"),
        ("word " * 21, ("word " * 20).strip()),
        ("", "NATO"),
    ],
)
def test_an_error_says_what_to_type_instead(text: str, instead: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.suggestion == instead


@pytest.mark.parametrize(
    "text",
    [
        "-football", "the", "lang:de", "a | -b", "der die das", "-a -b", "NOT football",
        "lang:de | lang:fr", "the | NATO", "the | lang:de", "the lang:de", "NATO | -football",
        "(the -football) | NATO", "NATO | -(-the)", "NATO | -(-lang:de)", "NATO | -(a | -the)",
        '"of the"', 'title:"of the"', "the ~5 of", "the*", "th*",
    ],
)  # fmt: skip
def test_what_would_ring_for_everything_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "war",
        "the NATO",
        "lang:de NATO",
        "source:spiegel",
        "category:sport",
        "WHO",
        "=the",
        '"OR" books',
        '"to be or not to be"',
        "nat*",
        "war*",
        "war (-lang:de | -talks)",
    ],
)
def test_what_asks_for_something_is_a_query(text: str) -> None:
    assert parse(parse(text).text).text == parse(text).text


def test_a_query_has_at_most_twenty_terms_and_256_characters() -> None:
    words = [f"word{number}" for number in range(21)]
    assert parse(" ".join(words[:20])).text.count(" ") == 19
    assert len(parse("x" * 256).text) == 256
    with pytest.raises(QueryError, match="at most 20 terms"):
        parse(" ".join(words))
    with pytest.raises(QueryError, match="at most 256 characters"):
        parse("x" * 257)


def test_limits_are_the_operators() -> None:
    with pytest.raises(QueryError, match="at most 2 terms"):
        parse("one two three", Limits(terms=2))
    with pytest.raises(QueryError, match="at most 5 characters"):
        parse("abcdef", Limits(characters=5))
