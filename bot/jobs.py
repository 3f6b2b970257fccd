"""Four ticks. They hold no schedule and no logic: what is due is a question to the database."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.domain.errors import StorageTrouble

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tick:
    """Something to do every `seconds`."""

    name: str
    seconds: float
    run: Callable[[], Awaitable[object]]


@asynccontextmanager
async def ticking(ticks: tuple[Tick, ...]) -> AsyncIterator[None]:
    """Run the ticks while the context is open, never two of one kind at once.

    A missed tick costs nothing: rows stay due. APScheduler's own default would drop a run that is
    1 s late (agronholm/apscheduler#296), hence no grace time.
    """
    scheduler = AsyncIOScheduler(timezone=UTC)
    for tick in ticks:
        scheduler.add_job(
            supervised(tick),
            IntervalTrigger(seconds=tick.seconds, timezone=UTC),
            id=tick.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


async def together(*work: Coroutine[Any, Any, None]) -> None:
    """Run side by side until one fails; whatever ends it, the others are waited for.

    `asyncio.gather` would be over as soon as the first is cancelled, and leave the others alone
    with what they have to write down.
    """
    tasks = [asyncio.create_task(one) for one in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def supervised(tick: Tick) -> Callable[[], Awaitable[None]]:
    """A tick that fails is logged and comes again: one of the three supervisors."""

    async def run() -> None:
        try:
            await tick.run()
        except StorageTrouble as trouble:  # it lasts: no need to say where each time
            log.warning("tick %s: %s", tick.name, trouble)
        except Exception:
            log.exception("tick %s failed; it comes again", tick.name)

    return run
