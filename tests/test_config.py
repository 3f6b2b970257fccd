"""Wrong settings are told all at once, each with what would be right; secrets are not."""

from pathlib import Path

import pytest

from bot.config import ConfigError, describe, load_settings

TOKEN = "123456:canary-token-that-nobody-may-see"


def faults(**settings: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load_settings(settings, None)
    return caught.value.faults


def test_every_fault_is_listed_at_once() -> None:
    found = faults(WEB_PORT="abc", POLL_INTERVAL_SECONDS="-1", ACCESS="closed", LOG_LEVEL="loud")
    assert [one.partition(":")[0] for one in found] == [
        "ACCESS",
        "LOG_LEVEL",
        "POLL_INTERVAL_SECONDS",
        "WEB_PORT",
    ]


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("WEB_PORT", "abc", "use a number from 1 to 65535"),
        ("DATABASE_URL", "postgres://a:b@c/d", "postgresql+psycopg://"),
        ("TELEGRAM_BOT_TOKEN", "nonsense", "@BotFather"),
        ("TELEGRAM_API_URL", "localhost:8081", "http://127.0.0.1:8081"),
        ("TRANSLATE_URL", "google+http://x", "libretranslate+http://host:5000"),
        ("NEWS_LANGUAGES", "German", "codes such as en,de"),
        ("TELEGRAM_WEBHOOK_SECRET", "two words", "A-Z a-z 0-9"),
        ("TELEGRAM_WEBHOOK_URL", "http://news.example.org", "must begin with https://"),
        ("TELEGRAM_WEBHOOK_URL", "news.example.org", "https://news.example.org"),
        ("ADMIN_USER_IDS", "7,me", "no whole number"),
    ],
)
def test_a_fault_says_what_would_be_right(name: str, value: str, hint: str) -> None:
    (fault,) = faults(**{name: value})
    assert hint in fault


def test_a_secret_is_in_no_fault_and_no_description() -> None:
    (fault,) = faults(DATABASE_URL="postgres://u:hush@host/db")
    settings = load_settings(
        {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "DATABASE_URL": "postgresql+psycopg://u:hush@host/db",
            "TRANSLATE_API_KEY": "hush",
        },
        None,
    )
    told = " ".join([fault, repr(settings), *describe(settings)])
    assert ("hush" in told.replace("u:hush@host", "") or TOKEN in told) is False


def test_plain_http_is_for_a_bot_api_server_of_ones_own() -> None:
    own = {"TELEGRAM_API_URL": "http://127.0.0.1:8081"}
    settings = load_settings(own | {"TELEGRAM_WEBHOOK_URL": "http://127.0.0.1:8080/"}, None)
    assert settings.telegram_webhook_url == "http://127.0.0.1:8080"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("WEB_PORT=1111\nLOG_LEVEL=DEBUG\n")
    settings = load_settings({"WEB_PORT": "2222"}, file)
    assert (settings.web_port, settings.log_level) == (2222, "DEBUG")


def test_k4_a_token_file_is_read_unless_others_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    file.chmod(0o600)
    settings = load_settings({"TELEGRAM_BOT_TOKEN_FILE": str(file)}, None)
    file.chmod(0o644)
    (fault,) = faults(TELEGRAM_BOT_TOKEN_FILE=str(file))
    assert settings.telegram_bot_token is not None
    assert settings.telegram_bot_token.get_secret_value() == TOKEN
    assert fault == f"TELEGRAM_BOT_TOKEN_FILE: {file} can be read by others; run: chmod 600 {file}"
