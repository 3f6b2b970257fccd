"""Debian's Apertium on loopback: the one real engine that needs no network."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket

import httpx
import pytest


@contextmanager
def apertium() -> Iterator[str]:
    """The address of a server; skips where the package is missing, except in the gate."""
    program = shutil.which("apertium-apy")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("apertium-apy is missing; .ci/run installs it")
        pytest.skip("Debian's apertium-apy is not installed")
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program, "-p", str(port), "/usr/share/apertium/modes"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/listPairs")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(address: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(address, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("Apertium did not start")
