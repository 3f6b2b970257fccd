"""Bytes to feeds, in processes that can be killed."""

import asyncio
import os
import pickle
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from bot.domain.errors import FeedError, PortableError
from bot.domain.faults import Fault
from bot.domain.model import Feed
from bot.domain.pages import Page
from bot.domain.portable import Item, Listed
from bot.domain.robots import NOTHING, Robots
from bot.domain.secrets import without_user
from bot.sources.wire import LENGTH, Done, Job

CPU = 5
"""Seconds of CPU a document may take (reliability P3); the kernel counts them."""

SECONDS = 8.0
"""Seconds by the clock after which it is let go all the same: one that waits costs no CPU. With
the fetch's 30 it stays within a poll's lease."""

QUICK = 1.0
"""Seconds a document has in the lane of all: ordinary feeds take 17 to 84 ms (performance.md 2.1),
honest ones of 10 MB up to 2 s (measured)."""

STARTING = 30.0
"""Seconds a worker may take to be ready: half a second is usual, a busy machine takes some."""

DYING = 2.0
"""Seconds from a worker's broken pipe to its end, at most."""

RECYCLED_AFTER = 500
"""Documents a worker reads before it is replaced: feedparser and the allocator keep memory."""


class FeedWorkers:
    """`ports.FeedParser` and `PageParser`: a few processes; use it as an async context manager.

    A document that takes longer than `quick` seconds begins anew in a lane of its own, where it
    has `cpu` of them, or `seconds` by the clock, and waits for its like only: a tenth of hostile
    feeds does not hold up the rest.
    """

    def __init__(
        self,
        count: int = 2,
        seconds: float = SECONDS,
        quick: float = QUICK,
        documents: int = RECYCLED_AFTER,
        cpu: int = CPU,
    ) -> None:
        self._quick = _Lane(count, min(quick, seconds), documents, cpu)
        self._slow = _Lane(1, seconds, documents, cpu)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await asyncio.gather(self._quick.close(), self._slow.close())

    async def parse(self, body: bytes, content_type: str | None, url: str) -> Feed:
        """See `ports.FeedParser`. Relative links get no password from the feed's address."""
        base = without_user(url)
        try:
            found = await self._ask(("feed", body, content_type, base))
        except (OSError, asyncio.IncompleteReadError) as error:
            raise FeedError("parse-memory", "reading it takes too much memory") from error
        if found is None:
            raise FeedError("parse-timeout", "reading it takes too long")
        if isinstance(found, Feed):
            return found
        if isinstance(found, tuple):
            raise FeedError(*found)
        raise FeedError("not-a-feed", "it was read as something else")  # cannot be

    async def page(self, body: bytes, content_type: str | None, url: str) -> Page:
        """See `ports.PageParser`."""
        found = await self._patiently(("page", body, content_type, url))
        return found if isinstance(found, Page) else Page()

    async def robots(self, body: bytes, content_type: str | None, agent: str) -> Robots:
        """See `ports.PageParser`."""
        found = await self._patiently(("robots", body, content_type, agent))
        return found if isinstance(found, Robots) else NOTHING

    async def read_list(self, data: bytes) -> tuple[Item, ...]:
        """What a file that somebody sent adds; read apart from the feeds, as it may be hostile.

        Raises:
            PortableError: it cannot be read; the sentence says where and why.
        """
        try:
            found = await self._slow.ask(("list", data, None, ""))
        except (OSError, asyncio.IncompleteReadError) as error:
            raise PortableError(Fault.FILE_TOO_HEAVY) from error
        if not isinstance(found, Listed):
            raise PortableError(Fault.FILE_TOO_SLOW)
        if found.fault is not None:
            raise PortableError(found.fault.fault, **found.fault.values)
        return found.items

    async def _ask(self, job: Job) -> Done | None:
        """In the lane of all, then in the one of the slow; None: not even there.

        Raises:
            OSError, IncompleteReadError: the worker died of it.
        """
        found = await self._quick.ask(job)
        return await self._slow.ask(job) if found is None else found

    async def _patiently(self, job: Job) -> Done | None:
        """The same for what is nice to have."""
        try:
            return await self._ask(job)
        except (OSError, asyncio.IncompleteReadError):
            return None


class _Lane:
    """Workers that take one document after the other."""

    def __init__(self, count: int, seconds: float, documents: int, cpu: int) -> None:
        self._seconds = seconds
        self._workers = [_Worker(documents, cpu) for _ in range(count)]
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        for worker in self._workers:
            self._idle.put_nowait(worker)

    async def ask(self, job: Job) -> Done | None:
        """What a worker made of it; None: not within the time, and the worker had to die.

        Raises:
            OSError, IncompleteReadError: the worker died of it.
        """
        worker = await self._idle.get()
        try:
            async with asyncio.timeout(STARTING):
                await worker.ready()
            async with asyncio.timeout(self._seconds):
                return await worker.ask(job)
        except TimeoutError:
            await worker.kill()
            return None
        except (OSError, asyncio.IncompleteReadError):
            if await worker.ended() == -signal.SIGXCPU:
                return None
            raise
        except asyncio.CancelledError:
            await worker.kill()
            raise
        finally:
            self._idle.put_nowait(worker)

    async def close(self) -> None:
        await asyncio.gather(*(worker.kill() for worker in self._workers))


class _Worker:
    """One process, started when it is first needed."""

    def __init__(self, documents: int, cpu: int) -> None:
        self._documents = documents
        self._cpu = cpu
        self._process: Process | None = None
        self._read = 0

    async def ready(self) -> None:
        """Start the process, or a new one after many documents, and wait until it listens."""
        if self._process is not None and self._read < self._documents:
            return
        await self.kill()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot.sources.feed_worker", str(self._cpu)),
            stdin=PIPE,
            stdout=PIPE,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # each maps 40 MB, and none is needed
        )
        self._read = 0
        await _answer(self._process)

    async def ask(self, job: Job) -> Done:
        if self._process is None or self._process.stdin is None:  # cannot be: it is ready
            raise OSError("the worker has no pipe")
        self._read += 1
        sent = pickle.dumps(job)
        self._process.stdin.write(LENGTH.pack(len(sent)) + sent)
        await self._process.stdin.drain()
        found: Done = await _answer(self._process)
        return found

    async def ended(self) -> int | None:
        """How it ended by itself, now that its pipe is broken; None: it had to be ended.

        It is waited for without a signal: to send one, `subprocess` asks for the status first,
        and takes it from asyncio, which then reports 255.
        """
        status = None
        with suppress(TimeoutError):
            async with asyncio.timeout(DYING):
                status = await self._process.wait() if self._process is not None else None
        await self.kill()
        return status

    async def kill(self) -> None:
        """End it, if it has not ended by itself."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _answer(process: Process) -> Any:
    """What the worker says next: that it is ready, or what it made of a job."""
    if process.stdout is None:  # cannot be: it is a pipe
        raise OSError("the worker has no pipe")
    (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
    answer = await process.stdout.readexactly(length)
    return pickle.loads(answer)  # noqa: S301 - from our own worker
