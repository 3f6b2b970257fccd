"""To strangers every address only shows; what takes anything in knows who may bring it (A6)."""

from types import SimpleNamespace
from typing import Any

from starlette.routing import Route

from bot.parts import web_routes
from bot.web.webhook import Inbox
from storage.engine import Database

TAKING_IN = {"/telegram/{path}", "/websub/{path}"}
"""Their own tests bring them forgeries: here in test_webhook.py, in services/test_pushes.py."""


async def test_no_address_takes_anything_in_but_the_two_that_check_who_brings_it(
    database: Database,
) -> None:
    parts: Any = SimpleNamespace(trending=None, pushes=None)
    routes = web_routes(database, Inbox(), parts)
    methods = {one.path: set(one.methods or ()) for one in routes if isinstance(one, Route)}
    taking_in = {path for path, allowed in methods.items() if allowed - {"GET", "HEAD"}}
    assert (taking_in, len(methods) > 10) == (TAKING_IN, True)
