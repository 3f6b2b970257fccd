"""What people and operators do with sources, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.choices import Offer
from bot.domain.errors import LimitReached
from bot.domain.grammar import parse
from bot.domain.model import ChatKind, Entry, Feed, Place, Source, Validators
from bot.domain.ports import CatalogueEntry, Fetched
from bot.domain.quotas import Quotas
from bot.domain.shelves import Shelf
from bot.domain.standing import Standing
from bot.services.catalogue import Catalogue
from bot.services.live_index import LiveIndex
from bot.services.poll import Manners, Poller
from bot.services.preferences import Preferences
from bot.services.sourcing import Promotion, Sourcing
from storage.engine import Database
from storage.schema import alert, article
from tests.builders import GROUP, NOW, PRIVATE, make_article, make_entry
from tests.fakes import FakeClock

OPERATOR = 77
SHARED = "https://shared.example/f"
KEYED = "https://me:pw@mine.example/f"


class Web:
    """Every address holds a feed, with one more entry about NATO at each look."""

    def __init__(self) -> None:
        self.looks = 0

    async def fetch(self, url: str, validators: Validators = Validators()) -> Fetched:  # noqa: B008 - a frozen value
        del validators
        self.looks += 1
        body = str(self.looks).encode()
        return Fetched(url=url, body=body, content_type=None, validators=Validators())

    async def parse(self, body: bytes, content_type: str | None, url: str) -> Feed:
        del content_type
        entries = tuple(self._entry(number, url) for number in range(int(body)))
        return Feed(
            title=f"Feed of {url}", link=None, language="en", format="rss20", entries=entries
        )

    def _entry(self, number: int, url: str) -> Entry:
        return make_entry(id=f"{url}{number}", link=f"{url}/{number}", title=f"NATO no. {number}")


class Desk:
    """A catalogue with one source, a private chat, a group, and an operator."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock()
        self.web = Web()
        self.index = LiveIndex()
        self.sourcing = Sourcing(database, self.index, self.clock, [OPERATOR])
        self.catalogue = Catalogue(database, self.web, self.web, self.clock, Quotas(sources=2))
        self.poller = self.polling()

    def polling(self, *, pivot: bool = False) -> Poller:
        return Poller(
            storage=self.database,
            fetcher=self.web,
            parser=self.web,
            index=self.index,
            clock=self.clock,
            manners=lambda _: Manners(interval=60, host_delay=0),
            rung=lambda: None,
            pivot=pivot,
        )

    async def open(self) -> None:
        query = parse("NATO")
        async with self.database.write() as tx:
            for chat, kind in (
                (PRIVATE.chat, ChatKind.PRIVATE),
                (GROUP.chat, ChatKind.SUPERGROUP),
                (OPERATOR, ChatKind.PRIVATE),
            ):
                await tx.chats.ensure(chat, kind, "A chat", "en")
            await tx.subscriptions.add(PRIVATE, "NATO", query, NOW)
            await tx.subscriptions.add(GROUP, "NATO", query, NOW)
        await self.index.load(self.database, NOW)
        await self.sync(SHARED)

    async def sync(self, *urls: str) -> None:
        await self.catalogue.sync([CatalogueEntry(url=one, title="Shared") for one in urls], 0)

    async def poll(self) -> int:
        """Ask all that is due, twice, so that the second look has something new; alerts rung."""
        rung = 0
        for _ in range(2):
            self.clock.advance(4_000)
            async with self.database.write() as tx:
                due = await tx.sources.claim(self.clock(), 10, 40)
            rung += sum([await self.poller.poll(one) for one in due])
        return rung

    async def rung_by(self, source: Source) -> set[int]:
        """Chats that have alerts of this source."""
        its = select(alert.c.chat).join(article, article.c.id == alert.c.article)
        async with self.database.read() as tx:
            rows = await tx.connection.scalars(its.where(article.c.source == source.id))
        return set(rows)

    async def shared(self) -> Source:
        async with self.database.read() as tx:
            found = await tx.sources.find(SHARED, PRIVATE.chat)
        assert found is not None
        return found

    async def names(self, place: Place, shelf: Shelf = Shelf.ALL, words: str = "") -> list[str]:
        listed = await self.sourcing.shelf(place, shelf, words)
        return [one.source.title for one in listed.found]

    async def told(self) -> list[tuple[int, str, str]]:
        async with self.database.write() as tx:
            said = await tx.notices.claim(self.clock() + timedelta(days=1), 9, 1)
        return [(one.chat.id, one.kind, one.values["count"]) for one in said]


