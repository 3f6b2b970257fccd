"""The guarded fetch as tests use it: with the addresses they allow, at NOW."""

import pytest

from bot.domain.addresses import allow_list
from bot.domain.errors import FetchError
from bot.sources.fetch import GuardedFetcher
from tests.builders import NOW


def fetcher(*allowed: str, deadline: float = 10) -> GuardedFetcher:
    return GuardedFetcher(allow=allow_list(allowed), now=lambda: NOW, deadline=deadline)


async def code_of(url: str, *allowed: str, deadline: float = 10) -> str:
    """Why this address is not fetched."""
    async with fetcher(*allowed, deadline=deadline) as client:
        with pytest.raises(FetchError) as caught:
            await client.fetch(url)
    return caught.value.code
