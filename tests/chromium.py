"""Debian's Chromium, as the tests of pages start it."""

import os
from pathlib import Path

import pytest

OPTIONS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
_PROGRAM = Path("/usr/bin/chromium")


def chromium() -> Path:
    """Its path; skips where the package is missing, except in the gate."""
    if not _PROGRAM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("the gate must install Debian's chromium")
        pytest.skip("Debian's package chromium is not installed")
    return _PROGRAM
