"""What tests of fetching share."""

from collections.abc import AsyncIterator

import pytest

from tests.servers import RawServer, raw_server


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    """A stranger's server on loopback."""
    async with raw_server() as opened:
        yield opened