@pytest.fixture
async def desk(database: Database) -> Desk:
    opened = Desk(database)
    await opened.open()
    return opened


async def test_what_a_chat_adds_serves_that_chat_alone_until_it_is_promoted(desk: Desk) -> None:
    added = await desk.catalogue.add("https://own.example/f", GROUP.chat)
    name = added.source.title
    before = [await desk.names(one) for one in (GROUP, PRIVATE)]
    foreign = [await desk.names(one, Shelf.FOREIGN) for one in (GROUP, PRIVATE)]
    await desk.poll()
    alone = await desk.rung_by(added.source)
    done = [await desk.sourcing.promote(added.source.id) for _ in range(2)]
    await desk.sync(SHARED)  # a new start: the list that does not have it retires it not
    after = [await desk.names(one) for one in (GROUP, PRIVATE)]
    assert (before, foreign) == ([[name, "Shared"], ["Shared"]], [[], [name]])
    assert (done, after) == ([Promotion.DONE, Promotion.KNOWN], [[name, "Shared"]] * 2)
    await desk.poll()
    assert (alone, await desk.rung_by(added.source)) == ({GROUP.chat}, {GROUP.chat, PRIVATE.chat})


async def test_chats_that_have_a_copy_of_what_is_promoted_share_it(desk: Desk) -> None:
    url = "https://own.example/f"
    first = (await desk.catalogue.add(url, GROUP.chat)).source
    copy = (await desk.catalogue.add(url, PRIVATE.chat)).source
    await desk.catalogue.add(url, OPERATOR)
    async with desk.database.write() as tx:
        made, _ = await tx.subscriptions.add(PRIVATE, "All", parse(f"source:#{copy.id}"), NOW)
        await tx.subscriptions.update(replace(made, silent=True))
    await desk.sourcing.promote(first.id)
    async with desk.database.read() as tx:
        found = await tx.subscriptions.of_place(PRIVATE)
    everybody = (GROUP, PRIVATE, Place(OPERATOR))
    names = [await desk.names(one) for one in everybody]
    assert [(one.query, one.silent) for one in found] == [
        ("NATO", False),
        (f"source:#{first.id}", True),
    ]
    assert names == [[first.title, "Shared"]] * 3
    news = [make_article(source=one.id, title="Any", summary="") for one in (first, copy)]
    met = await desk.index.match_all(news)
    assert met == (frozenset({parse(f"source:#{first.id}").id}), frozenset())


async def test_what_everybody_has_and_what_holds_a_secret_is_not_promoted(desk: Desk) -> None:
    async with desk.database.write() as tx:
        double = await tx.sources.add(CatalogueEntry(url=SHARED, title="x"), GROUP.chat, NOW)
        twin = await tx.sources.add(
            CatalogueEntry(url="https://new.example/f", title="x"), GROUP.chat, NOW
        )
    await desk.sync(SHARED, "https://new.example/f")
    keyed = await desk.catalogue.add(KEYED, PRIVATE.chat)
    ids = (double.id, twin.id, keyed.source.id, 999)
    assert [await desk.sourcing.promote(one) for one in ids] == [
        Promotion.KNOWN,
        Promotion.KNOWN,
        Promotion.SECRET,
        Promotion.GONE,
    ]


async def test_a_report_reaches_the_operators_once_a_chat(desk: Desk) -> None:
    shared = await desk.shared()
    own = await desk.catalogue.add("https://own.example/f", GROUP.chat)
    said = [await desk.sourcing.report(place, shared.id) for place in (GROUP, GROUP, PRIVATE)]
    card = await desk.sourcing.card(PRIVATE, shared.id, operator=True)
    assert said == [True, False, True]
    assert await desk.sourcing.report(PRIVATE, own.source.id) is None
    assert await desk.told() == [(OPERATOR, "report", "1"), (OPERATOR, "report", "2")]
    assert card is not None
    assert card.reports == 2


async def test_a_source_that_operators_mute_is_read_and_rings_nobody(desk: Desk) -> None:
    shared = await desk.shared()
    loud = await desk.poll()
    await desk.sourcing.judge(shared.id, Standing.MUTED)
    async with desk.database.read() as tx:
        waiting = await tx.status.freshness(None, desk.clock())
        before = len(await tx.articles.latest(PRIVATE.chat, limit=50))
    muted = await desk.poll()
    async with desk.database.read() as tx:
        after = len(await tx.articles.latest(PRIVATE.chat, limit=50))
    await desk.sourcing.judge(shared.id, Standing.MUTED)
    heard = await desk.poll()
    assert (loud > 0, waiting.queued, muted, heard > 0) == (True, 0, 0, True)
    assert after > before


