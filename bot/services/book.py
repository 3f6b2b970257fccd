"""The book of delivery: what Telegram made of alerts, written down in few transactions.

A verdict leaves the book only after its commit: should the database fail, the next call writes it
before anything is claimed, and nothing that was said is said again. What the database will never
take is buried: one bad message stops no other.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Self

from bot.domain.errors import LeaseLost, StorageTrouble
from bot.domain.ports import Storage
from bot.domain.settling import FAULT, Bury, Settle
from bot.services.verdicts import Verdict, receipts_of, write_alert, write_chat

logger = logging.getLogger(__name__)

PASSING = (StorageTrouble, OSError)
"""What is over by itself: then all of it is written later."""


Owing = Callable[[int], None]
"""Hears how many messages Telegram has taken that are not written down: a kill doubles them."""


def nobody(_messages: int) -> None:
    """Nobody wants to know."""


class Book:
    """Verdicts that are not written yet. One a deliverer."""

    def __init__(self, storage: Storage, owing: Owing = nobody) -> None:
        self._storage = storage
        self._owing = owing
        self._unwritten: list[Verdict] = []
        self._writing = asyncio.Lock()
        self.unsayable: set[int] = set()  # alerts of which nothing can be written, not even that

    async def enter(self, verdict: Verdict) -> None:
        """Write a verdict down; raises what of `PASSING` happens: it is written later."""
        self._unwritten.append(verdict)
        self._tell()
        await self.write_down(verdict)

    async def write_down(self, verdict: Verdict | None = None) -> None:
        """Write all verdicts that wait, in one transaction where no lease was lost.

        Sends that end while another transaction runs share the next one.
        """
        async with self._writing:
            if verdict is not None and verdict not in self._unwritten:
                return  # whoever wrote before us took it along
            batch = tuple(self._unwritten)
            if not batch:
                return
            if await _attempt(self._write(batch)) is not None:
                await self._write_each(batch)
            self._unwritten = self._unwritten[len(batch) :]
            self._tell()

    def _tell(self) -> None:
        self._owing(sum(isinstance(one.decision, Settle) for one in self._unwritten))

    async def _write_each(self, batch: Sequence[Verdict]) -> None:
        for verdict in batch:
            failure = await _attempt(self._write((verdict,)))
            if isinstance(failure, LeaseLost):
                logger.warning("a lane's lease was lost while sending; it is another's to go on")
                failure = await _attempt(self._settle_lost(verdict))
            if failure is not None:
                await self._bury(verdict, failure)

    async def _bury(self, verdict: Verdict, failure: Exception) -> None:
        """So that nothing is said a second time, and the chat's next alert has its turn."""
        logger.error("what became of an alert cannot be written down", exc_info=failure)
        buried = replace(verdict, decision=Bury(FAULT))
        if verdict.alert is not None and await _attempt(self._write((buried,))) is not None:
            self.unsayable |= {one.id for one in (verdict.alert, *verdict.rest)}

    async def _settle_lost(self, verdict: Verdict) -> None:
        async with self._storage.write() as tx:
            await tx.alerts.settle_lost(receipts_of(verdict))

    async def _write(self, batch: Sequence[Verdict]) -> None:
        """One transaction, in which the number of statements does not depend on the good news.

        What changes alerts comes before the release, which looks for what is left; what changes
        chats comes after it, because then their lanes are no longer ours to hand back.

        Raises:
            LeaseLost: another worker holds one of the lanes; all of it was rolled back.
        """
        async with self._storage.write() as tx:
            await tx.alerts.settle([one for verdict in batch for one in receipts_of(verdict)])
            for verdict in batch:
                await write_alert(tx, verdict)
            dues = {verdict.lane: verdict.due for verdict in batch}
            if not await tx.alerts.release_lanes(dues):
                raise LeaseLost("another worker took a lane over")
            for verdict in batch:
                await write_chat(tx, verdict)


class _Attempt:
    """Keeps the failure of what stands under it, save what of `PASSING` happens or ends us."""

    failure: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, failure: BaseException | None, _trace: object) -> bool:
        if isinstance(failure, Exception) and not isinstance(failure, PASSING):
            self.failure = failure
        return self.failure is not None


async def _attempt(writing: Awaitable[None]) -> Exception | None:
    """None: it is written."""
    with _Attempt() as attempt:
        await writing
    return attempt.failure
