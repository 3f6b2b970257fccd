"""Logs that never hold a secret or a chat's id: what looks like a bot's token is redacted."""

import json
import logging
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from bot.domain.secrets import masked_text

_TOKEN = re.compile(r"\d{3,}(?::|%3[aA])[A-Za-z0-9_-]{20,}")
_KEY = re.compile(r"Key \(([^)]*)\)=\([^)]*\)")  # PostgreSQL names the values that clash
REDACTED = "<secret>"
_NOISY = ("httpx", "httpcore", "apscheduler", "uvicorn", "telegram", "alembic", "aiosqlite")


def configure_logging(level: str, form: str, secrets: Sequence[str]) -> None:
    """Log to stderr at `level`, as text or JSON lines, with `secrets` redacted.

    httpx logs each request's address at INFO, and the Bot API's address holds the token.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_Json(secrets) if form == "json" else _Text(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns whenever a tick is still running when its next is due, which costs nothing here.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)


def redact(text: str, secrets: Sequence[str]) -> str:
    """The text without tokens and these secrets, also URL-encoded, and with addresses masked."""
    for secret in secrets:
        for form in (secret, quote(secret, safe="")):
            text = text.replace(form, REDACTED)
    return _KEY.sub(r"Key (\1)", masked_text(_TOKEN.sub(REDACTED, text)))


class _Text(logging.Formatter):
    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record), self._secrets)


class _Json(logging.Formatter):
    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": super().format(record),
        }
        return redact(json.dumps(line, ensure_ascii=False), self._secrets)
