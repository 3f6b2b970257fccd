"""What runs side by side ends together, and nothing is left with its work half done."""

import asyncio

import pytest

from bot.jobs import together


class Worker:
    """Takes a while to put its things in order when it is told to end."""

    def __init__(self) -> None:
        self.tidy = False

    async def work(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(20):
                await asyncio.sleep(0)
            self.tidy = True


async def forever() -> None:
    await asyncio.Event().wait()


async def test_when_all_of_it_is_cancelled_the_slowest_is_waited_for() -> None:
    worker = Worker()
    running = asyncio.create_task(together(forever(), worker.work()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert worker.tidy


async def test_when_one_fails_the_other_is_ended_and_waited_for() -> None:
    worker = Worker()

    async def fail() -> None:
        await asyncio.sleep(0)
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        await together(fail(), worker.work())
    assert worker.tidy
