"""When Python's garbage collector looks at everything: once a day, not whenever it likes.

What is kept (words that were read, stories, names) are hundreds of thousands of objects. A full
collection goes through all of them, everybody else waiting, and by itself comes whenever a quarter
more are kept: eleven times in the first thirty seconds under load, for 15 to 124 ms each (measured
by tests/bench/bench_alerting.py's run of 20 polls a second). Nearly all that we let go of is freed
by reference counts, and the rest mostly while it is young: that goes on as ever.
"""

import gc

EVERY = 86_400.0
"""Seconds between two full collections."""

_NEVER = 1_000_000
"""So many collections of the middle generation come first: about none by itself."""


def quieten() -> None:
    """At the start: modules stay for ever, and what gets old waits for `collect`."""
    gc.freeze()  # a full collection would look at the modules alone for 75 ms
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, _NEVER)


async def collect() -> None:
    """One full collection; what it leaves is not looked at again.

    Of that, what is under way just now and ends in a cycle is never freed: some kilobytes a day.
    """
    gc.collect()
    gc.freeze()
