"""F1 to F7 in numbers: the real program killed at random moments, again and again (`make soak`).

SOAK_KILLS sets how often on SQLite (a tenth of that on PostgreSQL, where each costs a lease),
SOAK_SEED what is random. Nothing may be lost; what was in flight may come twice.
"""

import asyncio
import os
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from bot.parts import LEASE
from tests.databases import postgres_url, sqlite_url
from tests.e2e.crowd import Ledger, gather
from tests.e2e.rig import Rig, open_rig

KILLS = int(os.environ.get("SOAK_KILLS", "200"))
SEED = int(os.environ.get("SOAK_SEED", "1"))
PEOPLE = 12
IN_FLIGHT = 1
"""Messages accepted and not yet written down: fewer wait than `bot.sending.flight.CROWD`."""

SYLLABLES = ("ba", "do", "ki", "lu", "mer", "nis", "pol", "ran", "sto", "tev", "vak", "zem")

pytestmark = [pytest.mark.soak, pytest.mark.timeout(6 * 3_600)]


class Newsroom:
    """For each round a word of its own, people who wait for it, and a story unlike all others."""

    def __init__(self, rig: Rig, rounds: int) -> None:
        self.rig = rig
        self.ledger = Ledger(rig.world)
        self.random = Random(SEED)  # noqa: S311 - moments of kills, no secrets
        self.rounds = rounds
        self.people: list[list[int]] = []

    def word(self, number: int) -> str:
        return "".join(SYLLABLES[(number // 12**place) % 12] for place in range(4))

    async def open(self) -> None:
        for number in range(self.rounds):
            crowd = await gather(self.rig, self.word(number), PEOPLE, 10_000 + number * PEOPLE)
            self.people.append(crowd)
        self.rig.settings["NEWS_LANGUAGES"] = "all"  # these words are of none
        await self.rig.start()
        await self.rig.publisher.polled("daily", 2)

    def publish(self, number: int) -> None:
        words = [self.word(self.random.randrange(12**4)) for _ in range(24)]
        title = f"{self.word(number).title()} {' '.join(words[:6])}"
        link = self.rig.publisher.publish("daily", title, f"{' '.join(words[6:])}.")
        self.rig.publisher.items["daily"] = self.rig.publisher.items["daily"][:30]
        self.ledger.expect(self.people[number], link)

    async def killed(self, number: int) -> int:
        """One round; returns how many messages came twice."""
        before = len(self.ledger.doubled())
        self.publish(number)
        await asyncio.sleep(self.random.uniform(0, 2.0))
        await self.rig.kill()
        await self.rig.start(120)
        await self.ledger.complete(LEASE * 3)
        return len(self.ledger.doubled()) - before


async def rounds(folder: Path, url: str, count: int) -> Counter[int]:
    async with open_rig(folder, url, ("daily",)) as rig:
        newsroom = Newsroom(rig, count)
        await newsroom.open()
        doubles = Counter([await newsroom.killed(number) for number in range(count)])
        print(f"\n{count} kills, {len(newsroom.ledger.due)} alerts, lost 0; kills by doubles:")
        print("  " + ", ".join(f"{key}: {value}" for key, value in sorted(doubles.items())))
        assert newsroom.ledger.lost() == set()
        return doubles


async def test_f6_on_sqlite_killed_at_random_moments(tmp_path: Path) -> None:
    doubles = await rounds(tmp_path, sqlite_url(tmp_path), KILLS)
    assert max(doubles) <= IN_FLIGHT


async def test_f6_on_postgresql_killed_at_random_moments(tmp_path: Path) -> None:
    doubles = await rounds(tmp_path, postgres_url(), max(KILLS // 10, 1))
    assert max(doubles) <= IN_FLIGHT


async def test_f7_ended_under_load_it_is_gone_within_ten_seconds(tmp_path: Path) -> None:
    async with open_rig(tmp_path, sqlite_url(tmp_path), ("daily",)) as rig:
        newsroom = Newsroom(rig, max(KILLS // 4, 1))
        await newsroom.open()
        loop = asyncio.get_running_loop()
        longest = 0.0
        for number in range(newsroom.rounds):
            newsroom.publish(number)
            await asyncio.sleep(newsroom.random.uniform(0, 1.5))
            asked = loop.time()
            assert await rig.stop() == 0
            longest = max(longest, loop.time() - asked)
            await rig.start(120)
            await newsroom.ledger.complete(LEASE)
        print(f"\n{newsroom.rounds} ends by SIGTERM, the longest {longest:.1f} s")
        assert (newsroom.ledger.doubled(), longest <= 10) == ([], True)
