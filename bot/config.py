"""The settings: environment or `.env`, checked all at once (PRODUCT.md, "Settings")."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic import ValidationError as PydanticError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.domain.errors import NewsbellError

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_SECRET_FILES = ("TELEGRAM_BOT_TOKEN", "TRANSLATE_API_KEY")
_ENGINES = {"libretranslate", "apertium", "deepl", "openai"}
_OTHERS_MAY_READ = 0o077


class ConfigError(NewsbellError):
    """Every fault of the settings at once, each with its name and what would be right."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("The settings need mending:\n" + "\n".join(f"  {one}" for one in faults))
        self.faults = tuple(faults)


def _listed(value: object) -> object:
    """`a,b` as a list; blanks around are dropped."""
    if not isinstance(value, str):
        return value
    return [one.strip() for one in value.split(",") if one.strip()]


def _token(value: SecretStr) -> SecretStr:
    if not _TOKEN.fullmatch(value.get_secret_value()):
        raise ValueError("is no bot token; @BotFather gives one, like 123456:ABC-…")
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):  # Bot API, setWebhook
        raise ValueError("is none that Telegram takes; use up to 256 of A-Z a-z 0-9 _ and -")
    return value


def _database(value: str) -> str:
    try:
        name = make_url(value).drivername
    except ArgumentError:
        name = ""
    if name not in ("sqlite+aiosqlite", "postgresql+psycopg"):
        raise ValueError(
            "is no database address; use sqlite+aiosqlite:///data/newsbell.db "
            "or postgresql+psycopg://user:password@host/name"
        )
    return value


