"""When Python's garbage collector looks at everything: seldom, and never at what stays for ever.

What is kept (words that were read, stories, names) are hundreds of thousands of objects. A full
collection goes through all of them, everybody else waiting, and by itself comes whenever a quarter
more are kept: eleven times in the first thirty seconds under load, for 15 to 124 ms each (measured
with 20 polls a second). Nearly all that we let go of is freed by reference counts, and the rest
mostly while it is young: that goes on as ever.
"""

import gc

SELDOM = 50
"""Collections of the middle generation between two full ones, five times as many as usual: 390,000
objects more than were let go of, some 40 MB."""


def quieten() -> None:
    """At the start: modules stay for ever, and full collections are rarer."""
    gc.freeze()  # a full collection would look at the modules alone for 75 ms
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, SELDOM)
