"""Files that people send: what they add, and that hostile ones do no harm."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import PortableError
from bot.domain.portable import Wanted
from bot.domain.ports import CatalogueEntry
from bot.sources.feed_worker import listed
from bot.sources.feeds import FeedWorkers
from bot.sources.lists import read_list
from bot.sources.opml import read_opml, write_opml

NATO = Wanted(query="NATO", typed="NATO")
BBC = CatalogueEntry(url="https://bbc.example/f", title="BBC")
OPML = (
    "<opml version='2.0'><body><outline text='BBC' xmlUrl='https://bbc.example/f'/></body></opml>"
)
TENFOLD = [(n, f"&l{n - 1};" * 10) for n in range(1, 12)]
LAUGHS = "".join(f'<!ENTITY l{n} "{more}">' for n, more in TENFOLD)


@pytest.fixture
async def workers() -> AsyncIterator[FeedWorkers]:
    async with FeedWorkers(count=1) as opened:
        yield opened


@pytest.mark.parametrize(
    ("data", "first"),
    [
        (OPML.encode(), BBC),
        (b"\xef\xbb\xbf\n" + OPML.encode(), BBC),
        (("<?xml version='1.0' encoding='utf-16'?>" + OPML).encode("utf-16"), BBC),
        (b'["NATO"]', NATO),
        (b" NATO\nGeneva", NATO),
    ],
    ids=["opml", "opml with a mark", "opml in UTF-16", "json", "text"],
)
async def test_a_file_is_told_by_what_is_in_it(
    workers: FeedWorkers, data: bytes, first: object
) -> None:
    assert (await workers.read_list(data))[0] == first


def hostile(secret: Path) -> dict[str, tuple[bytes, str]]:
    file = f'<!DOCTYPE opml [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{OPML}'
    deep = "<outline>" * 100_000
    many = "".join(f"<outline xmlUrl='http://a.org/{n}'/>" for n in range(501))
    attributes = " ".join(f"a{n}='1'" for n in range(80_000))
    return {
        "names a file": (file.encode(), "has a DOCTYPE"),
        "names a file in UTF-16": (file.encode("utf-16"), "has a DOCTYPE"),
        "laughs": (
            f'<!DOCTYPE o [<!ENTITY l0 "ha">{LAUGHS}]><opml>&l11;</opml>'.encode(),
            "has a DOCTYPE",
        ),
        "deep": (f"<opml>{deep}".encode(), "is no proper XML"),
        "deep and closed": (
            f"<opml>{'<outline>' * 40_000}{'</outline>' * 40_000}</opml>".encode(),
            "nested more than 10 deep",
        ),
        "many": (
            f"<opml>{many}</opml>".encode(),
            "the list has 501 sources; 500 are the most",
        ),
        "large": (b"<opml>" + b" " * 1_000_000, "larger than 1000 kB"),
        "large text": (b"x" * 1_000_001, "larger than 1000 kB"),
        "odd encoding": (f"<?xml version='1.0' encoding='utf-7'?>{OPML}".encode(), "encoding"),
        "no encoding": (
            f"<?xml version='1.0' encoding='x-none'?>{OPML}".encode(),
            "its encoding is none",
        ),
        "deep json": (b"[" * 900_000, "nested too deep"),
        "binary": (b"\x89PNG\r\n\x1a\n\xff", "is no UTF-8 text"),
        "empty": (b" \n", "there is nothing in it"),
        "a list of nothing": (b"[]", "there is nothing in it"),
        "attributes without end": (
            f"<opml><outline {attributes}/></opml>".encode(),
            "there is nothing in it",
        ),
    }


@pytest.mark.parametrize("name", hostile(Path("/secret")))
async def test_a_hostile_list_is_refused_and_the_next_one_read(
    workers: FeedWorkers, tmp_path: Path, name: str
) -> None:
    data, sentence = hostile(tmp_path / "secret")[name]
    with pytest.raises(PortableError) as refused:
        await workers.read_list(data)
    assert sentence in str(refused.value)
    assert await workers.read_list(b"NATO") == (NATO,)


async def test_reading_that_takes_too_long_is_ended() -> None:
    large = json.dumps(["x" * 150] * 6_000).encode()
    async with FeedWorkers(count=1, seconds=0.001) as workers:
        with pytest.raises(PortableError, match="takes too long"):
            await workers.read_list(large)


async def test_feeds_are_read_while_a_list_is() -> None:
    feed = b"<rss version='2.0'><channel><title>T</title></channel></rss>"
    large = json.dumps(["x" * 150] * 6_000).encode()
    async with FeedWorkers(count=1) as workers:
        found, parsed = await asyncio.gather(
            workers.read_list(large), workers.parse(feed, None, "https://a.org/f")
        )
    assert (len(found), parsed.title) == (1, "T")


@given(st.binary() | st.text().map(lambda text: b"<opml>" + text.encode()))
def test_any_bytes_are_items_or_a_fault(data: bytes) -> None:
    found = listed(data)
    assert bool(found.items) != bool(found.fault)


def test_a_title_that_xml_cannot_hold_does_not_spoil_the_list() -> None:
    odd = CatalogueEntry(url="https://a.org/f", title="A\x0bB\ufffe")
    assert read_opml(write_opml("x\x00", [odd])) == (
        CatalogueEntry(url="https://a.org/f", title="AB"),
    )


def test_an_empty_list_of_sources_is_refused() -> None:
    with pytest.raises(PortableError, match="nothing in it"):
        read_list(b"<opml/>")
