"""S4: there is one way out to strangers, and nobody built a second."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

CLIENTS = {
    "aiohttp", "curl_cffi", "ftplib", "http.client", "httpcore", "httpx", "requests", "smtplib",
    "socket", "telnetlib", "urllib.request", "urllib3", "xmlrpc",
}  # fmt: skip
"""Modules that can connect to an address."""

OPENERS = {"create_connection", "open_connection", "getaddrinfo", "sock_connect"}
"""What asyncio offers to the same end."""

ALLOWED = {
    "bot/sources/fetch.py": {"httpx", "httpcore"},
    "bot/sources/transport.py": {"httpx", "httpcore", "socket", "getaddrinfo"},
    "bot/parts.py": {"socket"},  # the host's name, to say who holds a lease
    "bot/sending/requests.py": {"httpx"},  # python-telegram-bot's client: the TLS context
    "bot/sending/sender.py": {"httpx"},  # names the errors of python-telegram-bot's client
    "bot/translation/apertium.py": {"httpx"},  # engines: addresses of the operator's own
    "bot/translation/deepl.py": {"httpx"},
    "bot/translation/engines.py": {"httpx"},
    "bot/translation/errors.py": {"httpx"},
    "bot/translation/libretranslate.py": {"httpx"},
    "bot/translation/openai.py": {"httpx"},
    "bot/playground/webhook.py": {"httpx"},  # the emulator, to the address its own bot has set
    "bot/web/server.py": {"socket"},  # listens; connects to nobody
}
"""The guarded fetch itself. python-telegram-bot brings a client of its own."""


def ways_out(source: str) -> Iterator[str]:
    """Names in a module by which a connection could be made."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names):
                yield from (name.name for name in names if _connects(name.name))
            case ast.ImportFrom(module=str(module), names=names):
                full = [module, *(f"{module}.{name.name}" for name in names)]
                yield from (name for name in full if _connects(name))
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in OPENERS:
                yield name
            case _:
                pass


def _connects(module: str) -> bool:
    return any(module == client or module.startswith(f"{client}.") for client in CLIENTS)


@pytest.mark.parametrize(
    "path",
    sorted(
        path.relative_to(ROOT).as_posix()
        for room in ("bot", "handlers", "storage")
        for path in (ROOT / room).rglob("*.py")
    ),
)
def test_s4_only_the_guarded_fetch_connects_to_strangers(path: str) -> None:
    found = {
        name.split(".")[0] if name not in CLIENTS else name
        for name in ways_out((ROOT / path).read_text())
    }
    assert found <= ALLOWED.get(path, set())


@pytest.mark.parametrize(
    "source",
    [
        "import httpx",
        "from urllib.request import urlopen",
        "from urllib import request",
        "import asyncio\nasyncio.open_connection('x', 80)",
        "import http.client as c",
    ],
)
def test_s4_a_second_way_would_be_seen(source: str) -> None:
    assert list(ways_out(source)) != []
