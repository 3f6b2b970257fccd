"""The demo newsroom publishes real feeds, one article every few seconds."""

from datetime import timedelta
from importlib.resources import files

import httpx
import pytest
from starlette.applications import Starlette

from bot.playground.newsroom import Newsroom, newsroom_routes, newsroom_sources, read_drafts
from bot.sources.parsing import parse_feed
from tests.builders import NOW

DRAFTS = read_drafts(files("bot.playground").joinpath("news", "articles.toml").read_text("utf-8"))


def test_a_dozen_articles_in_seven_languages() -> None:
    languages = {draft.outlet.language for draft in DRAFTS}
    assert (len(DRAFTS) >= 12, languages) == (
        True,
        {"de", "en", "fr", "es", "ru", "ar", "zh-Hans"},
    )


@pytest.mark.parametrize(("seconds", "more"), [(0, 0), (4.9, 0), (5, 1), (27, 5)])
def test_one_more_every_five_seconds(seconds: float, more: int) -> None:
    room = Newsroom(DRAFTS, NOW)
    count = len(room.published(NOW + timedelta(seconds=seconds)))
    assert count == len(room.outlets) + more


def test_a_second_round_is_new_articles() -> None:
    room = Newsroom(DRAFTS, NOW)
    numbers = [one.number for one in room.published(NOW + timedelta(hours=1))]
    titles = [one.draft.title for one in room.published(NOW + timedelta(hours=1))]
    assert (len(set(numbers)), len(set(titles))) == (len(numbers), len(titles))


async def test_every_outlets_feed_is_read_back_and_not_sent_twice() -> None:
    room = Newsroom(DRAFTS, NOW)
    app = Starlette(routes=newsroom_routes(room, lambda: NOW))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for source in newsroom_sources(room, "http://127.0.0.1"):
            first = await client.get(source.url)
            again = await client.get(source.url, headers={"if-none-match": first.headers["etag"]})
            feed = parse_feed(first.content, first.headers["content-type"], source.url)
            slug = source.url.rpartition("/")[2].removesuffix(".feed")
            assert [one.title for one in feed.entries] == [
                one.draft.title for one in room.of(slug, NOW)
            ]
            assert (feed.language, again.status_code) == (source.language, 304)
