"""How long fifty writers wait for SQLite, half of them in another process (reliability D1).

Each writes as soon as it has written: they always wait for one another.
"""

import asyncio
import json
import sys
from pathlib import Path
from time import perf_counter

import pytest

from bot.domain.model import ChatKind
from storage.engine import open_storage
from tests.databases import sqlite_url

WRITERS = 50
SECONDS = 10.0
PROMISED = 500.0
"""Milliseconds within which 99 of 100 are written."""


async def write(url: str, chats: range) -> list[float]:
    """Milliseconds of every write."""
    took: list[float] = []
    async with open_storage(url) as database:
        end = perf_counter() + SECONDS

        async def writer(chat: int) -> None:
            while (began := perf_counter()) < end:
                async with database.write() as tx:
                    await tx.chats.ensure(chat, ChatKind.PRIVATE, f"{began}", "en")
                took.append((perf_counter() - began) * 1_000)

        await asyncio.gather(*map(writer, chats))
    return took


def quantile(values: list[float], part: float) -> float:
    return sorted(values)[int(len(values) * part)]


@pytest.mark.bench
@pytest.mark.parametrize("processes", [1, 2])
async def test_fifty_writers(tmp_path: Path, processes: int) -> None:
    url, each = sqlite_url(tmp_path), WRITERS // processes
    others = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.bench.bench_writers", url, str(number * each), str(each)),
            stdout=asyncio.subprocess.PIPE,
        )
        for number in range(1, processes)
    ]
    took = await write(url, range(1, each + 1))
    for other in others:
        told, _ = await other.communicate()
        took += json.loads(told)
    p50, p99 = quantile(took, 0.5), quantile(took, 0.99)
    print(
        f"\n{WRITERS} writers in {processes} processes: {len(took) / SECONDS:.0f} writes a second,"
        f" p50 {p50:.0f}, p99 {p99:.0f} (target {PROMISED:.0f}), at most {max(took):.0f} ms"
    )


if __name__ == "__main__":
    first, count = int(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(asyncio.run(write(sys.argv[1], range(first + 1, first + count + 1)))))
