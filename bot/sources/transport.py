"""Connections that cannot be talked into the operator's own network.

Names are resolved here, every answer is checked, and the checked address itself is dialled: what
was checked is what is connected to, on every hop, whatever DNS says a moment later. TLS and the
Host header keep the name. httpx offers no such seam, httpcore does (its network backend).
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import ip_address

import httpcore
import httpx

from bot.domain.addresses import Address, AllowList, may_connect
from bot.domain.errors import FetchError

Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
"""Gives the addresses of a host; raises OSError where there are none."""

REFUSED = "this address cannot be used: it is private, reserved, or does not answer"
"""One sentence for refused, closed and filtered: the fetch is no port scanner."""


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves, checks, and dials the checked address (`dial`: the network, unless given)."""

    def __init__(
        self,
        allowed: AllowList,
        resolve: Resolve,
        dial: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._dial = dial or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._checked(host, port)
        failure: Exception = httpcore.ConnectError(REFUSED)
        for address in addresses:
            try:
                return await self._dial.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        try:
            raise failure
        finally:
            del failure  # it knows this frame, which knows it: a cycle for each dead host

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _checked(self, host: str, port: int) -> Sequence[Address]:
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise FetchError("dns", "the host name is not known") from error
        if not addresses or not all(may_connect(host, one, self._allowed) for one in addresses):
            raise FetchError("refused-address", REFUSED)
        return addresses


class SystemResolver:
    """The system's resolver, in threads of its own.

    The loop's own executor has cpu + 4 threads for everybody: six names that are slow to fail
    would stop all look-ups (performance.md 2.2: at 30 ms a name 180 a second and no more).
    """

    def __init__(self, threads: int = 32) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="dns")

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        """The addresses of a host; a literal is itself, in ordinary spelling only."""
        ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        return list(dict.fromkeys(ip_address(str(info[4][0]).partition("%")[0]) for info in found))

    def close(self) -> None:
        """Let the threads end; a look-up under way is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class GuardedTransport(httpx.AsyncBaseTransport):
    """httpx over a guarded connection pool."""

    def __init__(self, allowed: AllowList, resolve: Resolve, context: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=100,
            max_keepalive_connections=20,  # httpcore scans the pool: 2,000 cost 28 ms a request
            keepalive_expiry=5,
            network_backend=GuardedBackend(allowed, resolve),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request over the pool; httpcore's errors pass as they are."""
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()
