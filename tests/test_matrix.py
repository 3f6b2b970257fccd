"""Every promise of the matrix has a test that is named after it.

The rows: T Telegram's answers, F faults, A rights in chats, K secrets, R rendering.
"""

import re
from pathlib import Path

ROWS = {"t": 12, "f": 7, "a": 7, "k": 4, "r": 6}
NAMED = re.compile(r"def test_((?:[a-z]\d+_)+)")


def test_every_row_has_a_test() -> None:
    tests = [path.read_text() for path in Path(__file__).parent.rglob("*.py")]
    found = {row for text in tests for names in NAMED.findall(text) for row in names.split("_")}
    wanted = {f"{kind}{number}" for kind, most in ROWS.items() for number in range(1, most + 1)}
    assert wanted - found == set()
