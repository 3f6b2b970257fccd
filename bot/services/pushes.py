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
from bot.domain.polling import host_of
from bot.domain.ports import Clock, Poster, Storage, Tx
from bot.domain.pushing import (
    MOST_BYTES,
    Answer,
    Farewell,
    Hub,
    Push,
    Signature,
    asked_again,
    confirmed,
    farewell_form,
    granted,
    is_ended,
    is_path,
    left_again,
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
            await tx.pushes.drop(source.id, self._clock())
            return
        path, secret = secrets.token_hex(16), secrets.token_hex(32)
        await tx.pushes.want(source.id, hub, path, secret, self._clock())

    async def tick(self) -> int:
        """Ask the hubs whose turn it is, also to end what is polled no more; returns how many."""
        if self._base is None:
            return 0
        now = self._clock()
        async with self._storage.write() as tx:
            await tx.pushes.part(now)
            due = await tx.pushes.claim(now, AT_ONCE, LEASE)
            over = await tx.pushes.leave(now, AT_ONCE, LEASE)
        await asyncio.gather(*map(self._ask, due), *map(self._leave, over))
        return len(due) + len(over)

    async def confirm(self, path: str, said: Mapping[str, str]) -> str | None:
        """What to answer a hub that asks whether we want this; None: we do not."""
        now = self._clock()
        async with self._storage.write() as tx:
            push = await _at(tx, path)
            lease = granted(push, said) if push else None
            if push is None:
                return await self._let_go(tx, path, said)
            if lease is None:
                return None
            there, due = confirmed(push, lease, now)
            await tx.pushes.confirm(there, due)
        return said["hub.challenge"]

    async def _let_go(self, tx: Tx, path: str, said: Mapping[str, str]) -> str | None:
        """What to answer a hub that asks whether we want it to end."""
        one = await tx.pushes.farewell(path) if is_path(path) else None
        if one is None or not is_ended(one, said):
            return None
        await tx.pushes.left(one, None)
        return said["hub.challenge"]

    async def received(self, path: str, header: str, body: AsyncIterable[bytes]) -> Answer:
        """A push: if it is signed well, the source is polled; what it brings is thrown away."""
        async with self._storage.read() as tx:
            push = await _at(tx, path)
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
            rung = await tx.pushes.ring(push, signature.method, self._clock())
        return "taken" if rung else "ignored"

    async def _ask(self, push: Push) -> None:
        await self._post(push.hub, request_form(push, f"{self._base}{PATH}/{push.path}"))
        there, due = asked_again(push, self._clock())
        async with self._storage.write() as tx:
            await tx.pushes.asked(there, due)

    async def _leave(self, one: Farewell) -> None:
        await self._post(one.hub, farewell_form(one, f"{self._base}{PATH}/{one.path}"))
        async with self._storage.write() as tx:
            await tx.pushes.left(one, left_again(one, self._clock()))

    async def _post(self, hub: Hub, form: Mapping[str, str]) -> None:
        """Whatever it answers at once: what counts is that it comes back."""
        name, what = host_of(hub.url), form["hub.mode"]
        try:
            status = await self._poster.post(hub.url, form)
        except FetchError as error:
            log.info("the hub %s (%s): %s (%s)", name, what, error.message, error.code)
        else:
            log.info("the hub %s (%s) answered %s", name, what, status)


async def _at(tx: Tx, path: str) -> Push | None:
    return await tx.pushes.at(path) if is_path(path) else None
