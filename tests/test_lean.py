"""What the main process never loads: it lives in short-lived processes and feed workers.

And what it keeps: the whole program at rest is measured by `make bench`, target 120 MB.
"""

import subprocess
import sys

from alembic.script import ScriptDirectory

from bot.parts import open_locales
from storage.migrate import config
from storage.revision import newest

HEAVY = (
    "matplotlib", "numpy", "py3langid", "feedparser", "alembic", "babel", "rich", "PIL", "psycopg",
)  # fmt: skip
"""numpy and its like take 30 to 130 MB each; feedparser can hold the GIL for seconds; httpx loads
rich for a command line of its own."""

ASKED = """
import sys
from bot.__main__ import UNUSED, leave_out
leave_out(UNUSED)
import bot.app, bot.check, bot.ticks, bot.web.status, bot.web.trends, bot.playground.ground
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""


def test_the_main_process_loads_nothing_heavy() -> None:
    found = subprocess.run(
        [sys.executable, "-c", ASKED, *HEAVY], capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == []


STARTED = """
import gc
from bot import app
from bot.config import load_settings
from pathlib import Path
async def run(settings):
    print(gc.get_freeze_count(), len(gc.get_objects()))
    return 0
app._run = run
app.main(load_settings({}, Path("none")))
"""


def test_what_is_imported_is_out_of_the_garbage_collectors_sight() -> None:
    """A full collection over it takes 75 ms, in which nobody is answered."""
    found = subprocess.run(
        [sys.executable, "-c", STARTED], capture_output=True, text=True, check=True
    )
    frozen, seen = map(int, found.stdout.split())
    assert frozen > 100_000
    assert seen < 10_000


def test_the_newest_migration_is_known_without_alembic() -> None:
    assert newest() == ScriptDirectory.from_config(config()).get_current_head()


TABLE = """
import gc, tracemalloc
from bot.names.table import shipped_names
tracemalloc.start()
shipped_names()
gc.collect()
print(tracemalloc.get_traced_memory()[0])
"""


def test_the_table_of_names_is_small() -> None:
    """8.8 MB are left of it; with each language's spellings apart there were 13.4."""
    told = subprocess.run(
        [sys.executable, "-c", TABLE], capture_output=True, text=True, check=True
    )
    assert int(told.stdout) < 10_000_000


def test_the_sentences_of_all_locales_are_there_once() -> None:
    """Handlers, ticks and pages ask for them by themselves; a copy takes 0.6 MB."""
    assert open_locales() is open_locales()
