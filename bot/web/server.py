"""The web server, in the same process and loop as the bot."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette

from bot.domain.errors import PortInUse


@asynccontextmanager
async def serve(pages: Starlette, host: str, port: int) -> AsyncIterator[int]:
    """Serve `pages` while the context is open; gives the port (a free one for 0).

    Signals stay the program's. Streams that are open at the end are cut after a second.

    Raises:
        PortInUse: somebody else listens there.
    """
    listening = _listen(host, port)
    config = uvicorn.Config(
        pages, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not (server.started or task.done()):  # noqa: ASYNC110 - uvicorn has no event
            await asyncio.sleep(0.01)
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        with _quiet():
            await task
        listening.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Uvicorn reports every stream it cuts at the end as an error with a traceback; it is none."""

    def is_news(record: logging.LogRecord) -> bool:
        cut = record.exc_info is not None and record.exc_info[0] is asyncio.CancelledError
        return not (cut or record.getMessage().startswith("Cancel "))

    logger = logging.getLogger("uvicorn.error")
    logger.addFilter(is_news)
    try:
        yield
    finally:
        logger.removeFilter(is_news)


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the program."""
        yield


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise PortInUse(
            f"WEB_PORT: {host}:{port} cannot be used: {error.strerror}. "
            "Set WEB_PORT to a free port, or stop the program that has it."
        ) from error
    listening.setblocking(False)  # noqa: FBT003 - socket's own signature
    return listening
