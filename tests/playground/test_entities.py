"""HTML as Telegram reads it, refusals in Telegram's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.entities import parse_html
from bot.playground.refusal import Refusal
from bot.rendering.html import escape


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>a</b> b", "a b", [("bold", 0, 1)]),
        ("😀<i>x</i>", "😀x", [("italic", 2, 1)]),
        ("a &lt; b &amp; c &#33; &nbsp;", "a < b & c ! &nbsp;", []),
        ('<a href="https://a.org/?x=1&amp;y=2">n</a>', "n", [("text_link", 0, 1)]),
        ('<a href="http://localhost/">n</a>', "n", []),
        ("  <b> x </b>  ", "x", [("bold", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("a\u2028\u202eb", "ab", []),
    ],
)
def test_text_and_entities(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    found, shown = parse_html(source)
    assert (found, [(e["type"], e["offset"], e["length"]) for e in shown]) == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("é<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        (
            "<b>x</i>",
            'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
        ),
        ("<b", "Unclosed start tag at byte offset 0"),
    ],
)
def test_refusals(source: str, reason: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_html(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Cf"))))
def test_what_we_escape_comes_out_as_it_was(text: str) -> None:
    assert parse_html(escape(text)) == (text.strip(), [])
