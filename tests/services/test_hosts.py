"""Politeness to hosts: one request at a time, a pause, and a turn for each who waits."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from bot.domain.errors import FetchError
from bot.domain.model import Source, Validators
from bot.domain.ports import CatalogueEntry, Fetched, NotModified
from bot.services.live_index import LiveIndex
from bot.services.poll import Manners, Poller
from storage.engine import Database
from tests.builders import NOW
from tests.fakes import FakeClock, settle_down

NONE = Validators()


class Ledger:
    """A web whose servers answer 304 to everything, and who was asked when."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.asked: list[tuple[str, datetime]] = []
        self.faults: dict[str, FetchError] = {}
        self.seconds = 0.0  # that an answer takes

    async def fetch(self, url: str, validators: Validators = NONE) -> Fetched | NotModified:
        del validators
        self.asked.append((url, self.clock()))
        self.clock.advance(self.seconds)
        if url in self.faults:
            raise self.faults[url]
        return NotModified()

    def urls(self) -> list[str]:
        return [url for url, _ in self.asked]


class NoParser:
    """Nothing is ever parsed here."""

    async def parse(self, body: bytes, content_type: str | None, url: str) -> object:
        raise AssertionError((body, content_type, url))


class Street:
    """A poller whose ticks come every half second of a clock that we move."""

    def __init__(self, database: Database, delay: float = 2, interval: float = 600) -> None:
        self.database = database
        self.clock = FakeClock()
        self.web = Ledger(self.clock)
        self.manners = Manners(interval=interval, host_delay=delay)
        self.poller = self.new_poller()

    def new_poller(self) -> Poller:
        """The program, started again."""
        return Poller(
            storage=self.database,
            fetcher=self.web,
            parser=NoParser(),  # type: ignore[arg-type]  # never called
            index=LiveIndex(),
            clock=self.clock,
            manners=lambda _: self.manners,
            rung=lambda: None,
        )

    async def add(self, *urls: str) -> list[Source]:
        async with self.database.write() as tx:
            return [
                await tx.sources.add(CatalogueEntry(url=url, title=url), None, self.clock())
                for url in urls
            ]

    async def go_on(self, seconds: float) -> None:
        for _ in range(int(seconds * 2)):
            await self.poller.tick()
            await self.rest()
            self.clock.advance(0.5)

    async def rest(self) -> None:
        """Until every poll has been written down."""
        while self.poller._running:
            await settle_down(1)
        await settle_down(1)


async def test_a_hundred_feeds_of_one_host_are_asked_once_each_two_seconds_apart(
    database: Database,
) -> None:
    street = Street(database)
    await street.add(*(f"https://a.org/{number}" for number in range(100)))
    await street.go_on(260)
    moments = [at for _, at in street.web.asked]
    gaps = [(b - a).total_seconds() for a, b in pairwise(moments)]
    assert set(Counter(street.web.urls()).values()) == {1}
    assert (len(moments), min(gaps) >= 2, max(gaps) <= 3) == (100, True, True)


async def test_more_feeds_than_a_host_bears_are_asked_in_turn_and_none_is_forgotten(
    database: Database,
) -> None:
    street = Street(database, interval=60)
    street.web.seconds = 0.8
    await street.add(*(f"https://a.org/{number}" for number in range(40)))
    await street.go_on(300)
    moments = [at for _, at in street.web.asked]
    gaps = [(b - a).total_seconds() for a, b in pairwise(moments)]
    times = Counter(street.web.urls()).values()
    assert (len(times), max(times) - min(times) <= 1) == (40, True)
    assert (min(gaps) >= 2.8, max(gaps) <= 4.5) == (True, True)


async def test_a_crowd_at_one_host_holds_nobody_else_up(database: Database) -> None:
    street = Street(database)
    await street.add(*(f"https://a.org/{number}" for number in range(120)))
    await street.add("https://b.org/1")
    await street.go_on(2)
    assert "https://b.org/1" in street.web.urls()


