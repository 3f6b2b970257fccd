"""No log line holds a secret (K1)."""

import logging

import pytest

from bot.logs import _Json, _Text, redact

TOKEN = "123456:canary-token-that-nobody-may-see"


@pytest.mark.parametrize(
    "text",
    [
        f"GET https://api.telegram.org/bot{TOKEN}/getMe",
        f"Bot[token={TOKEN}]",
        "url=bot123456%3Acanary-token-that-nobody-may-see",
        "password hush in the url",
        "asked http://me:canary@a.org/f?api_key=canary twice",
    ],
)
def test_tokens_and_secrets_are_redacted(text: str) -> None:
    shown = redact(text, ["hush"])
    assert ("canary" in shown, "hush" in shown) == (False, False)


@pytest.mark.parametrize("formatter", [_Text([TOKEN]), _Json([TOKEN])])
def test_tracebacks_are_redacted_too(formatter: logging.Formatter) -> None:
    error = ValueError(TOKEN)
    info = (type(error), error, None)
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed %s", (TOKEN,), info)
    assert "canary" not in formatter.format(record)
