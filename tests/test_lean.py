"""What the main process never loads: it lives in short-lived processes and feed workers."""

import subprocess
import sys

from alembic.script import ScriptDirectory

from storage.migrate import config
from storage.revision import newest

HEAVY = ("matplotlib", "numpy", "py3langid", "feedparser", "alembic", "babel", "rich")
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


def test_the_newest_migration_is_known_without_alembic() -> None:
    assert newest() == ScriptDirectory.from_config(config()).get_current_head()