async def test_l2_retry_after_holds_for_the_whole_host_and_across_a_restart(
    database: Database,
) -> None:
    street = Street(database)
    await street.add("https://a.org/1", "https://a.org/2", "https://b.org/1")
    busy = FetchError("rate-limited", "busy", status=429, retry_after=3_600)
    street.web.faults = {"https://a.org/1": busy}
    await street.go_on(0.5)
    street.poller = street.new_poller()
    await street.go_on(29.5)
    first = street.web.urls()
    street.clock.advance(3_560)
    street.web.faults = {}
    await street.go_on(30)
    then = [(url, at) for url, at in street.web.asked if "a.org" in url][1:]
    assert sorted(first) == ["https://a.org/1", "https://b.org/1"]
    assert {url for url, _ in then} == {"https://a.org/1", "https://a.org/2"}
    assert min(at for _, at in then) >= NOW + timedelta(hours=1)


async def test_a_feed_added_while_its_host_is_on_hold_waits_too(database: Database) -> None:
    street = Street(database)
    await street.add("https://a.org/1")
    busy = FetchError("server-error", "busy", status=503, retry_after=600)
    street.web.faults = {"https://a.org/1": busy}
    await street.go_on(5)
    await street.add("https://a.org/new")
    await street.go_on(30)
    assert street.web.urls() == ["https://a.org/1"]


async def test_l4_a_restart_asks_nobody_earlier_than_its_due_time(database: Database) -> None:
    street = Street(database)
    entries = [CatalogueEntry(url=f"https://h{number}.org/", title="x") for number in range(20)]
    async with database.write() as tx:
        await tx.sources.sync_catalogue(entries, NOW, 60)
    await street.go_on(70)
    asked = len(street.web.asked)
    street.poller = street.new_poller()
    async with database.write() as tx:
        await tx.sources.sync_catalogue(entries, street.clock(), 60)
    await street.go_on(300)
    assert (asked, len(street.web.asked)) == (20, 20)


async def test_l3_an_outage_of_ours_is_nobodys_fault(database: Database) -> None:
    street = Street(database, interval=300)
    sources = await street.add(*(f"https://h{number}.org/" for number in range(10)))
    await street.go_on(5)
    cut = FetchError("dns", "unknown host")
    street.web.faults = {source.url: cut for source in sources}
    for _ in range(24):
        street.clock.advance(900)
        await street.go_on(5)
    async with database.read() as tx:
        found = [await tx.sources.get(source.id) for source in sources]
    assert {(one.failures, one.error, one.failing) for one in found if one} == {(0, None, None)}
    assert len(street.web.asked) > 10 * 12


async def test_l3_one_dead_host_among_many_is_its_own_fault(database: Database) -> None:
    street = Street(database, interval=300)
    sources = await street.add(*(f"https://h{number}.org/" for number in range(10)))
    street.web.faults = {sources[0].url: FetchError("connect", "refused")}
    await street.go_on(5)
    async with database.read() as tx:
        dead, well = await tx.sources.get(sources[0].id), await tx.sources.get(sources[1].id)
    assert dead is not None
    assert well is not None
    assert ((dead.failures, dead.error), well.failures) == ((1, "connect"), 0)


async def test_l3_thirty_days_of_failures_never_end_the_asking(database: Database) -> None:
    street = Street(database, interval=300)
    (source,) = await street.add("https://a.org/1")
    street.web.faults = {source.url: FetchError("not-found", "nothing there", status=404)}
    for _ in range(31):
        street.clock.advance(27 * 3_600)
        await street.go_on(1)
    moments = [at for _, at in street.web.asked]
    gaps = [b - a for a, b in pairwise(moments)]
    assert max(gaps) < timedelta(hours=28)
    assert moments[-1] > NOW + timedelta(days=30)


async def test_two_hosts_that_differ_in_port_are_two(database: Database) -> None:
    street = Street(database)
    await street.add("https://a.org/1", "https://a.org:8443/1")
    await street.go_on(0.5)
    assert len(street.web.asked) == 2


async def test_a_source_that_nobody_hands_back_is_asked_again_after_its_lease(
    database: Database,
) -> None:
    street = Street(database)
    (source,) = await street.add("https://a.org/1")
    async with database.write() as tx:
        (claimed,) = await tx.sources.claim(NOW, 1, 40)
    await street.go_on(39)
    early = list(street.web.asked)
    await street.go_on(3)
    assert (early, street.web.urls(), claimed) == (
        [], [source.url], replace(source, claim=claimed.claim),
    )  # fmt: skip
