"""What tests of fetching share."""

from collections.abc import AsyncIterator

import pytest

from tests.servers import RawServer, raw_server


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    """A stranger's server on loopback."""
    async with raw_server() as opened:
        yield opened


@pytest.fixture(autouse=True)
def as_in_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Feeds are parsed here with the XML parser that workers have."""
    monkeypatch.setattr("feedparser.api.PREFERRED_XML_PARSERS", ["bot.sources.expat"])
