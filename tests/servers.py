"""A small server on loopback that answers raw bytes, as hostile servers do."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


class RawServer:
    """Answers each path with a function that writes to the connection; records the requests."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[str] = []
        self.base = ""
        self.serving: set[asyncio.Task[None]] = set()

    def plain(self, path: str, body: bytes = b"", status: str = "200 OK", **headers: str) -> None:
        """A well-behaved answer; header names are written with _ for -."""
        lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()

        async def answer(writer: asyncio.StreamWriter) -> None:
            writer.write(head + body)

        self.answers[path] = answer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._answer(reader, writer))
        self.serving.add(task)
        with suppress(asyncio.CancelledError):
            await task

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError), closing(writer):
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.requests.append(request)
            await self.answers[request.split()[1]](writer)
            await writer.drain()


@asynccontextmanager
async def raw_server(
    context: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[RawServer]:
    """Listening on a free port of loopback, over TLS with this context if there is one."""
    server = RawServer()
    listening = await asyncio.start_server(server.serve, host, 0, ssl=context)
    port = listening.sockets[0].getsockname()[1]
    server.base = f"http{'s' if context else ''}://{host}:{port}"
    try:
        yield server
    finally:
        listening.close()
        for task in server.serving:
            task.cancel()
        await asyncio.gather(*server.serving, return_exceptions=True)
