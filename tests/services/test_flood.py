"""One source cannot fill the archive or a chat: what it brings beyond its day is let go."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import polling
from bot.domain.model import SourceHealth
from bot.domain.polling import room_for
from bot.domain.shelves import Shelf
from bot.rendering.sentences import Sentences
from bot.rendering.sources import Eyes, Shown, card, sources
from bot.services.sourcing import Sourcing
from storage.engine import Database
from tests.builders import PRIVATE, make_source
from tests.services.test_promises import Desk, Pages, story

HOUR = timedelta(hours=1)


@pytest.fixture
async def desk(database: Database, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The source may bring five articles a day."""
    monkeypatch.setattr(polling, "MOST_A_DAY", 5)
    pages = Pages()
    opened = Desk(database, pages, pages)
    await opened.open("https://news.example.org/feed.xml")
    return opened


async def health(desk: Desk) -> SourceHealth:
    async with desk.database.read() as tx:
        (found,) = await tx.sources.visible(PRIVATE.chat, desk.clock())
    return found


async def titles(desk: Desk) -> list[str]:
    async with desk.database.read() as tx:
        return [one.title for one in await tx.articles.latest(PRIVATE.chat, limit=99)]


def stories(*numbers: int) -> list[str]:
    return [story(number).title for number in numbers]


async def test_beyond_its_day_the_newest_of_a_source_are_kept_and_the_rest_never_rings(
    desk: Desk,
) -> None:
    shown = [story(number) for number in range(9, -1, -1)]
    rung = [
        await desk.poll(*shown[7:]),  # 2, 1, 0
        await desk.poll(*shown, after=HOUR),  # room for two of seven
        await desk.poll(*shown, after=HOUR),
        await desk.poll(story(10), *shown, after=HOUR),
        await desk.poll(*shown, after=2 * timedelta(days=1)),
        await desk.poll(story(11), story(10), *shown),
    ]
    assert rung == [0, 2, 0, 0, 0, 1]
    assert await titles(desk) == stories(11, 9, 8, 2, 1, 0)


async def test_a_flood_is_told_on_the_source_s_card_until_it_is_over(
    desk: Desk, sentences: Sentences
) -> None:
    told = []
    for count, after in ((3, HOUR), (9, HOUR), (10, timedelta(days=2))):
        await desk.poll(*(story(number) for number in range(count)), after=after)
        found = await health(desk)
        shown = Shown(now=desk.clock())
        eyes = Eyes(chat=PRIVATE.chat, private=True, operator=True)
        text = card(found, shown, eyes, sentences).text
        told.append((found.source.failures, sentences.plain("reason_flood") in text))
    assert told == [(0, False), (0, True), (0, False)]


async def test_a_flood_is_no_failure_in_the_list_of_sources(
    desk: Desk, sentences: Sentences
) -> None:
    await desk.poll(*(story(number) for number in range(9)), after=HOUR)
    found = await health(desk)
    broken = replace(found, source=make_source(id=2, title="Herald", error="not-a-feed"))
    eyes = Eyes(chat=PRIVATE.chat)
    text = sources([found, broken], Shown(now=desk.clock()), eyes, sentences).text
    title, flood, failure, *_ = text.split("\n")
    assert (title, flood[:1], failure[:1]) == ("<b>2 sources</b>, 1 with trouble", "ℹ", "⚠")
    sourcing = Sourcing(desk.database, desk.index, desk.clock, ())
    assert (await sourcing.shelf(PRIVATE, Shelf.TROUBLED)).found == ()


async def test_a_source_that_floods_is_asked_again_after_an_hour(desk: Desk) -> None:
    await desk.poll(*(story(number) for number in range(5)))
    await desk.poll(*(story(number) for number in range(500)), after=HOUR)
    asked = []
    for seconds in (3_599, 1):
        desk.clock.advance(seconds)
        async with desk.database.write() as tx:
            asked.append(len(await tx.sources.claim(desk.clock(), 1, 40)))
    assert asked == [0, 1]


@pytest.mark.parametrize(
    ("owner", "kept", "room"),
    [(None, 0, 5_000), (None, 4_990, 10), (None, 9_999, 0), (1001, 0, 1_000), (1001, 1_000, 0)],
)
def test_a_day_of_the_catalogue_is_longer_than_one_of_a_chat_s_own_source(
    owner: int | None, kept: int, room: int
) -> None:
    assert room_for(make_source(owner=owner), kept) == room
