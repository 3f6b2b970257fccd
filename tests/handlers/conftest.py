"""The stage, on both databases."""

from collections.abc import AsyncIterator

import pytest

from storage.engine import Database
from tests.handlers.stage import Stage, open_stage


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    """A group, two channels, six people, and the bot's handlers."""
    async with open_stage(database) as opened:
        yield opened
