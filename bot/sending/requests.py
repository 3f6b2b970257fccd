"""How requests reach Telegram: a client with one connection for each that is under way.

httpcore looks through a pool's connections at every request, so that a shared pool costs more the
more is under way: at 64 at a time 3.0 ms of CPU a message, with clients of one connection each
1.2 ms, as much as for one at a time (tests/bench/bench_delivery.py).
"""

from typing import Any

import httpx
from telegram.request import BaseRequest, HTTPXRequest


class SeparateClients(BaseRequest):
    """PTB's own request, as many as are needed at once; the last used is the first used again.

    Their number is bounded by who asks: lanes, updates being answered, and a few ticks.
    `answer`: seconds to wait for Telegram's answer.
    """

    def __init__(self, answer: float) -> None:
        self._answer = answer
        self._context = httpx.create_ssl_context()  # 30 ms to make, the same for all
        self._all: list[HTTPXRequest] = []
        self._idle = [self._another()]

    @property
    def read_timeout(self) -> float | None:
        """As PTB has it."""
        return self._all[0].read_timeout

    async def initialize(self) -> None:
        """Each client opens its connection at its first request."""

    async def shutdown(self) -> None:
        """Close all; new ones are made if anybody asks again."""
        clients, self._all = self._all, []
        self._idle = [self._another()]
        for client in clients:
            await client.shutdown()

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """One request, over a connection that nobody else uses meanwhile."""
        client = self._idle.pop() if self._idle else self._another()
        try:
            return await client.do_request(*args, **kwargs)
        finally:
            self._idle.append(client)

    def _another(self) -> HTTPXRequest:
        client = HTTPXRequest(
            connection_pool_size=1,
            read_timeout=self._answer,
            httpx_kwargs={"verify": self._context},
        )
        self._all.append(client)
        return client
