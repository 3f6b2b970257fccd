"""What Newsbell makes of feeds, good and bad, in processes that can be killed."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import FeedError
from bot.domain.model import Entry
from bot.sources.cleaning import plain, plain_title
from bot.sources.feed_worker import answer
from bot.sources.feeds import FeedWorkers
from bot.sources.parsing import parse_feed

URL = "https://news.example.org/feed.xml"
ITEM = (
    "<item><title>Talks &amp;amp; more</title><link>/talks</link><guid>7</guid>"
    "<description>&lt;p&gt;They &lt;b&gt;met&lt;/b&gt;.&lt;/p&gt;</description>"
    "<pubDate>Sun, 09 Jan 2022 11:57:14 +0100</pubDate><category>World</category></item>"
)


def rss(items: str = ITEM, head: str = "") -> bytes:
    return f"<rss version='2.0'><channel><title>T</title>{head}{items}</channel></rss>".encode()


@pytest.fixture
async def workers() -> AsyncIterator[FeedWorkers]:
    async with FeedWorkers(count=1, seconds=2) as opened:
        yield opened


async def test_an_rss_item_becomes_a_clean_entry(workers: FeedWorkers) -> None:
    feed = await workers.parse(rss(), "application/rss+xml", URL)
    assert feed.entries == (
        Entry(
            id="7",
            title="Talks & more",
            link="https://news.example.org/talks",
            summary="They met.",
            published=datetime(2022, 1, 9, 10, 57, 14, tzinfo=UTC),
            categories=("World",),
        ),
    )


@pytest.mark.parametrize(
    ("body", "form", "title"),
    [
        (rss(), "rss20", "Talks & more"),
        (
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><id>1</id>"
            "<title>Größe</title></entry></feed>".encode(),
            "atom10",
            "Größe",
        ),
        (
            "<?xml version='1.0' encoding='windows-1251'?><rss version='2.0'><channel><item>"
            "<title>Мир</title></item></channel></rss>".encode("cp1251"),
            "rss20",
            "Мир",
        ),
        (rss("<item><title>UTF-16</title></item>").decode().encode("utf-16"), "rss20", "UTF-16"),
        (
            b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1,"title":"J"}]}',
            "json11",
            "J",
        ),
        (rss("<item><title>1 < 2 & so on</title></item>"), "rss20", "1 < 2 & so on"),
        (rss("<item><title>cut off</title><desc"), "rss20", "cut off"),
    ],
    ids=["rss", "atom", "windows-1251", "utf-16", "json feed", "broken XML", "cut off"],
)
def test_every_format_and_charset(body: bytes, form: str, title: str) -> None:
    feed = parse_feed(body, None, URL)
    assert (feed.format, [one.title for one in feed.entries]) == (form, [title])


def test_an_item_with_nothing_but_a_summary_has_an_id_all_the_same() -> None:
    one = parse_feed(rss("<item><description>Only this</description></item>"), None, URL)
    two = parse_feed(rss("<item><description>Only that</description></item>"), None, URL)
    ids = [one.entries[0].id, two.entries[0].id]
    assert (all(ids), len(set(ids))) == (True, 2)


@pytest.mark.parametrize(
    "date", ["yesterday", "Sun, 09 Jan 0001 00:00:00 GMT", "9999-99-99", "", "99999999999999"]
)
def test_a_date_that_is_none_is_none(date: str) -> None:
    body = rss(f"<item><title>x</title><pubDate>{date}</pubDate></item>")
    assert parse_feed(body, None, URL).entries[0].published is None


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "data:,x", "ftp://x"]
)
def test_only_web_links_are_kept(link: str) -> None:
    entry = parse_feed(rss(f"<item><title>x</title><link>{link}</link></item>"), None, URL)
    assert entry.entries[0].link is None


def test_fields_are_capped() -> None:
    body = rss(
        f"<item><title>{'t' * 10_000}</title><description>{'s ' * 50_000}</description></item>"
    )
    entry = parse_feed(body, None, URL).entries[0]
    assert (len(entry.title), len(entry.summary) <= 16_000) == (512, True)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"<!doctype html><html><body>Hi</body></html>", "not-a-feed"),
        (b"\x00\x01\x02\xff", "not-a-feed"),
        (b'{"items": []}', "not-a-feed"),
        (b"{broken", "not-a-feed"),
    ],
)
def test_what_is_no_feed_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(FeedError) as caught:
        parse_feed(body, None, URL)
    assert caught.value.code == code


def test_p4_numbers_that_are_no_characters_lose_no_feed() -> None:
    body = rss("<item><title>&#xD83D;A&#99999999999;B</title></item>")
    assert parse_feed(body, None, URL).entries[0].title == "AB"


def test_p2_no_file_is_read_and_no_entity_grows() -> None:
    body = (
        b"<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/passwd'><!ENTITY a 'xxxxxxxxxx'>"
        b"<!ENTITY b '&a;&a;&a;&a;&a;&a;'>]><rss version='2.0'><channel><item>"
        b"<title>[&f;&b;]</title></item></channel></rss>"
    )
    assert "root:" not in parse_feed(body, None, URL).entries[0].title


async def test_p3_a_document_that_takes_too_long_costs_its_worker_and_nobody_else(
    workers: FeedWorkers,
) -> None:
    slow = rss(f"<item><title>x</title><author>{'a' * 40_000}</author></item>")
    with pytest.raises(FeedError) as caught:
        await workers.parse(slow, None, URL)
    after = await workers.parse(rss(), None, URL)
    assert (caught.value.code, len(after.entries)) == ("parse-timeout", 1)


@given(st.text())
def test_p5_text_that_is_kept_can_be_stored_and_sent(text: str) -> None:
    kept = plain(text)
    bad = [c for c in kept if (ord(c) < 32 and c not in "\n\t") or 0xD800 <= ord(c) < 0xE000]
    assert (bad, kept.encode("utf-8").decode()) == ([], kept)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<b>Bold</b> move", "Bold move"),
        ("NATO & Russia <meet>", "NATO & Russia <meet>"),
        ("1 < 2 and <3", "1 < 2 and <3"),
        ("Tom &amp; Ann", "Tom & Ann"),
        ("<script>x()</script>seen", "seen"),
        ("a<br>b", "a b"),
    ],
)
def test_titles_are_plain_text(markup: str, expected: str) -> None:
    assert plain_title(markup) == expected


@given(st.binary(max_size=200), st.integers(0, 300), st.integers(0, 30))
def test_p4_mutated_documents_never_raise_anything_unforeseen(
    noise: bytes, at: int, cut: int
) -> None:
    body = rss()
    found = answer(body[:at] + noise + body[at + cut :], None, URL)
    assert isinstance(found, tuple) or found.entries is not None


@given(st.text(st.sampled_from(" \t\u00a0\nab")))
def test_blanks_side_by_side_are_one(text: str) -> None:
    rows = (re.sub(r"[ \t\u00a0]+", " ", row).strip() for row in text.split("\n"))
    assert plain(text) == "\n".join(row for row in rows if row)
