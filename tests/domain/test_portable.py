"""What is exported comes back the same; what strangers send is read, or refused at its place."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import PortableError
from bot.domain.model import ChatKind, Form, Section, When
from bot.domain.portable import (
    Portable,
    Topic,
    Wanted,
    facts_of,
    item_of,
    items_of,
    read_keywords,
    read_lines,
    read_portable,
    write_portable,
)
from bot.domain.ports import CatalogueEntry
from bot.domain.secrets import is_masked, masked, masked_text
from tests.builders import NOW

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1).filter(
    lambda text: not {"\ufffe", "\uffff"} & set(text)
)
WANTED = st.builds(
    Wanted,
    query=TEXT,
    typed=TEXT,
    source=st.none() | TEXT,
    when=st.sampled_from(When),
    sound=st.booleans(),
    form=st.sampled_from(Form),
    urgent=st.booleans(),
)
SOURCES = st.builds(
    CatalogueEntry,
    url=TEXT,
    title=TEXT,
    site=st.none() | TEXT,
    section=st.none() | st.sampled_from(Section),
    language=st.none() | TEXT,
)
DOCUMENTS = st.builds(
    Portable,
    exported=st.datetimes(datetime(2000, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)),
    kind=st.sampled_from(ChatKind),
    title=TEXT,
    locale=TEXT,
    timezone=TEXT,
    topics=st.lists(
        st.builds(
            Topic,
            number=st.integers(0, 2**31 - 1),
            subscriptions=st.lists(WANTED, max_size=3).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    sources=st.lists(SOURCES, max_size=3).map(tuple),
)


@given(DOCUMENTS)
def test_what_is_exported_is_imported_the_same(document: Portable) -> None:
    assert read_portable(write_portable(document)) == document


@given(WANTED | SOURCES)
def test_an_item_comes_back_from_its_facts(item: Wanted | CatalogueEntry) -> None:
    assert item_of(json.loads(json.dumps(facts_of(item)))) == item


@given(st.binary() | st.text().map(str.encode) | st.from_type(type(None)).map(lambda _: b"[1]"))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (read_keywords, read_lines):
        with suppress(PortableError):
            assert all(isinstance(one, Wanted | CatalogueEntry) for one in read(data))


def test_an_import_adds_sources_before_the_subscriptions_that_name_them_each_once() -> None:
    source = CatalogueEntry(url="https://a.org/f", title="A")
    nato = Wanted(query="NATO", typed="nato")
    document = Portable(
        exported=NOW,
        kind=ChatKind.PRIVATE,
        title="Ada",
        locale="en",
        timezone="UTC",
        topics=(
            Topic(number=0, subscriptions=(nato,)),
            Topic(number=7, subscriptions=(nato,)),
        ),
        sources=(source,),
    )
    assert read_keywords(write_portable(document)) == items_of(document) == (source, nato)


def test_a_plain_list_and_lines_of_text_are_keyword_lists() -> None:
    expected = tuple(Wanted(query=one, typed=one) for one in ("NATO", "Geneva talks"))
    lines = b"\xef\xbb\xbfNATO\r\n\r\n# mine\n Geneva talks \nNATO\n"
    assert (read_keywords(b'["NATO","Geneva talks","NATO",""]'), read_lines(lines)) == (
        expected,
        expected,
    )


def test_what_no_database_takes_is_left_out() -> None:
    assert read_keywords(rb'["NA\u0000TO\ud800"]') == (Wanted(query="NATO", typed="NATO"),)


def changed(**facts: object) -> bytes:
    one = {"query": "NATO"} | facts
    whole = {
        "newsbell": 1,
        "exported": "2022-01-09T10:57:14Z",
        "chat": {"kind": "private", "title": "Ada", "locale": "en", "timezone": "UTC"},
        "topics": [{"topic": 0, "subscriptions": [one]}],
        "sources": [],
    }
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'["NATO",]', "line 1, column 9 is no proper JSON"),
        (b'["NATO",\n7]', "list[1] is no text"),
        (b"7", "list is no list"),
        (b"{}", "this is no export of version 1"),
        (b'{"newsbell": 2}', "this is no export of version 1"),
        (
            changed(when="never"),
            "topics[0].subscriptions[0].when is none of instant, hourly, daily",
        ),
        (changed(sound="loud"), "topics[0].subscriptions[0].sound is neither true nor false"),
        (changed(query=None), "topics[0].subscriptions[0].query is no text"),
        (changed(typed="x" * 5_000), "topics[0].subscriptions[0].typed is longer than 4096"),
        (b"[" * 100_000, "nested too deep"),
        (b"[" + b"9" * 5_000 + b"]", "a number is too long"),
        (b"[NaN]", "NaN is no number of JSON"),
        (b"[\xff]", "byte 2 is no UTF-8 text"),
        (b" " * 1_000_001, "the file is larger than 1000 kB"),
        (json.dumps([str(n) for n in range(5_001)]).encode(), "has 5001 entries; 5000 are"),
    ],
)
def test_a_bad_file_is_refused_with_the_place_of_its_fault(data: bytes, sentence: str) -> None:
    with pytest.raises(PortableError) as refused:
        read_keywords(data)
    assert sentence in str(refused.value)


HEX = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:pw@a.org/f", "https://***@a.org/f"),
        ("https://me@x:pw@a.org/f", "https://***@a.org/f"),
        ("https://a.org/f?api_key=7&feed=rss", "https://a.org/f?api_key=***&feed=rss"),
        ("https://a.org/f?feed=rss&Token=abc#x", "https://a.org/f?feed=rss&Token=***#x"),
        (f"https://a.org/private/{HEX}/f.xml", "https://a.org/private/***/f.xml"),
        (f"https://a.org/f?u={HEX}", "https://a.org/f?u=***"),
        ("https://a.org/f?channel_id=UC" + "a1b2c3d4e5f" * 2, None),
        ("https://a.org/2022/the-talks-in-geneva-resume-on-monday-morning-9", None),
        ("https://a.org/feeds/world.xml?format=rss", None),
    ],
)
def test_secrets_in_addresses_are_masked_and_all_else_is_kept(url: str, shown: str | None) -> None:
    assert (masked(url), is_masked(masked(url))) == (shown or url, shown is not None)


@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)


def test_addresses_in_a_text_are_masked_too() -> None:
    assert masked_text("from https://me:pw@a.org/f now") == "from https://***@a.org/f now"
