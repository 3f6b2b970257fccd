"""Who added a source hears once, kindly, what became of it."""

from datetime import timedelta

import pytest

from bot.domain.errors import FetchError
from bot.domain.message import Message
from bot.domain.model import ChatKind, Feed, Notice, Place, Source, Validators
from bot.domain.outcomes import (
    Ambiguous,
    ChatGone,
    ChatMoved,
    Flooded,
    NoRights,
    Outcome,
    Rejected,
    Unreachable,
)
from bot.domain.ports import CatalogueEntry, Fetched, NotModified
from bot.services.catalogue import Catalogue
from bot.services.live_index import LiveIndex
from bot.services.notices import Notices
from bot.services.poll import Manners, Poller
from storage.engine import Database
from tests.builders import NOW, PRIVATE, make_entry
from tests.fakes import FakeClock, FakeSender

NONE = Validators()
OLD, NEW = "https://old.example.org/feed.xml", "https://new.example.org/feed.xml"
MOVED = NotModified(moved_to=NEW)
WELL = NotModified()
GONE = FetchError("gone", "gone", status=410)
DOWN = FetchError("server-error", "trouble", status=500)


class Web:
    """One address, one answer at a time."""

    def __init__(self) -> None:
        self.answer: Fetched | NotModified | FetchError = WELL
        self.asked: list[str] = []

    async def fetch(self, url: str, validators: Validators = NONE) -> Fetched | NotModified:
        del validators
        self.asked.append(url)
        if isinstance(self.answer, FetchError):
            raise self.answer
        return self.answer


class OneStory:
    """Every body is a feed with the same one entry."""

    async def parse(self, body: bytes, content_type: str | None, url: str) -> Feed:
        del body, content_type, url
        entry = make_entry()
        return Feed(title="T", link=None, language=None, format="rss20", entries=(entry,))


