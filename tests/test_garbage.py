"""Nobody waits for Python's garbage collector."""

import gc
from collections import deque
from collections.abc import Iterator

import pytest

from bot.garbage import quieten


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """The collector as it was."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def full_collections() -> int:
    return int(gc.get_stats()[2]["collections"])


def test_few_full_collections_come_by_themselves_while_caches_fill() -> None:
    quieten()
    before = full_collections()
    kept = [[number] for number in range(300_000)]  # four of them, usually
    assert (full_collections() - before, len(kept)) == (0, 300_000)


def test_old_cycles_are_collected_before_they_take_the_memory() -> None:
    quieten()
    before, lately = full_collections(), deque[list[object]](maxlen=50_000)
    for _ in range(600_000):
        endless: list[object] = []
        endless.append(endless)
        lately.append(endless)  # until it is old
    assert full_collections() - before == 1
