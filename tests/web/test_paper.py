"""The paper as pages and feeds: what a reader finds, and what a hostile headline cannot do."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import feedparser
import httpx
import pytest
from playwright.async_api import async_playwright
from starlette.applications import Starlette

from bot.domain.model import Article, Section
from bot.domain.ports import CatalogueEntry
from bot.services.read import Reader
from bot.services.storytelling import Storytelling
from bot.web.paper import Paper, open_templates
from bot.web.server import serve
from bot.web.status import StatusPages
from storage.engine import Database
from tests.builders import NOW, make_article
from tests.chromium import OPTIONS, chromium
from tests.fakes import FakeClock

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
    templates, clock = open_templates(), FakeClock()
    paper = Paper(Reader(database, clock), templates)
    status = StatusPages(database, clock, templates)
    return Starlette(routes=[*paper.routes(), *status.routes()])


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
        ("/story/1", "Told by 2", "Yesterday"),
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
        ("/search?q=%22Geneva", 400, "is never closed"),
        ("/search", 200, "Which words"),
        ("/search?q=zebra", 200, "Nothing in the archive"),
        ("/?page=99999999999999", 200, "Nothing here yet"),
        ("/?page=x", 200, "NATO meets"),
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


async def test_in_a_browser_the_page_fits_a_phone_and_runs_nothing(
    pages: Starlette, tmp_path: Path
) -> None:
    program = chromium()
    async with serve(pages, "127.0.0.1", 0) as port, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=OPTIONS.split())
        page = await browser.new_page(viewport={"width": 390, "height": 800})
        alarms: list[str] = []
        page.on("dialog", lambda dialog: alarms.append(dialog.message))
        page.on("console", lambda said: alarms.append(said.text))
        for path in ("/", "/status", "/story/1"):
            await page.goto(f"http://127.0.0.1:{port}{path}")
            assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        await page.screenshot(path=tmp_path / "story.png")
        await browser.close()
    assert alarms == []
