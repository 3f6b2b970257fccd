"""What every test may ask for."""

import os
from collections.abc import AsyncIterator, Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("PTB_TIMEDELTA", "1")  # before python-telegram-bot is imported
from bot.rendering.sentences import Locales, Sentences, load_locales
from storage.engine import Database, open_storage
from tests.apertium import apertium
from tests.databases import postgres_url, sqlite_url

settings.register_profile("newsbell", deadline=None)  # a busy machine is no defect
settings.load_profile("newsbell")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database; every test that asks runs on both engines."""
    return sqlite_url(tmp_path) if request.param == "sqlite" else postgres_url()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database with today's tables."""
    async with open_storage(database_url) as opened:
        yield opened


@pytest.fixture(scope="session")
def locales() -> Locales:
    """Every locale that is shipped."""
    folder = files("bot.rendering").joinpath("locales")
    texts = {one.name.removesuffix(".toml"): one.read_text("utf-8") for one in folder.iterdir()}
    return load_locales(texts)


@pytest.fixture(scope="session")
def sentences(locales: Locales) -> Sentences:
    """English."""
    return locales.of("en")


@pytest.fixture(scope="session")
def apy() -> Iterator[str]:
    """The address of a real translation engine."""
    with apertium() as address:
        yield address
