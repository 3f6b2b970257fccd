"""Every test here runs as the program does."""

import pytest


@pytest.fixture(autouse=True)
def _waits_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program opts in, too: without it PTB warns at every flood wait."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