def _base(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError("is no base address; give scheme, host and port: http://127.0.0.1:8081")
    return value.rstrip("/")


def _public(value: str) -> str:
    if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
        raise ValueError("is no address; give this server's public one: https://news.example.org")
    return value.rstrip("/")


def _engines(values: tuple[str, ...]) -> tuple[str, ...]:
    for one in values:
        engine, _, rest = one.partition("+")
        if engine not in _ENGINES or urlsplit(rest).scheme not in ("http", "https"):
            raise ValueError(
                f"does not know {one.partition('@')[2] or one}; "
                "use libretranslate+http://host:5000, apertium+…, deepl+… or openai+…"
            )
    return values


def _languages(values: tuple[str, ...]) -> tuple[str, ...]:
    for one in values:
        if not re.fullmatch(r"auto|all|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", one):
            raise ValueError(f"does not know '{one}'; use auto, all, or codes such as en,de")
    return values


Listed = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Identifiers = Annotated[tuple[int, ...], BeforeValidator(_listed)]


class Settings(BaseModel):
    """All settings, in PRODUCT.md's order; field names are the settings' in small letters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    telegram_bot_token: Annotated[SecretStr, AfterValidator(_token)] | None = None
    telegram_api_url: Annotated[str, AfterValidator(_base)] | None = None
    telegram_webhook_url: Annotated[str, AfterValidator(_public)] | None = None
    telegram_webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = None
    database_url: Annotated[str, AfterValidator(_database)] = (
        "sqlite+aiosqlite:///data/newsbell.db"
    )
    sources_file: Path | None = None
    poll_interval_seconds: Annotated[float, Field(gt=0, le=86_400)] = 300
    host_delay_seconds: Annotated[float, Field(ge=0, le=3_600)] = 2
    fetch_allow: Listed = ()
    web_host: str = "127.0.0.1"
    web_port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    translate_url: Annotated[Listed, AfterValidator(_engines)] = ()
    translate_api_key: SecretStr | None = None
    translate_max_chars_per_month: Annotated[int, Field(ge=0)] | None = None
    news_languages: Annotated[Listed, AfterValidator(_languages)] = ("auto",)
    admin_user_ids: Identifiers = ()
    access: Literal["open", "allowlist"] = "open"
    commands_per_minute: Annotated[int, Field(ge=1, le=10_000)] = 20
    send_rate_per_second: Annotated[float, Field(gt=0, le=1_000)] = 30
    send_unanswered: Literal["resend", "skip"] = "resend"
    story_window_hours: Annotated[float, Field(gt=0, le=720)] = 48
    retention_days: Annotated[int, Field(ge=1, le=3_650)] = 90
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"


def load_settings(environment: Mapping[str, str], env_file: Path | None) -> Settings:
    """Read the settings; the environment wins over the file, an empty value is the default.

    Raises:
        ConfigError: with every fault at once.
    """
    merged = _from_file(env_file) | dict(environment)
    names = {name.upper() for name in Settings.model_fields}
    given = {name: merged[name] for name in names if merged.get(name, "").strip()}
    faults = [fault for name in _SECRET_FILES if (fault := _read_secret(name, merged, given))]
    try:
        settings = Settings.model_validate(
            {name.lower(): text.strip() for name, text in given.items()}
        )
    except PydanticError as error:
        faults += [_fault(one) for one in error.errors()]
    else:
        faults += _plain_webhook(settings)
    if faults:
        raise ConfigError(sorted(faults))
    return settings


def _plain_webhook(settings: Settings) -> list[str]:
    """Telegram itself brings nothing to plain http; a Bot API server of one's own does."""
    url = settings.telegram_webhook_url
    if url is None or url.startswith("https://") or settings.telegram_api_url:
        return []
    right = "must begin with https:// (http is for a TELEGRAM_API_URL of your own)"
    return [f"TELEGRAM_WEBHOOK_URL: '{url}' {right}"]


def describe(settings: Settings) -> list[str]:
    """Every setting that is not the default, a line each, without secrets."""
    lines = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if value != field.default:
            lines.append(f"{name.upper()}={_masked(name, value)}")
    return lines or ["every setting is the default"]


def _from_file(path: Path | None) -> dict[str, str]:
    if path is None or not path.is_file():
        return {}
    return {name: value for name, value in dotenv_values(path).items() if value is not None}


def _read_secret(name: str, merged: Mapping[str, str], given: dict[str, str]) -> str | None:
    """NAME_FILE names a file that holds the secret; returns what is wrong with it."""
    path = merged.get(f"{name}_FILE", "").strip()
    if not path or name in given:
        return None
    file = Path(path)
    try:
        if file.stat().st_mode & _OTHERS_MAY_READ:
            return f"{name}_FILE: {path} can be read by others; run: chmod 600 {path}"
        given[name] = file.read_text().strip()
    except OSError as error:
        return f"{name}_FILE: {path} cannot be read: {error.strerror}"
    return None


_EXPECTED: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "int_parsing": lambda _: "is no whole number",
    "float_parsing": lambda _: "is no number",
    "literal_error": lambda c: f"is none of {c.get('expected')}",
    "greater_than": lambda c: f"is too small; it must be over {c.get('gt')}",
    "greater_than_equal": lambda c: f"is too small; the least is {c.get('ge')}",
    "less_than_equal": lambda c: f"is too large; the most is {c.get('le')}",
}


def _fault(error: Any) -> str:  # pydantic's ErrorDetails
    name = str(error["loc"][0]).upper()
    context = error.get("ctx", {})
    if error["type"] == "value_error":
        what = str(context["error"])
    else:
        explain = _EXPECTED.get(error["type"])
        what = explain(context) if explain else str(error["msg"])
    secret = name in _SECRET_FILES or name.endswith("_SECRET") or name == "DATABASE_URL"
    shown = "" if secret else f"'{error['input']}' "
    if name == "WEB_PORT" and error["type"] in ("int_parsing", "less_than_equal"):
        what = "is no port; use a number from 1 to 65535"
    return f"{name}: {shown}{what}"


def _masked(name: str, value: object) -> str:
    if isinstance(value, SecretStr):
        return "(secret)"
    if name == "database_url":
        return make_url(str(value)).render_as_string(hide_password=True)
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
