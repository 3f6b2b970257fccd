"""T9: a token that is revoked while the bot is idle ends it."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from telegram import Bot
from telegram.error import InvalidToken

from bot.ticks import TOKEN_LOOK, revoked
from tests.telegram_script import ScriptedRequest, refused


async def test_t9_an_idle_bot_sees_within_a_minute_that_its_token_is_void() -> None:
    telegram = ScriptedRequest()
    me = b'{"ok": true, "result": {"id": 1, "is_bot": true, "first_name": "N", "username": "n"}}'
    empty, away = (200, b"{}"), refused(502, "Bad Gateway")
    telegram.answers = [(200, me), empty, away, refused(401, "Unauthorized")]
    application = SimpleNamespace(bot=Bot("1:a", request=telegram, get_updates_request=telegram))
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    with pytest.raises(InvalidToken):
        await revoked(cast("Any", application), sleep)
    assert (slept, TOKEN_LOOK <= 60) == ([TOKEN_LOOK] * 4, True)
