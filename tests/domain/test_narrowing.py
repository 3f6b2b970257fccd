"""What stands beside the words of a query, and one language more or less."""

import pytest

from bot.domain.grammar import parse
from bot.domain.narrowing import Narrowed, language_toggled, narrowed
from bot.domain.query import query_of


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("NATO", Narrowed()),
        ("NATO lang:de", Narrowed(("de",))),
        ("NATO (lang:fr | lang:de) source:spiegel", Narrowed(("de", "fr"), ("spiegel",))),
        ('NATO source:"le monde"', Narrowed((), ("le monde",))),
        ("source:spiegel", Narrowed((), ("spiegel",))),
        ("NATO -lang:de", Narrowed()),
        ("NATO (lang:de | talks)", Narrowed()),
        ("(NATO lang:de) | (OTAN lang:fr)", Narrowed()),
    ],
)
def test_a_query_is_narrowed_to_what_stands_beside_its_words(
    query: str, expected: Narrowed
) -> None:
    assert narrowed(parse(query).node) == expected


@pytest.mark.parametrize(
    ("query", "code", "expected"),
    [
        ("NATO", "de", "NATO lang:de"),
        ("NATO lang:de", "fr", "NATO (lang:de | lang:fr)"),
        ("NATO (lang:de | lang:fr)", "de", "NATO lang:fr"),
        ("NATO lang:de", "de", "NATO"),
        ("NATO | OTAN", "de", "(NATO | OTAN) lang:de"),
        ("(NATO | OTAN) lang:de", "de", "NATO | OTAN"),
        ("source:spiegel", "de", "source:spiegel lang:de"),
        ("NATO -lang:de", "fr", "NATO lang:fr -lang:de"),
    ],
)
def test_a_language_is_chosen_and_left_out_again(query: str, code: str, expected: str) -> None:
    changed = query_of(language_toggled(parse(query).node, code))
    assert changed.text == parse(expected).text