class House:
    """A poller and the notices, over one database; Ada's chat added the source."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock()
        self.web = Web()
        self.sender = FakeSender(self.clock)
        self.notices = Notices(database, self.sender, said, self.clock)
        self.poller = Poller(
            storage=database,
            fetcher=self.web,
            parser=OneStory(),
            index=LiveIndex(),
            clock=self.clock,
            manners=lambda _: Manners(interval=300, host_delay=0),
            rung=lambda: None,
        )

    async def add(self, url: str = OLD, owner: int | None = PRIVATE.chat) -> Source:
        async with self.database.write() as tx:
            await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
            return await tx.sources.add(CatalogueEntry(url=url, title="Mine"), owner, NOW)

    async def poll(self, hours: float, answer: NotModified | Fetched | FetchError) -> None:
        """Poll what is due so many hours later."""
        self.web.answer = answer
        self.clock.advance(hours * 3_600)
        async with self.database.write() as tx:
            due = await tx.sources.claim(self.clock(), 9, 40)
        for source in due:
            await self.poller.poll(source)

    async def source(self, number: int = 1) -> Source:
        async with self.database.read() as tx:
            found = await tx.sources.get(number)
        assert found is not None
        return found

    async def told(self) -> list[str]:
        while await self.notices.tick():
            self.clock.advance(1)
        return self.sender.texts(PRIVATE.chat)


def said(notice: Notice) -> Message:
    return Message(text=f"{notice.kind} {notice.values['title']} {notice.values['address']}")


@pytest.fixture
async def house(database: Database) -> House:
    opened = House(database)
    await opened.add()
    return opened


async def test_i6_a_source_that_moved_is_told_once_keeps_its_history_and_rings_nobody_again(
    house: House,
) -> None:
    full = Fetched(url=OLD, body=b"1", content_type=None, validators=NONE)
    await house.poll(1, full)
    for hours in (1, 12, 13):
        await house.poll(hours, MOVED)
    moved = Fetched(url=NEW, body=b"2", content_type=None, validators=NONE)
    await house.poll(1, moved)
    await house.poll(30, WELL)
    async with house.database.read() as tx:
        kept = await tx.articles.latest(PRIVATE.chat, limit=9)
    assert ((await house.source()).url, len(kept)) == (NEW, 1)
    assert house.web.asked == [OLD] * 4 + [NEW] * 2
    assert await house.told() == [f"moved Mine {NEW}"]


async def test_i6_two_sources_that_move_to_one_address_do_not_collide(house: House) -> None:
    await house.add("https://older.example.org/feed.xml")
    for hours in (1, 12, 13, 1):
        await house.poll(hours, MOVED)
    urls = {(await house.source(number)).url for number in (1, 2)}
    assert urls == {NEW, "https://older.example.org/feed.xml"}
    assert await house.told() == [f"moved Mine {NEW}"]


async def test_i6_the_catalogue_knows_a_source_that_moved_by_the_address_it_lists(
    database: Database,
) -> None:
    house = House(database)
    listed = [CatalogueEntry(url=OLD, title="A")]
    async with database.write() as tx:
        await tx.sources.sync_catalogue(listed, NOW, 0)
    for hours in (1, 12, 13):
        await house.poll(hours, MOVED)
    corrected = [CatalogueEntry(url=NEW, title="A")]
    async with database.write() as tx:
        counts = [
            await tx.sources.sync_catalogue(entries, house.clock(), 0)
            for entries in (listed, corrected, [*listed, *corrected], [], listed)
        ]
    source = await house.source()
    assert counts == [(0, 0), (0, 0), (0, 0), (0, 1), (0, 0)]
    assert (source.url, source.retired) == (NEW, False)


async def test_i7_a_source_that_is_gone_is_asked_no_more_and_told_once(house: House) -> None:
    for hours in (1, 2, 50, 50):
        await house.poll(hours, GONE)
    assert (len(house.web.asked), (await house.source()).closed) == (2, True)
    assert await house.told() == ["gone Mine "]


async def test_i7_a_person_brings_a_source_back_that_lives_again(house: House) -> None:
    for hours in (1, 2):
        await house.poll(hours, GONE)
    house.web.answer = Fetched(url=OLD, body=b"1", content_type=None, validators=NONE)
    catalogue = Catalogue(house.database, house.web, OneStory(), house.clock)
    back = (await catalogue.add(OLD, PRIVATE.chat)).source
    await house.poll(1, WELL)
    assert ((back.id, back.closed), len(house.web.asked)) == ((1, False), 4)


async def test_i7_a_person_who_asks_for_what_is_still_gone_is_told_so(house: House) -> None:
    for hours in (1, 2):
        await house.poll(hours, GONE)
    catalogue = Catalogue(house.database, house.web, OneStory(), house.clock)
    with pytest.raises(FetchError, match="gone"):
        await catalogue.add(OLD, PRIVATE.chat)
    assert (await house.source()).closed


async def test_i7_the_catalogue_brings_back_what_it_lists_anew_not_at_every_start(
    database: Database,
) -> None:
    house = House(database)
    listed = [CatalogueEntry(url=OLD, title="A")]
    closed = []
    async with database.write() as tx:
        await tx.sources.sync_catalogue(listed, NOW, 0)
    for hours in (1, 2):
        await house.poll(hours, GONE)
    for entries in (listed, [], listed):
        async with database.write() as tx:
            await tx.sources.sync_catalogue(entries, house.clock(), 0)
        closed.append((await house.source()).closed)
    assert closed == [True, True, False]


async def test_a_week_of_failures_is_told_once(house: House) -> None:
    for _ in range(12):
        await house.poll(27, DOWN)
    assert (len(house.web.asked), await house.told()) == (12, ["failing Mine "])


async def test_nobody_is_told_about_the_catalogue(database: Database) -> None:
    house = House(database)
    await house.add(owner=None)
    for hours in (1, 2):
        await house.poll(hours, GONE)
    assert ((await house.source()).closed, await house.told()) == (True, [])


async def test_l3_an_outage_of_ours_is_told_to_nobody(house: House) -> None:
    for number in range(9):
        await house.add(f"https://h{number}.example.org/f")
    for _ in range(12):
        await house.poll(27, FetchError("timeout", "slow"))
    assert (await house.told(), (await house.source()).failures) == ([], 0)


@pytest.mark.parametrize(
    ("answers", "tries"),
    [
        ([], 1),
        ([Flooded(30), Unreachable("cut")], 3),
        ([NoRights("kicked?"), NoRights("kicked?")], 3),
        ([NoRights("kicked")] * 9, 6),
        ([Ambiguous("no answer")], 1),
        ([Rejected("entities")], 1),
    ],
    ids=["taken", "later", "no rights for a while", "no rights at all", "unanswered", "refused"],
)
async def test_a_notice_is_tried_as_long_as_it_makes_sense(
    house: House, answers: list[Outcome], tries: int
) -> None:
    house.sender.answers[PRIVATE.chat] = list(answers)
    for hours in (1, 2):
        await house.poll(hours, GONE)
    for _ in range(99):
        await house.notices.tick()
        house.clock.advance(1_200)
    assert len(house.sender.ledger) == tries


async def test_a_chat_that_is_gone_is_told_when_it_is_back(house: House) -> None:
    house.sender.answers[PRIVATE.chat] = [ChatGone("blocked")]
    for hours in (1, 2):
        await house.poll(hours, GONE)
    for _ in range(5):
        await house.notices.tick()
        house.clock.advance(60)
    blocked = len(house.sender.ledger)
    async with house.database.write() as tx:
        await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
    assert (blocked, len(await house.told())) == (1, 2)


async def test_a_group_that_moved_hears_it_in_its_new_home(house: House) -> None:
    house.sender.answers[PRIVATE.chat] = [ChatMoved(-100_7)]
    for hours in (1, 2):
        await house.poll(hours, GONE)
    await house.told()
    assert [one.place for one in house.sender.ledger] == [PRIVATE, Place(-100_7)]


async def test_a_notice_that_two_processes_look_for_is_said_once(house: House) -> None:
    for hours in (1, 2):
        await house.poll(hours, GONE)
    other = Notices(house.database, house.sender, said, house.clock)
    both = [await house.notices.tick(), await other.tick()]
    house.clock.advance(timedelta(days=1).total_seconds())
    assert ([*both, await other.tick()], len(house.sender.ledger)) == ([1, 0, 0], 1)
