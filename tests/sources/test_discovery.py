"""A page's feeds are found, and nothing else is taken for one (P7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import FeedError
from bot.sources.discovery import MOST, feeds_of_page
from bot.sources.feeds import FeedWorkers

URL = "https://news.example.org/front/page.html"
RSS = 'rel="alternate" type="application/rss+xml"'


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (f'<link {RSS} href="/rss">', ["https://news.example.org/rss"]),
        (f"<LINK {RSS.upper()} HREF=feed.xml>", ["https://news.example.org/front/feed.xml"]),
        (
            f'<base href="https://cdn.example.org/x/"><link {RSS} href="a">',
            ["https://cdn.example.org/x/a"],
        ),
        (
            '<link rel="alternate" type="application/feed+json; charset=utf-8" href="/f.json">',
            ["https://news.example.org/f.json"],
        ),
        (
            f'<a href="/feed/sport">Feed</a><link {RSS} href="/main">',
            ["https://news.example.org/main", "https://news.example.org/feed/sport"],
        ),
        (f'<link {RSS} href="/a"><link {RSS} href="/a">', ["https://news.example.org/a"]),
        ('<link rel="alternate" hreflang="de" href="/de">', []),
        ('<link rel="stylesheet" type="text/css" href="/style.css">', []),
        (f'<link {RSS} href="javascript:alert(1)">', []),
        (f'<link {RSS} href="file:///etc/passwd">', []),
        (f'<link {RSS} href="http://[oops">', []),
        (f"<link {RSS}>", []),
        ("no page at all", []),
    ],
)
def test_p7_the_feeds_of_a_page(page: str, expected: list[str]) -> None:
    assert list(feeds_of_page(page, URL)) == expected


def test_p7_a_page_of_a_thousand_feeds_gets_five_tries() -> None:
    page = "".join(f'<link {RSS} href="/{number}">' for number in range(1_000))
    assert len(feeds_of_page(page, URL)) == MOST


@given(st.text(alphabet='<>/="abclinkhrefbase []:&#;', max_size=200))
def test_no_page_raises_anything(page: str) -> None:
    assert len(feeds_of_page(page, URL)) <= MOST


async def test_the_worker_tells_the_feeds_of_a_page_that_is_no_feed() -> None:
    page = f"<!doctype html><html><head><link {RSS} href='/rss'></head></html>".encode()
    async with FeedWorkers(1) as workers:
        with pytest.raises(FeedError) as caught:
            await workers.parse(page, "text/html", URL)
    assert (caught.value.code, caught.value.feeds) == (
        "not-a-feed",
        ("https://news.example.org/rss",),
    )
