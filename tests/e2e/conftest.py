"""The rig, on both databases, and by both ways in which updates come.

SQLite is paired with polling and PostgreSQL with the webhook, so that every scenario passes both
ways without being run four times; the pairs that are left have a test in `test_the_bell.py`.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import postgres_url, sqlite_url
from tests.e2e.rig import Rig, open_rig


@pytest.fixture(params=[("sqlite", "polling"), ("postgresql", "webhook")], ids="-".join)
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    """Telegram, a publisher with the feeds `daily` and `herald`, and the program, not started."""
    database, way = request.param
    url = sqlite_url(tmp_path) if database == "sqlite" else postgres_url()
    async with open_rig(tmp_path, url, ("daily", "herald")) as opened:
        if way == "webhook":
            opened.listen()
        yield opened
