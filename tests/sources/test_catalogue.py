"""The catalogue that is shipped is worth shipping."""

from importlib.resources import files

import httpx
import pytest

from bot.domain.model import Section
from bot.domain.ports import CatalogueEntry
from bot.sources.opml import read_opml


@pytest.fixture(scope="module")
def entries() -> tuple[CatalogueEntry, ...]:
    return read_opml(files("bot.sources").joinpath("catalogue.opml").read_bytes())


def test_it_has_at_least_150_feeds_in_25_languages(entries: tuple[CatalogueEntry, ...]) -> None:
    languages = {one.language for one in entries}
    assert (len(entries) >= 150, len(languages) >= 25) == (True, True)


def test_every_section_has_feeds(entries: tuple[CatalogueEntry, ...]) -> None:
    assert {one.section for one in entries} == set(Section)


def test_every_feed_says_its_language_its_section_and_its_site(
    entries: tuple[CatalogueEntry, ...],
) -> None:
    silent = [one.url for one in entries if not (one.language and one.section and one.site)]
    assert silent == []


def test_every_address_is_secure_has_a_dotted_host_and_an_ordinary_port(
    entries: tuple[CatalogueEntry, ...],
) -> None:
    urls = [httpx.URL(one.url) for one in entries]
    odd = [u for u in urls if u.scheme != "https" or "." not in u.host or u.port]
    assert odd == []


def test_no_address_is_listed_twice(entries: tuple[CatalogueEntry, ...]) -> None:
    plain = [one.url.removeprefix("https://").rstrip("/") for one in entries]
    assert len(plain) == len(set(plain))
