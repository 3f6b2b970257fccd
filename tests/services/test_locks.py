"""F19: somebody else holds SQLite's write lock for longer than we wait for it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import StorageTrouble
from bot.domain.incidents import QUIET, Incident
from bot.domain.message import Message
from bot.playground.faults import Failure, Fault
from bot.rendering.notices import render_incident
from bot.rendering.sentences import Sentences
from bot.services.alarm import Alarm
from tests.services.newsstand import ADA, OPERATOR, Newsstand, item, open_newsstand

PATIENCE = 0.1
FAILS, AGAIN = "My database fails", "My database works again"


@dataclass
class Scene:
    """A newsstand whose database somebody may lock, and the alarm of its operator."""

    stand: Newsstand
    alarm: Alarm
    file: Path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Another connection holds the lock."""
        other = sqlite3.connect(self.file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("COMMIT")
            other.close()

    async def fail(self) -> None:
        """Delivery waits for the lock in vain; the alarm looks."""
        with pytest.raises(StorageTrouble):
            await self.stand.deliverer.run_once(self.stand.clock())
        await self.alarm.tick()

    async def recover(self) -> list[str]:
        """What Ada is told within the hour; then the alarm looks again."""
        said = await self.stand.said(timedelta(hours=1))
        self.stand.clock.advance(QUIET.total_seconds())
        await self.alarm.tick()
        return said

    def notices(self) -> list[str]:
        """What the operator reads, in short; whatever else it is stays long."""
        told = [
            text for text in self.stand.told(OPERATOR) if "somebody else holds its lock" in text
        ]
        short = [next((part for part in (FAILS, AGAIN) if part in one), one) for one in told]
        return short + [one for one in self.stand.told(OPERATOR) if one not in told]


@pytest.fixture
async def scene(tmp_path: Path, sentences: Sentences) -> AsyncIterator[Scene]:
    def tell(incident: Incident, over: bool) -> Message:
        return render_incident(incident, sentences, over=over)

    async with open_newsstand(tmp_path, sentences, PATIENCE) as stand:
        await stand.poll(item(99))
        alarm = Alarm(stand.watch, stand.sender, (OPERATOR.chat,), tell, stand.clock)
        yield Scene(stand, alarm, tmp_path / "newsbell.db")


async def test_f19_news_that_comes_while_somebody_holds_the_lock_is_told_once_and_the_trouble_too(
    scene: Scene,
) -> None:
    stand = scene.stand
    source = await stand.claim()
    stand.page.items = [item(1), item(99)]
    with scene.locked():
        with pytest.raises(StorageTrouble):
            await stand.poller.poll(source)
        for _ in range(3):
            await scene.fail()
        during = scene.notices()
    said = await stand.poll(item(1), item(99))
    assert ([text.count("No. 1:") for text in said], during) == ([1], [FAILS])
    assert (await scene.recover(), scene.notices()) == ([], [AGAIN])


async def test_f19_an_alert_that_is_answered_while_somebody_holds_the_lock_is_not_said_again(
    scene: Scene,
) -> None:
    stand = scene.stand
    stand.page.items = [item(1), item(2), item(99)]
    await stand.poller.poll(await stand.claim())
    first = Fault("sendMessage", Failure.DELAY, chat=ADA.chat)
    stand.world.faults = [first]
    sending = asyncio.create_task(stand.deliverer.run_once(stand.clock()))
    await first.reached.wait()
    with scene.locked():
        first.released.set()
        with pytest.raises(StorageTrouble):
            await sending
        for _ in range(3):
            await scene.fail()
        during = (len(stand.told(ADA)), scene.notices())
    said = await scene.recover()
    told = sorted(text[text.index("No.") :][:5] for text in stand.told(ADA))
    assert (during, told, len(said)) == ((1, [FAILS]), ["No. 1", "No. 2"], 1)
    assert scene.notices() == [AGAIN]
