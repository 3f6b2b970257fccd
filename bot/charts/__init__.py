"""Pictures, drawn in a process of their own: matplotlib takes 100 MB and half a second."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import ChartError

SECONDS = 20.0
"""For one picture: a second is usual, a busy machine takes some."""


@dataclass(frozen=True, slots=True)
class Line:
    """A numbered row of the chart: what it is called, and its counts from old to new."""

    label: str
    counts: tuple[int, ...]


async def draw(title: str, lines: Sequence[Line]) -> bytes:
    """A PNG, 800 pixels wide: one row a line, numbered from 1.

    Raises:
        ChartError: it took too long, or could not be drawn.
    """
    job = {"title": title, "lines": [[one.label, one.counts] for one in lines]}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.charts.draw", stdin=PIPE, stdout=PIPE, stderr=DEVNULL
    )
    try:
        async with asyncio.timeout(SECONDS):
            picture, _ = await process.communicate(json.dumps(job).encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        raise ChartError("the picture took too long") from None
    if process.returncode or not picture:
        raise ChartError("the picture could not be drawn")
    return picture