async def test_a_muted_source_rings_by_no_translation_either(desk: Desk) -> None:
    await Preferences(desk.database, desk.clock, Offer(True, True)).set_pivot(PRIVATE, True)
    async with desk.database.write() as tx:
        await tx.chats.set_locale(PRIVATE.chat, "de")
    desk.poller = desk.polling(pivot=True)
    queued = []
    for standing in (Standing.GOOD, Standing.MUTED):
        shared = await desk.shared()
        if shared.standing is not standing:
            await desk.sourcing.judge(shared.id, standing)
        await desk.poll()
        async with desk.database.write() as tx:
            queued.append(len(await tx.pivots.claim(desk.clock(), 9, 1e6)))
    assert queued == [1, 0]


async def test_a_source_that_operators_retire_stays_so_though_the_list_has_it(
    desk: Desk,
) -> None:
    shared = await desk.shared()
    await desk.poll()
    looks = desk.web.looks
    await desk.sourcing.judge(shared.id, Standing.RETIRED)
    await desk.sync(SHARED)
    await desk.poll()
    retired = (await desk.names(PRIVATE), desk.web.looks - looks)
    await desk.sourcing.judge(shared.id, Standing.RETIRED)
    await desk.poll()
    assert retired == ([], 0)
    assert (await desk.names(PRIVATE), desk.web.looks - looks) == (["Shared"], 2)


async def test_a_chat_removes_its_own_source_and_what_rang_for_it_alone(desk: Desk) -> None:
    own = (await desk.catalogue.add("https://own.example/f", GROUP.chat)).source
    shared = await desk.shared()
    async with desk.database.write() as tx:
        await tx.subscriptions.add(GROUP, "All of it", parse(f"source:#{own.id}"), NOW)
    foreign = [
        await desk.sourcing.drop(PRIVATE, own.id),
        await desk.sourcing.drop(GROUP, shared.id),
    ]
    dropped = await desk.sourcing.drop(GROUP, own.id)
    again = await desk.sourcing.drop(GROUP, own.id)
    async with desk.database.read() as tx:
        left = [one.query for one in await tx.subscriptions.of_place(GROUP)]
    assert (foreign, dropped is not None, again) == ([None, None], True, None)
    assert (left, await desk.names(GROUP)) == (["NATO"], ["Shared"])


async def test_q2_a_chat_adds_so_many_sources_and_no_more(desk: Desk) -> None:
    for number in range(2):
        await desk.catalogue.add(f"https://own.example/{number}", GROUP.chat)
    looks = desk.web.looks
    with pytest.raises(LimitReached) as caught:
        await desk.catalogue.add("https://own.example/2", GROUP.chat)
    known = await desk.catalogue.add("https://own.example/1", GROUP.chat)
    shared = await desk.catalogue.add(SHARED, GROUP.chat)
    other = await desk.catalogue.add("https://own.example/2", PRIVATE.chat)
    assert (caught.value.what, caught.value.limit) == ("sources", 2)
    assert [one.new for one in (known, shared, other)] == [False, False, True]
    assert desk.web.looks - looks == 1  # nobody outside is asked for what is refused or known


async def test_sources_are_found_by_words_and_shown_by_trouble(desk: Desk) -> None:
    await desk.catalogue.add("https://own.example/f", GROUP.chat)
    assert await desk.names(GROUP, words="OWN feed") == ["Feed of https://own.example/f"]
    assert await desk.names(GROUP, words="nothing") == []
    assert await desk.names(GROUP, Shelf.TROUBLED) == []
    assert await desk.names(GROUP, Shelf.OWN) == ["Feed of https://own.example/f"]


async def test_no_card_shows_another_chats_source_but_to_operators(desk: Desk) -> None:
    own = (await desk.catalogue.add("https://own.example/f", GROUP.chat)).source
    seen = [
        await desk.sourcing.card(place, own.id, operator=operator) is not None
        for place, operator in ((GROUP, False), (PRIVATE, False), (PRIVATE, True))
    ]
    assert seen == [True, False, True]


async def test_a_button_leads_to_the_feed_that_was_offered_in_its_chat_alone(desk: Desk) -> None:
    found = await desk.sourcing.offer(GROUP, [("https://a.example/1", "A"), (KEYED, "B")])
    numbers = [number for number, _, _ in found]
    there = [await desk.sourcing.offered(GROUP, one) for one in numbers]
    elsewhere = [await desk.sourcing.offered(PRIVATE, one) for one in numbers]
    assert (there, elsewhere) == (["https://a.example/1", KEYED], [None, None])
