"""The rig, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.rig import Rig, open_rig


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[Rig]:
    """Telegram, a publisher with the feeds `daily` and `herald`, and the program, not started."""
    async with open_rig(tmp_path, database_url, ("daily", "herald")) as opened:
        yield opened
