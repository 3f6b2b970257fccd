"""The paper as pages and feeds: what a reader finds, and what a hostile headline cannot do."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Literal

import feedparser
import httpx
import pytest
from playwright.async_api import Page, async_playwright
from starlette.applications import Starlette
from starlette.requests import Request

from bot.domain.model import Article, Section
from bot.domain.paging import LAST_PAGE
from bot.domain.ports import CatalogueEntry
from bot.services.front import FrontPage
from bot.services.read import Reader
from bot.services.storytelling import Storytelling
from bot.services.trending import Trending
from bot.web.paper import EVERYBODY, Paper
from bot.web.server import serve
from bot.web.sheets import Frame, open_templates, turning
from bot.web.status import StatusPages
from bot.web.trends import TrendsPage
from storage.engine import Database
from tests.builders import NOW, make_article
from tests.chromium import OPTIONS, chromium
from tests.fakes import FakeClock
from tests.web.demo import pages_of, publish

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)> & \u202e'


@pytest.fixture
async def pages(database: Database) -> Starlette:
    """A paper of five articles: three of one story, one hostile, one of yesterday."""
    async with database.write() as tx:
        one = await tx.sources.add(
            CatalogueEntry(url="https://a.example/f", title="Le Monde"), None, NOW
        )
        two = await tx.sources.add(
            CatalogueEntry(url="https://b.example/f", title="BBC"), None, NOW
        )
        own = await tx.sources.add(CatalogueEntry(url="https://c.example/f", title="Own"), 77, NOW)
        (first,) = await tx.articles.add(
            [article(one.id, "NATO meets in Geneva", section=Section.POLITICS)]
        )
        await tx.articles.add(
            [
                replace(article(two.id, "Geneva: NATO meets"), story=first.story),
                article(two.id, HOSTILE, link="javascript:alert(1)"),
                article(own.id, "Secret of one chat"),
                article(one.id, "Yesterday's paper", published=NOW - timedelta(days=1)),
            ]
        )
    await Storytelling().index(database)
    frame, clock = Frame(open_templates()), FakeClock()
    trending = Trending(database, clock)
    paper = Paper(Reader(database, clock), FrontPage(database, clock), trending, frame)
    status, trends = StatusPages(database, clock, frame), TrendsPage(trending, frame)
    return Starlette(routes=[*paper.routes(), *status.routes(), *trends.routes()])


def article(source: int, title: str, **more: object) -> Article:
    link = more.pop("link", f"https://news.example.org/{abs(hash(title))}")
    return make_article(source=source, key=title, title=title, link=link, **more)


@pytest.fixture
async def client(pages: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=pages)
    async with httpx.AsyncClient(transport=transport, base_url="http://paper.example") as opened:
        yield opened


@pytest.mark.parametrize(
    ("path", "there", "not_there"),
    [
        ("/", "NATO meets in Geneva", "Secret of one chat"),
        ("/category/politics", "NATO meets in Geneva", "Geneva: NATO meets"),
        ("/date/2022-01-08", "Yesterday&#39;s paper", "NATO meets in Geneva"),
        ("/date/2022-01-09", "NATO meets in Geneva", "Yesterday"),
        ("/search?q=NATO+Geneva", "Geneva: NATO meets", "Secret of one chat"),
        ("/story/1", "Told by 2 outlets", "Yesterday"),
    ],
)
async def test_each_page_shows_what_it_is_about_and_nothing_else(
    client: httpx.AsyncClient, path: str, there: str, not_there: str
) -> None:
    answer = await client.get(path)
    main = answer.text.partition("You may like")[0]
    assert (answer.status_code, there in main, not_there in main) == (200, True, False)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/category/cooking", 404, "no such section"),
        ("/date/2022-13-99", 404, "no such day"),
        ("/date/0001-01-01", 404, "no such day"),
        ("/story/999", 404, "no such story"),
        (f"/story/{2**63}", 404, "no such story"),
        ("/search?q=%22Geneva", 400, "is never closed"),
        ("/search", 200, "Which words"),
        ("/search?q=zebra", 200, "Nothing in the archive"),
        ("/latest?page=99999999999999", 200, "Nothing here yet"),
        ("/latest?page=x", 200, "NATO meets"),
    ],
)
async def test_what_cannot_be_shown_is_told_in_a_sentence(
    client: httpx.AsyncClient, path: str, status: int, words: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, words in answer.text) == (status, True)


async def test_a_hostile_headline_is_text_and_its_link_is_none(client: httpx.AsyncClient) -> None:
    for path in ("/", "/latest.atom", "/search?q=script", f"/search?q={HOSTILE}"):
        answer = await client.get(path)
        assert "<script" not in answer.text
        assert "<img src=x" not in answer.text
        assert "javascript:" not in answer.text
        assert "\u202e" not in answer.text.replace(f'value="{HOSTILE}"', "")
        assert answer.headers["content-security-policy"].startswith("default-src 'none';")


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/latest.atom", "NATO meets in Geneva"),
        ("/category/politics.atom", "NATO meets in Geneva"),
        ("/date/2022-01-08.atom", "Yesterday's paper"),
        ("/search.atom?q=paper", "Yesterday's paper"),
    ],
)
async def test_every_page_is_an_atom_feed_that_a_feed_reader_reads(
    client: httpx.AsyncClient, path: str, title: str
) -> None:
    answer = await client.get(path)
    feed = feedparser.parse(BytesIO(answer.content))
    assert (feed.bozo, answer.headers["content-type"].split(";")[0]) == (
        False,
        "application/atom+xml",
    )
    found = next(one for one in feed.entries if one.title == title)
    assert (found.author, found.updated_parsed[:3] in {(2022, 1, 9), (2022, 1, 8)}) == (
        "Le Monde",
        True,
    )


async def test_status_tells_people_and_metrics_tell_prometheus(client: httpx.AsyncClient) -> None:
    status = (await client.get("/status")).text
    metrics = (await client.get("/metrics")).text
    assert "Articles in 24 hours" in status
    assert 'viewBox="0 0 240 80"' in status
    assert "newsbell_articles_24h 5.0" in metrics
    assert "newsbell_alerts_queued 0.0" in metrics
    assert "process_resident_memory_bytes" in metrics


async def test_the_front_page_leads_with_what_most_outlets_tell(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.write() as tx:
        lead = (await tx.articles.of_story(EVERYBODY, 1))[0]
        await tx.stories.joined(lead, NOW)
    page = (await client.get("/")).text
    top, _, latest = page.partition('<h2><a href="/latest">Latest</a></h2>')
    assert ("NATO meets in Geneva" in top, "2 outlets" in top) == (True, True)
    assert ("NATO meets in Geneva" in latest, "Yesterday&#39;s paper" in latest) == (False, True)
    assert '<a href="/date/2022-01-03">' in page


async def test_a_story_names_its_outlets_and_what_else_its_reader_may_like(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/story/1")).text
    for words in ("Source: <b>Le Monde</b>", "Told by 2 outlets", "<b>BBC</b>", "News / Politics"):
        assert words in page
    assert '<a href="/date/2022-01-09">All news articles on 2022-01-09 ›</a>' in page


@pytest.mark.parametrize(
    ("asked", "to"),
    [("2022-01-08", "/date/2022-01-08"), ("", "/date/2022-01-09"), ("9 Jan", "/date/2022-01-09")],
)
async def test_a_day_can_be_asked_for_in_a_form(
    client: httpx.AsyncClient, asked: str, to: str
) -> None:
    answer = await client.get("/date", params={"day": asked})
    assert (answer.status_code, answer.headers["location"]) == (303, to)


async def test_a_query_with_a_mistake_is_shown_its_place_and_what_to_ask_instead(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/search", params={"q": '"Geneva <b>'})
    assert answer.status_code == 400
    assert "Character 1: the quote opened at character 1 is never closed." in answer.text
    assert '<a href="/search?q=%22Geneva%20%3Cb%3E%22">' in answer.text


async def test_a_day_without_an_alert_says_so_under_its_chart(client: httpx.AsyncClient) -> None:
    assert "UTC; no alert was sent." in (await client.get("/status")).text


def test_where_pages_end_the_page_says_what_to_do() -> None:
    asked = Request({"type": "http", "path": "/latest", "query_string": b"", "headers": []})
    last, before = [turning(asked, number, True) for number in (LAST_PAGE, LAST_PAGE - 1)]
    assert (last["after"], before["after"]) == (None, f"/latest?page={LAST_PAGE}")
    assert (last["cut"] is None, before["cut"] is None) == (False, True)


async def test_trends_are_a_page_and_a_feed(database: Database) -> None:
    await publish(database)
    transport = httpx.ASGITransport(app=await pages_of(database))
    async with httpx.AsyncClient(transport=transport, base_url="http://paper.example") as opened:
        page, feed = [await opened.get(path) for path in ("/trends", "/trends.atom")]
        front = await opened.get("/")
    entries = feedparser.parse(BytesIO(feed.content)).entries
    assert '<a href="/search?q=NATO" dir="auto">NATO</a>' in page.text
    assert "http://paper.example/search?q=NATO" in [one.link for one in entries]
    assert 'href="/trends">Trends 24h</a>' in front.text


async def test_files_come_under_the_same_policy_as_pages(client: httpx.AsyncClient) -> None:
    for path in ("/static/paper.css", "/static/bell.svg", "/status", "/"):
        headers = (await client.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'none';")
        assert headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in headers


async def test_in_a_browser_every_page_fits_a_phone_and_runs_nothing(pages: Starlette) -> None:
    program = chromium()
    async with serve(pages, "127.0.0.1", 0) as port, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=OPTIONS.split())
        alarms: list[str] = []
        page = await browser.new_page(viewport={"width": 360, "height": 800})
        page.on("dialog", lambda dialog: alarms.append(dialog.message))
        page.on("console", lambda said: alarms.append(said.text))
        page.on("request", lambda asked: alarms.extend(strangers(asked.url, port)))
        for path in ("/", "/status", "/story/1", "/date/2022-01-09", "/search?q=NATO", "/trends"):
            await page.goto(f"http://127.0.0.1:{port}{path}")
            assert await page.evaluate("document.documentElement.scrollWidth") <= 360
            assert await page.evaluate("document.scripts.length") == 0
            await look_readable(page)
        await browser.close()
    assert alarms == []


def strangers(url: str, port: int) -> list[str]:
    """An address that is not ours: nobody else may learn what is read."""
    return [] if url.startswith(f"http://127.0.0.1:{port}/") else [url]


async def look_readable(page: Page) -> None:
    """In light and dark, text stands out from the paper: 4.5 to 1 is WCAG's least."""
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        colours = await page.evaluate(
            "() => [[document.body, 'color'], [document.body, 'backgroundColor'],"
            " [document.querySelector('footer'), 'color']]"
            ".map(([one, name]) => getComputedStyle(one)[name])"
        )
        ink, paper, faint = (luminance(one) for one in colours)
        assert [ratio(ink, paper) >= 7, ratio(faint, paper) >= 4.5] == [True, True]


def luminance(colour: str) -> float:
    """Relative luminance of `rgb(r, g, b)` by WCAG 2."""
    parts = [int(one) / 255 for one in re.findall(r"\d+", colour)[:3]]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: float, other: float) -> float:
    low, high = sorted((one, other))
    return (high + 0.05) / (low + 0.05)
