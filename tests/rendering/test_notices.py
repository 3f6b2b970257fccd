"""What a chat reads about its sources is taken by Telegram and gives no secret away."""

from typing import get_args

import pytest

from bot.domain.errors import FETCH_CODES, EngineReason
from bot.domain.model import Notice, NoticeKind
from bot.rendering.notices import render_notice, shown_address
from bot.rendering.sentences import Locales, Sentences
from tests.builders import make_chat
from tests.rendering.strict import accepted

HOSTILE = "<b>\u202eBad & </b>\x00 news " * 40


def notice(kind: NoticeKind, **values: str) -> Notice:
    return Notice(id=1, chat=make_chat(), kind=kind, values=values)


@pytest.mark.parametrize("kind", get_args(NoticeKind))
def test_telegram_takes_every_notice_whatever_the_source_is_called(
    kind: NoticeKind, sentences: Sentences
) -> None:
    message = render_notice(
        notice(kind, title=HOSTILE, address=f"https://a.org/{HOSTILE}"), sentences
    )
    accepted(message)
    assert message.silent


@pytest.mark.parametrize("code", sorted(FETCH_CODES))
def test_every_reason_to_fail_has_its_words(code: str, sentences: Sentences) -> None:
    text, _ = accepted(render_notice(notice("failing", title="Mine", code=code), sentences))
    assert sentences.plain(f"reason_{code}") in text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:secret@a.org/feed?key=123#x", "a.org/feed?…"),
        ("https://a.org:8443/feed.xml", "a.org:8443/feed.xml"),
        ("", ""),
    ],
)
def test_an_address_is_shown_without_secrets(url: str, shown: str) -> None:
    assert shown_address(url) == shown


@pytest.mark.parametrize("why", get_args(EngineReason))
def test_why_an_engine_rests_is_told_in_the_operators_language(why: str, locales: Locales) -> None:
    german = locales.of("de")
    told = notice("engine", engine="DeepL", code=why, words="529: <overloaded>")
    text, _ = accepted(render_notice(told, german))
    assert german.plain(f"engine_{why}") in text
    assert text.endswith("\nIn seinen Worten: 529: <overloaded>")
    assert german.plain(f"engine_{why}") != locales.of("en").plain(f"engine_{why}")
