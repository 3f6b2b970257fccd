"""The demo newsroom publishes real feeds, one article every few seconds."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import pairwise

import httpx
import pytest
from starlette.applications import Starlette

from bot.playground.newsroom import Newsroom, newsroom_routes, newsroom_sources, read_drafts
from bot.playground.schedule import Draft, Outlet
from bot.sources.parsing import parse_feed
from tests.builders import NOW

DRAFTS = read_drafts(files("bot.playground").joinpath("news", "articles.toml").read_text("utf-8"))
BASE = "http://127.0.0.1"
ALREADY = 7  # one of each outlet


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def room() -> Newsroom:
    return Newsroom(DRAFTS, NOW)


@pytest.fixture
async def client(room: Newsroom) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Starlette(routes=newsroom_routes(room, lambda: NOW)))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as opened:
        yield opened


def test_two_dozen_articles_in_seven_languages() -> None:
    languages = {draft.outlet.language for draft in DRAFTS}
    assert (len(DRAFTS) >= 24, languages) == (
        True,
        {"de", "en", "fr", "es", "ru", "ar", "zh-Hans"},
    )


def test_when_it_opens_every_outlet_has_one_article(room: Newsroom) -> None:
    """The first poll rings nobody: each feed needs something that is old by then."""
    slugs = [one.draft.outlet.slug for one in room.published(NOW)]
    assert sorted(slugs) == sorted(one.slug for one in room.outlets)


def test_in_the_first_round_nato_is_in_the_news_every_quarter_of_a_minute(room: Newsroom) -> None:
    about = [n for n, one in enumerate(DRAFTS) if "NATO" in f"{one.title} {one.summary}"]
    live = [ALREADY - 1, *(number for number in about if number >= ALREADY)]
    longest = max(later - earlier for earlier, later in pairwise(live))
    assert (longest * room.every <= 15, len(DRAFTS) - live[-1]) == (True, 5)


@pytest.mark.parametrize(("seconds", "more"), [(0, 0), (4.9, 0), (5, 1), (27, 5)])
def test_one_more_every_five_seconds(room: Newsroom, seconds: float, more: int) -> None:
    assert len(room.published(after(seconds))) == ALREADY + more


def test_an_article_keeps_its_moment_whatever_the_switches_do(room: Newsroom) -> None:
    before = room.published(after(20))
    room.pause(after(21), on=True)
    room.publish(after(30))
    room.pause(after(40), on=False)
    assert room.published(after(100))[: len(before)] == before


def test_a_paused_newsroom_publishes_nothing_until_it_goes_on(room: Newsroom) -> None:
    room.pause(after(7), on=True)
    paused = len(room.published(after(60)))
    room.pause(after(60), on=False)
    counts = [len(room.published(after(seconds))) for seconds in (60, 64.9, 65, 70)]
    assert (paused, counts) == (ALREADY + 1, [ALREADY + 1, ALREADY + 1, ALREADY + 2, ALREADY + 3])


@pytest.mark.parametrize(("paused", "later"), [(False, 2), (True, 1)])
def test_publish_now_is_now_and_changes_nothing_else(
    room: Newsroom, paused: bool, later: int
) -> None:
    room.pause(NOW, on=paused)
    room.publish(after(2))
    found = room.published(after(2))
    assert (len(found), found[-1].published) == (ALREADY + 1, after(2))
    assert (len(room.published(after(7))), room.paused) == (ALREADY + later, paused)


def test_later_rounds_are_later_versions_with_ids_of_their_own(room: Newsroom) -> None:
    out = room.published(after(len(DRAFTS) * 5 * 2))
    titles = [one.title for one in out if one.draft == DRAFTS[1]]
    assert titles == [f"{DRAFTS[1].title}{more}" for more in ("", " (update 2)", " (update 3)")]
    assert len({one.number for one in out}) == len(out)


def test_a_newsroom_without_drafts_publishes_nothing() -> None:
    assert Newsroom([], NOW).published(after(3_600)) == []


async def test_every_outlets_feed_is_read_back_and_not_sent_twice(
    room: Newsroom, client: httpx.AsyncClient
) -> None:
    for source in newsroom_sources(room, BASE):
        first = await client.get(source.url)
        again = await client.get(source.url, headers={"if-none-match": first.headers["etag"]})
        feed = parse_feed(first.content, first.headers["content-type"], source.url)
        slug = source.url.rpartition("/")[2].removesuffix(".feed")
        assert [(one.title, one.summary, one.published) for one in feed.entries] == [
            (one.title, one.draft.summary, one.published) for one in room.of(slug, NOW)
        ]
        assert (feed.language, again.status_code, again.content) == (source.language, 304, b"")


async def test_the_link_of_every_entry_opens_its_article(
    room: Newsroom, client: httpx.AsyncClient
) -> None:
    for source in newsroom_sources(room, BASE):
        answer = await client.get(source.url)
        feed = parse_feed(answer.content, answer.headers["content-type"], source.url)
        for entry in feed.entries:
            page = await client.get(entry.link or "")
            assert (page.status_code, entry.title in page.text) == (200, True)


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
async def test_markup_in_an_article_is_words_on_its_page_and_in_its_feed(kind: str) -> None:
    hostile = "1 < 2 & <script>alert('x')</script> \"quoted\""
    outlet = Outlet("The <Angle>", "angle", "en", kind, "update")
    room = Newsroom([Draft(outlet, hostile, hostile, 'A & "B"')], NOW)
    app = Starlette(routes=newsroom_routes(room, lambda: NOW))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        answer = await client.get("/newsroom/angle.feed")
        page = await client.get("/newsroom/angle/0")
    feed = parse_feed(answer.content, answer.headers["content-type"], BASE)
    assert (feed.entries[0].categories, "<script" in page.text) == (('A & "B"',), False)


async def test_a_failing_newsroom_answers_as_a_broken_server_does(
    room: Newsroom, client: httpx.AsyncClient
) -> None:
    room.failing = True
    assert (await client.get("/newsroom/courier.feed")).status_code == 503


@pytest.mark.parametrize("path", ["nobody.feed", "courier/99", "faro/0"])
async def test_what_was_never_published_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/newsroom/{path}")).status_code == 404
