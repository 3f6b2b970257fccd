"""Every answer of Telegram becomes the right outcome, and no error of PTB's gets out."""

import json
import logging

import httpx
import pytest
import telegram.error
from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest

from bot.domain.message import Button, Message
from bot.domain.model import Place
from bot.domain.outcomes import (
    Ambiguous,
    ChatGone,
    ChatMoved,
    Flooded,
    NoRights,
    Outcome,
    Rejected,
    Sent,
    TokenRevoked,
    TopicClosed,
    TopicGone,
    Unreachable,
)
from bot.sending.sender import TelegramSender, outcome_of
from tests.builders import PRIVATE
from tests.telegram_script import ScriptedRequest, accepted, refused

HELLO = Message(text="<b>Moscow</b> &amp; Geneva", keyboard=((Button("Open", data="v1:x"),),))


def bot_over(request: BaseRequest) -> Bot:
    return Bot("1:a", request=request, get_updates_request=request)


async def said(answer: tuple[int, bytes] | BaseException) -> Outcome:
    telegram_ = ScriptedRequest()
    telegram_.answers = [answer]
    return await TelegramSender(bot_over(telegram_)).send(PRIVATE, HELLO)


def kind_of(outcome: Outcome) -> str:
    return type(outcome).__name__


REFUSALS = [
    (403, "Forbidden: bot was blocked by the user", ChatGone),
    (403, "Forbidden: user is deactivated", ChatGone),
    (403, "Forbidden: bot was kicked from the group chat", ChatGone),
    (403, "Forbidden: bot is not a member of the channel chat", ChatGone),
    (403, "Forbidden: the group chat was deleted", ChatGone),
    (403, "Forbidden: bot can't initiate conversation with a user", ChatGone),
    (403, "Forbidden: CHAT_WRITE_FORBIDDEN", NoRights),
    (400, "Bad Request: chat not found", NoRights),
    (400, "Bad Request: not enough rights to send text messages to the chat", NoRights),
    (400, "Bad Request: need administrator rights in the channel chat", NoRights),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", NoRights),
    (400, "Bad Request: TOPIC_CLOSED", TopicClosed),
    (400, "Bad Request: message thread not found", TopicGone),
    (400, "Bad Request: can't parse entities: unsupported start tag", Rejected),
    (400, "Bad Request: BUTTON_DATA_INVALID", Rejected),
    (400, "Bad Request: message is too long", Rejected),
    (401, "Unauthorized", TokenRevoked),
    (409, "Conflict: terminated by other getUpdates request", Unreachable),
    (429, "Too Many Requests: retry later", Flooded),
    (500, "Internal Server Error", Unreachable),
]
BODIES = [
    pytest.param((502, b"<html>Bad Gateway</html>"), Unreachable, id="a page instead of JSON"),
    pytest.param((504, b""), Unreachable, id="nothing"),
    pytest.param((200, b'{"ok": true, "resu'), Ambiguous, id="200, cut off"),
    pytest.param((200, b'{"ok": false}'), Ambiguous, id="200 without a result"),
]


@pytest.mark.parametrize(("status", "sentence", "outcome"), REFUSALS)
async def test_what_telegram_refuses(status: int, sentence: str, outcome: type) -> None:
    assert kind_of(await said(refused(status, sentence))) == outcome.__name__


@pytest.mark.parametrize(("answer", "outcome"), BODIES)
async def test_what_a_broken_answer_means(
    answer: tuple[int, bytes], outcome: type, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    assert kind_of(await said(answer)) == outcome.__name__


async def test_the_values_in_an_answer_are_kept() -> None:
    assert await said(accepted(77)) == Sent(77)
    assert await said(refused(429, "Too Many Requests", retry_after=43_838)) == Flooded(43_838)
    moved = refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009)
    assert await said(moved) == ChatMoved(-1009)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        pytest.param(httpx.ConnectError("refused"), Unreachable, id="nobody there"),
        pytest.param(httpx.ConnectTimeout("slow"), Unreachable, id="no connection in time"),
        pytest.param(httpx.PoolTimeout("busy"), Unreachable, id="no free connection"),
        pytest.param(httpx.ProxyError("no"), Unreachable, id="the proxy refuses"),
        pytest.param(httpx.ReadTimeout("slow"), Ambiguous, id="written, no answer in time"),
        pytest.param(httpx.WriteTimeout("slow"), Ambiguous, id="partly written"),
        pytest.param(httpx.ReadError("reset"), Ambiguous, id="reset after writing"),
        pytest.param(httpx.RemoteProtocolError("eof"), Ambiguous, id="closed after writing"),
    ],
)
async def test_only_a_request_that_was_written_is_ambiguous(
    error: httpx.HTTPError, outcome: type
) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    transport = httpx.MockTransport(fail)
    request = HTTPXRequest(httpx_kwargs={"transport": transport})
    sent = await TelegramSender(bot_over(request)).send(PRIVATE, HELLO)
    await request.shutdown()
    assert kind_of(sent) == outcome.__name__


def test_every_error_class_of_ptb_has_an_outcome() -> None:
    made: dict[str, TelegramError] = {
        "ChatMigrated": telegram.error.ChatMigrated(-1009),
        "RetryAfter": telegram.error.RetryAfter(3),
    }
    outcomes = {
        name: kind_of(outcome_of(made.get(name) or getattr(telegram.error, name)("Text")))
        for name in telegram.error.__all__
    }
    assert outcomes == {
        "BadRequest": "Rejected",
        "ChatMigrated": "ChatMoved",
        "Conflict": "Unreachable",
        "EndPointNotFound": "Rejected",
        "Forbidden": "ChatGone",
        "InvalidToken": "TokenRevoked",
        "NetworkError": "Unreachable",
        "PassportDecryptionError": "Rejected",
        "RetryAfter": "Flooded",
        "TelegramError": "Ambiguous",
        "TimedOut": "Ambiguous",
    }


def test_an_error_of_an_unknown_network_library_is_ambiguous() -> None:
    error = NetworkError("Unknown error in HTTP implementation")
    error.__cause__ = OSError("?")
    assert kind_of(outcome_of(error)) == "Ambiguous"
    assert kind_of(outcome_of(TimedOut())) == "Ambiguous"


@pytest.mark.filterwarnings("ignore:.*In a future major version")
def test_a_wait_is_read_in_ptbs_older_form_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PTB_TIMEDELTA")
    assert outcome_of(telegram.error.RetryAfter(30)) == Flooded(30)


async def test_a_message_goes_formatted_and_with_its_buttons() -> None:
    telegram_ = ScriptedRequest()
    await TelegramSender(bot_over(telegram_)).send(Place(-1002001, 7), HELLO)
    ((endpoint, sent),) = telegram_.calls
    assert endpoint == "sendMessage"
    assert (sent["chat_id"], sent["message_thread_id"]) == (-1002001, 7)
    assert (sent["text"], sent["parse_mode"]) == (HELLO.text, "HTML")
    assert "v1:x" in json.dumps(sent["reply_markup"])


async def test_a_plain_message_has_the_words_alone() -> None:
    telegram_ = ScriptedRequest()
    await TelegramSender(bot_over(telegram_)).send(PRIVATE, HELLO, plain=True)
    sent = telegram_.calls[0][1]
    assert sent["text"] == "Moscow & Geneva"
    assert sent.keys() & {"parse_mode", "reply_markup", "message_thread_id"} == set()
