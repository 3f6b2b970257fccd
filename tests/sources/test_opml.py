"""Lists of feeds come from strangers, and go out to other readers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import OpmlError
from bot.domain.model import Section
from bot.domain.ports import CatalogueEntry
from bot.sources.opml import read_opml, write_opml

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn")),
    min_size=1,
)


def opml(body: str) -> bytes:
    return f"<opml version='2.0'><body>{body}</body></opml>".encode()


@given(
    st.lists(
        st.builds(
            CatalogueEntry,
            url=WORDS.map(lambda word: f"https://example.org/{word}"),
            title=WORDS,
            site=st.none() | WORDS,
            section=st.none() | st.sampled_from(Section),
            language=st.none() | st.sampled_from(["de", "pt-BR"]),
        ),
        unique_by=lambda one: one.url,
    )
)
def test_what_is_written_reads_back_the_same(entries: list[CatalogueEntry]) -> None:
    assert read_opml(write_opml("A list", entries)) == tuple(entries)


def test_folders_are_opened_and_addresses_kept_once() -> None:
    found = read_opml(
        opml(
            "<outline text='News'><outline text='A' xmlURL='https://a.org/f'/>"
            "<outline title='B' xmlUrl='https://b.org/f' category='sport'/></outline>"
            "<outline text='again' xmlUrl='https://a.org/f'/><outline text='no feed'/>"
        )
    )
    assert found == (
        CatalogueEntry(url="https://a.org/f", title="A"),
        CatalogueEntry(url="https://b.org/f", title="B", section=Section.SPORT),
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<opml><body>", "line 1, column 13 is no proper XML"),
        (b"<html/>", "this is XML, but no OPML"),
        (b"", "line 1, column 1 is no proper XML"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><opml/>", "the list has a DOCTYPE"),
        (opml("<outline>" * 12 + "</outline>" * 12), "folders are nested more than 10 deep"),
        (b"<opml>" + b" " * 1_000_000 + b"</opml>", "the list is larger than 1000 kB"),
    ],
    ids=["cut off", "a web page", "empty", "entities", "nested", "huge"],
)
def test_a_bad_list_is_refused_with_its_fault(data: bytes, sentence: str) -> None:
    with pytest.raises(OpmlError, match=sentence):
        read_opml(data)


def test_more_sources_than_allowed_are_refused() -> None:
    many = opml("".join(f"<outline xmlUrl='https://a.org/{n}'/>" for n in range(3)))
    with pytest.raises(OpmlError, match="the list has 3 sources; 2 are the most"):
        read_opml(many, most=2)
