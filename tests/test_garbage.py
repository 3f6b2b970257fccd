"""Nobody waits for Python's garbage collector."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from bot.garbage import EVERY, collect, quieten


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """The collector as it was."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def full_collections() -> int:
    return int(gc.get_stats()[2]["collections"])


def test_no_full_collection_comes_by_itself_while_caches_fill() -> None:
    quieten()
    before = full_collections()
    kept = [[number] for number in range(400_000)]  # five of them, usually
    assert (full_collections() - before, len(kept)) == (0, 400_000)


async def test_once_a_day_all_is_collected_and_what_is_left_is_not_looked_at_again() -> None:
    class Cycle:
        def __init__(self) -> None:
            self.itself = self

    found = Cycle()
    left = weakref.ref(found)
    del found
    await collect()
    looked_at = len(gc.get_objects())
    assert (left(), looked_at < 1_000, EVERY) == (None, True, 86_400)
