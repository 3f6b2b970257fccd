"""Our messages become the arguments that Telegram takes."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import ForceReply, InlineKeyboardMarkup

from bot.domain.message import Button, Message
from bot.domain.model import Place
from bot.sending.markup import (
    edit_arguments,
    inline_keyboard,
    place_arguments,
    plain_text,
    send_arguments,
)


@given(st.text())
def test_plain_text_gives_back_every_word_that_was_escaped(words: str) -> None:
    assert plain_text(f"<b>{escape(words)}</b>") == words


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://e.org/?a=1&amp;b=2">Talks</a> go on', "Talks go on"),
        ("1 &lt; 2 &amp;amp; 3", "1 < 2 &amp; 3"),
        ("<blockquote expandable>Тест\n</blockquote>…", "Тест\n…"),
    ],
)
def test_plain_text_has_no_markup(html: str, text: str) -> None:
    assert plain_text(html) == text


def test_buttons_are_of_three_kinds() -> None:
    rows = (
        (Button("a", data="v1:a"), Button("b", url="https://e.org")),
        (),
        (Button("c", switch_inline="q"),),
    )
    markup = inline_keyboard(rows)
    assert markup is not None
    assert markup.to_dict() == {
        "inline_keyboard": [
            [{"text": "a", "callback_data": "v1:a"}, {"text": "b", "url": "https://e.org"}],
            [{"text": "c", "switch_inline_query": "q"}],
        ]
    }


def test_no_buttons_are_no_markup() -> None:
    assert inline_keyboard(()) is None
    assert inline_keyboard(((),)) is None


@pytest.mark.parametrize(
    ("place", "arguments"),
    [
        pytest.param(Place(1001), {"chat_id": 1001}, id="no topic, or General"),
        pytest.param(Place(-9, 7), {"chat_id": -9, "message_thread_id": 7}, id="a topic"),
    ],
)
def test_where_a_message_goes(place: Place, arguments: dict[str, int]) -> None:
    assert place_arguments(place) == arguments


def test_a_question_asks_the_one_it_answers_with_a_hint_of_64_characters() -> None:
    asked = send_arguments(Message(text="Which words?", ask="x" * 99))["reply_markup"]
    assert asked == ForceReply(selective=True)
    assert (asked.selective, asked.input_field_placeholder) == (True, "x" * 64)


@pytest.mark.parametrize(
    ("preview", "options"),
    [
        ("https://e.org/x", {"url": "https://e.org/x", "prefer_small_media": True}),
        (None, {"is_disabled": True}),
    ],
)
def test_one_preview_or_none(preview: str | None, options: dict[str, object]) -> None:
    message = Message(text="x", preview=preview)
    for arguments in (send_arguments(message), edit_arguments(message)):
        assert arguments["link_preview_options"].to_dict() == options


def test_silence_is_kept_even_in_plain_words() -> None:
    message = Message(text="x", silent=True)
    assert send_arguments(message)["disable_notification"] is True
    assert send_arguments(message, plain=True)["disable_notification"] is True


def test_an_edit_neither_rings_nor_asks() -> None:
    message = Message(text="x", silent=True, ask="?", keyboard=((Button("a", data="b"),),))
    arguments = edit_arguments(message)
    assert "disable_notification" not in arguments
    assert isinstance(arguments["reply_markup"], InlineKeyboardMarkup)
