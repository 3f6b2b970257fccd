"""What a poll leaves in the database beside its news: the source's row, its host, its owner."""

import logging
from datetime import datetime, timedelta

from bot.domain.errors import FeedError, FetchError, LeaseLost
from bot.domain.model import Polled, Source
from bot.domain.outage import Look, Reach, reached
from bot.domain.polling import (
    address_after,
    after_failure,
    after_outage,
    host_of,
    worth_telling,
)
from bot.domain.ports import Tx
from bot.services.hosts import Hosts

log = logging.getLogger(__name__)


class Aftermath:
    """Writes outcomes, and remembers which hosts could be reached, to tell an outage of ours."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._reach = Reach()

    async def settle(self, tx: Tx, source: Source, polled: Polled) -> None:
        """Hand the source back with what was found out; tell who added it, if anything.

        Raises:
            LeaseLost: somebody else claimed it since; roll back.
        """
        if not await tx.sources.release(source, polled):
            raise LeaseLost(source.url)
        kind = worth_telling(source, polled)
        target = address_after(source, polled)
        if target is not None and await tx.sources.move(source, target):
            log.info("source %s has moved for good", source.id)
            kind = "moved"
        if kind is not None and source.owner is not None:
            values = {"title": source.title, "code": polled.error or "", "address": target or ""}
            await tx.notices.queue(source.owner, kind, values, polled.checked)

    async def failed(
        self,
        tx: Tx,
        source: Source,
        error: FetchError | FeedError,
        now: datetime,
        interval: float,
    ) -> None:
        """Hand back a source that failed: decided within the transaction that writes it.

        Raises:
            LeaseLost: somebody else claimed it since; roll back.
        """
        knew = self._reach.cut_off()
        self.saw(source, error, now)
        if reached(error) or not self._reach.cut_off():
            await self.settle(tx, source, after_failure(source, error, now, interval))
            return
        await self.settle(tx, source, after_outage(source, now, interval))
        if not knew:
            log.warning("most hosts cannot be reached: an outage on our side, no source's fault")
            await tx.sources.forgive(self._reach.blamed())

    async def hold(self, tx: Tx, host: str, until: datetime, step: float) -> None:
        """A Retry-After is the host's word, not one feed's: all that is there waits."""
        self._hosts.hold(host, until)
        waiting = await tx.sources.hold_host(host, until, step)
        self._hosts.given(host, until + timedelta(seconds=waiting * step))

    def saw(self, source: Source, error: FetchError | FeedError | None, now: datetime) -> None:
        """Remember whether the host of this source could be reached; None: all went well."""
        look = Look(source.id, now, reached(error), not source.failures, source.failures)
        self._reach.saw(host_of(source.url), look)
