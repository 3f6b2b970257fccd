"""Requests beside the polls, as polite as they: one at a time a host, and its pause between."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.domain.errors import FetchError
from bot.domain.model import Validators
from bot.domain.polling import host_of
from bot.domain.ports import Clock, Fetched, Fetcher, NotModified
from bot.services.hosts import Hosts

STEP = 0.25
"""Seconds between two looks whether a host is free."""

PATIENCE = 10.0
"""Seconds that somebody who waits for an answer is made to wait for a host others are asking."""

Sleep = Callable[[float], Awaitable[None]]


class Turns:
    """`pause` gives the seconds between two requests to the host of an address.

    `sleep` lets time pass while a host is busy with others.
    """

    def __init__(
        self,
        hosts: Hosts,
        clock: Clock,
        pause: Callable[[str], float],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._hosts = hosts
        self._clock = clock
        self._pause = pause
        self._sleep = sleep

    @asynccontextmanager
    async def at(self, url: str, patience: float | None = None) -> AsyncIterator[None]:
        """The host of this address, when nobody else asks it; a Retry-After holds for all.

        Raises:
            FetchError: it was not free within so many seconds (None: however long it takes).
        """
        host = host_of(url)
        begun = self._clock()
        while not self._hosts.enter(host, self._clock()):
            if patience is not None and self._clock() - begun >= timedelta(seconds=patience):
                raise FetchError("rate-limited", "the site is asked by others, or wants rest")
            await self._sleep(STEP)
        wait = self._pause(url)
        try:
            yield
        except FetchError as error:
            wait = max(wait, error.retry_after or 0.0)
            raise
        finally:
            self._hosts.leave(host, self._clock() + timedelta(seconds=wait))


class PoliteFetcher:
    """`ports.Fetcher` for what people wait for: in turn with the polls of the same host."""

    def __init__(self, fetcher: Fetcher, turns: Turns, patience: float = PATIENCE) -> None:
        self._fetcher = fetcher
        self._turns = turns
        self._patience = patience

    async def fetch(
        self,
        url: str,
        validators: Validators = Validators(),  # noqa: B008 - a frozen value
    ) -> Fetched | NotModified:
        """See `ports.Fetcher`; the host's turn comes first."""
        async with self._turns.at(url, self._patience):
            return await self._fetcher.fetch(url, validators)
