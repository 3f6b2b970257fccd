"""Subscribing to feeds at their hubs, so that news comes when it is published.

The poll that finds a hub writes down that it is wanted; the tick asks; the hub comes back to the
callback to confirm, and later to push. Polling goes on beside it as the net.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterable, Mapping
from urllib.parse import urlsplit

from bot.domain.errors import FetchError
from bot.domain.model import Source
from bot.domain.ports import Clock, Poster, Storage, Tx
from bot.domain.pushing import (
    MOST_BYTES,
    SPARE,
    Answer,
    Hub,
    Push,
    Signature,
    asked_again,
    confirmed,
    granted,
    request_form,
)

log = logging.getLogger(__name__)

LEASE = 60.0
"""Seconds a claimed request is ours: twice the fetcher's."""

AT_ONCE = 20
PATH = "/websub"


class Pushes:
    """`base` is this server's public address; None: nobody could call, so nobody is asked."""

    def __init__(self, storage: Storage, poster: Poster, clock: Clock, base: str | None) -> None:
        self._storage = storage
        self._poster = poster
        self._clock = clock
        self._base = base

    async def heard(self, tx: Tx, source: Source, hub: Hub | None) -> None:
        """A poll has read which hub tells of this source, if any.

        A feed behind a password is not told of to others.
        """
        if self._base is None:
            return
        if hub is None or "@" in urlsplit(source.url).netloc:
            await tx.pushes.drop(source.id)
            return
        path, secret = secrets.token_hex(16), secrets.token_hex(32)
        await tx.pushes.want(source.id, hub, path, secret, self._clock())

    async def tick(self) -> int:
        """Ask the hubs whose turn it is; returns how many."""
        if self._base is None:
            return 0
        async with self._storage.write() as tx:
            due = await tx.pushes.claim(self._clock(), AT_ONCE, LEASE)
        await asyncio.gather(*(self._ask(push) for push in due))
        return len(due)

    async def confirm(self, path: str, said: Mapping[str, str]) -> str | None:
        """What to answer a hub that asks whether we want this; None: we do not."""
        now = self._clock()
        async with self._storage.write() as tx:
            push = await tx.pushes.at(path)
            lease = granted(push, said) if push else None
            if push is None or lease is None:
                return None
            there, due = confirmed(push, lease, now)
            await tx.pushes.confirm(there, due)
        return said["hub.challenge"]

    async def received(self, path: str, header: str, body: AsyncIterable[bytes]) -> Answer:
        """A push: if it is signed well, the source is polled; what it brings is thrown away."""
        async with self._storage.read() as tx:
            push = await tx.pushes.at(path)
        if push is None:
            return "unknown"
        signature, size = Signature(push, header), 0
        async for part in body:
            size += len(part)
            if size > MOST_BYTES:
                return "too-large"
            signature.update(part)
        if not signature:
            log.warning("a push for source %s was not signed by its hub", push.source)
            return "ignored"
        async with self._storage.write() as tx:
            rung = await tx.pushes.ring(push, signature.method, self._clock(), SPARE)
        return "taken" if rung else "ignored"

    async def _ask(self, push: Push) -> None:
        try:
            status = await self._poster.post(
                push.hub.url, request_form(push, f"{self._base}{PATH}/{push.path}")
            )
        except FetchError as error:
            log.info("the hub of source %s: %s (%s)", push.source, error.message, error.code)
        else:
            log.info("the hub of source %s answered %s", push.source, status)
        there, due = asked_again(push, self._clock())
        async with self._storage.write() as tx:
            await tx.pushes.asked(there, due)
