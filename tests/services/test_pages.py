"""Reading pages: once, politely, and never at the price of an alert; on both databases."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.domain.errors import FetchError
from bot.domain.grammar import parse
from bot.domain.model import ChatKind, Delivery, Form, Receipt, Validators
from bot.domain.pages import Page
from bot.domain.places import Gather
from bot.domain.ports import CatalogueEntry, Elsewhere, Fetched
from bot.domain.robots import Robots, read_robots
from bot.rendering.alert import render_alert
from bot.rendering.sentences import Sentences
from bot.services.hosts import Hosts
from bot.services.pages import Pages
from bot.services.rulebook import Rulebook
from bot.services.turns import Turns
from bot.services.visits import MOST_HOSTS, Visits
from storage.engine import Database
from tests.builders import NOW, PRIVATE, make_article, make_chat
from tests.fakes import FakeClock, settle_down

LEDE = "Shortly before the meeting, Moscow is again calling for binding security agreements."
HOST = "https://news.example.org"
ROBOTS = f"{HOST}/robots.txt"
LINK = f"{HOST}/moscow-talks"
CHAT = make_chat()


class Web:
    """Hosts with a page for every article; `gate` keeps them busy, `rules` answer instead."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.rules: dict[str, bytes | FetchError] = {}
        self.moved: dict[str, str] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.busy = self.most_busy = 0

    async def beginning(
        self, url: str, kind: str, within: Callable[[str], bool]
    ) -> Fetched | Elsewhere:
        self.asked.append(url)
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        try:
            await self.gate.wait()
        finally:
            self.busy -= 1
        if url in self.moved:
            there = self.moved[url]
            return await self.beginning(there, kind, within) if within(there) else Elsewhere(there)
        said = self.rules.get(url, b"" if url.endswith("robots.txt") else b"page")
        if isinstance(said, FetchError):
            raise said
        told = "text/html" if kind != "*/*" else "text/plain"
        return Fetched(url=url, body=said, content_type=told, validators=Validators())


class Parser:
    async def page(self, body: bytes, content_type: str | None, url: str) -> Page:
        assert (body, content_type) == (b"page", "text/html")
        return Page(headline=url, lede=LEDE, authors=("Ada",), is_article=True)

    async def robots(self, body: bytes, content_type: str | None, agent: str) -> Robots:
        assert content_type == "text/plain"
        return read_robots(body.decode(), agent)


class Desk:
    """A subscribed chat, articles without a summary, and the reading of their pages."""

    def __init__(self, database: Database, *, patience: float = 5.0, pause: float = 2.0) -> None:
        self.database = database
        self.clock = FakeClock()
        self.web = Web()
        self.hosts = Hosts(timedelta(seconds=40))
        turns = Turns(self.hosts, self.clock, lambda _: pause, self._sleep)
        visits = Visits(self.web, Parser(), turns, self.clock)
        self.pages = Pages(database, visits, self.clock, patience=patience, sleep=self._sleep)
        self.slept = 0.0

    async def _sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.clock.advance(seconds)
        await asyncio.sleep(0)

    async def deliveries(self, *links: str | None, summary: str = "") -> list[Delivery]:
        """Alerts of articles at these addresses, as the lane brings them."""
        links = links or (LINK,)
        query = parse("Moscow")
        async with self.database.write() as tx:
            entry = CatalogueEntry(url=f"{HOST}/feed", title="Spiegel")
            source = await tx.sources.add(entry, None, NOW)
            await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
            await tx.subscriptions.add(PRIVATE, "Moscow", query, NOW)
            found: list[Delivery] = []
            for number, link in enumerate(links):
                article = make_article(
                    source=source.id, key=str(number), link=link, summary=summary
                )
                (stored,) = await tx.articles.add([article])
                await tx.articles.record_hits({stored.id: {query.id}})
                await tx.alerts.enqueue(stored, [query.id], NOW)
            (lane,) = await tx.alerts.claim_lanes(NOW, 1, 60)
            while told := await tx.alerts.next_of([lane], NOW):
                found.append(told[PRIVATE.chat])
                await tx.alerts.hold(found[-1].alert, NOW + timedelta(hours=1), Gather.NONE)
        return found


async def test_an_alert_without_a_summary_comes_with_its_pages_lede(
    database: Database, sentences: Sentences
) -> None:
    desk = Desk(database)
    (delivery,) = await desk.deliveries()
    prepared = await desk.pages.prepare(delivery, CHAT)
    async with database.read() as tx:
        kept = await tx.articles.get(delivery.article.id)
    text = str(render_alert(prepared, sentences).text)
    assert (LEDE in text, kept) == (True, prepared.article)
    assert (prepared.article.lede, prepared.article.authors) == (LEDE, ("Ada",))


async def test_an_alert_that_was_read_before_its_page_was_stored_shows_it_all_the_same(
    database: Database,
) -> None:
    desk = Desk(database)
    (before,) = await desk.deliveries()
    await desk.pages.prepare(before, CHAT)
    corrected = replace(before, article=replace(before.article, title="Moscow corrects"))
    after = await desk.pages.prepare(corrected, CHAT)
    assert (after.article.lede, after.article.title) == (LEDE, "Moscow corrects")


async def test_a_page_is_asked_for_once_for_all_chats_and_across_restarts(
    database: Database,
) -> None:
    desk = Desk(database)
    (delivery,) = await desk.deliveries()
    desk.pages.begin([delivery.article])
    some = await asyncio.gather(*(desk.pages.prepare(delivery, CHAT) for _ in range(20)))
    again = Desk(database)
    async with database.read() as tx:
        known = await tx.articles.get(delivery.article.id)
    assert known is not None
    again.pages.begin([known, delivery.article])
    other = await again.pages.prepare(delivery, CHAT)  # as another process still has it
    assert {one.article.lede for one in some} == {LEDE}
    assert (desk.web.asked, again.web.asked, other.article.lede) == ([ROBOTS, LINK], [], None)


async def test_no_page_is_asked_for_where_it_would_not_help(database: Database) -> None:
    desk = Desk(database)
    enough = "Delegates of NATO and Russia meet in Geneva on Monday, and nobody hopes."
    (told,) = await desk.deliveries(LINK, summary=enough)
    bare = replace(told.article, summary="")
    for article in (
        told.article,
        replace(bare, link=None),
        replace(bare, link=f"{HOST}/talk.mp3"),
        replace(bare, link=f"{HOST}/"),
        replace(bare, lede=""),
    ):
        delivery = replace(told, article=article)
        desk.pages.begin([article])
        assert await desk.pages.prepare(delivery, CHAT) == delivery
    assert desk.web.asked == []


async def test_headlines_alone_and_digests_need_no_page(database: Database) -> None:
    desk = Desk(database)
    (delivery,) = await desk.deliveries()
    brief = [replace(one, form=Form.HEADLINE) for one in delivery.subscriptions]
    for one in (
        replace(delivery, subscriptions=tuple(brief)),
        replace(delivery, rest=(delivery,)),
    ):
        assert await desk.pages.prepare(one, CHAT) == one
    assert desk.web.asked == []


RULES: dict[str, tuple[bytes | FetchError, str | None]] = {
    "ours": (b"User-agent: Newsbell\nDisallow: /moscow", None),
    "everybody": (b"User-agent: *\nDisallow: /", None),
    "elsewhere": (b"User-agent: *\nDisallow: /private", LEDE),
    "but-us": (b"User-agent: Newsbell\nDisallow:\nUser-agent: *\nDisallow: /", LEDE),
    "none": (FetchError("not-found", "none"), LEDE),
    "a-page": (FetchError("http", "it is no text/plain"), LEDE),
    "broken": (FetchError("server-error", "trouble"), None),
    "slow": (FetchError("timeout", "slow"), None),
}


async def test_robots_txt_is_obeyed_and_one_that_fails_forbids(database: Database) -> None:
    desk = Desk(database)
    for host, (said, _) in RULES.items():
        desk.web.rules[f"https://{host}.org/robots.txt"] = said
    found = await desk.deliveries(*(f"https://{host}.org/moscow-talks" for host in RULES))
    ledes = [(await desk.pages.prepare(one, CHAT)).article.lede for one in found]
    assert ledes == [lede for _, lede in RULES.values()]
    assert len(desk.web.asked) == len(RULES) + sum(lede is not None for lede in ledes)


OTHER = "https://news.other.org"


async def test_a_redirect_to_another_host_asks_that_hosts_robots_txt_first(
    database: Database,
) -> None:
    desk = Desk(database)
    shut = "https://shut.org"
    desk.web.rules[f"{shut}/robots.txt"] = b"User-agent: *\nDisallow: /"
    desk.web.moved = {LINK: f"{OTHER}/talks", f"{LINK}-2": f"{shut}/talks"}
    first, second = await desk.deliveries(LINK, f"{LINK}-2")
    ledes = [(await desk.pages.prepare(one, CHAT)).article.lede for one in (first, second)]
    assert ledes == [LEDE, None]
    assert desk.web.asked == [
        *(ROBOTS, LINK, f"{OTHER}/robots.txt", f"{OTHER}/talks"),
        *(f"{LINK}-2", f"{shut}/robots.txt"),
    ]
    assert desk.slept == 2.0 * 2  # between robots.txt and page of either host


async def test_a_redirect_within_a_host_goes_where_its_robots_txt_allows(
    database: Database,
) -> None:
    desk = Desk(database)
    desk.web.rules[ROBOTS] = b"User-agent: *\nDisallow: /private/"
    desk.web.moved = {LINK: f"{HOST}/talks", f"{LINK}-2": f"{HOST}/private/talks"}
    found = await desk.deliveries(LINK, f"{LINK}-2")
    ledes = [(await desk.pages.prepare(one, CHAT)).article.lede for one in found]
    assert (ledes, desk.web.asked) == ([LEDE, None], [ROBOTS, LINK, f"{HOST}/talks", f"{LINK}-2"])


async def test_a_robots_txt_that_stands_elsewhere_holds_and_endless_hosts_are_let_be(
    database: Database,
) -> None:
    desk = Desk(database, pause=0.0)
    desk.web.moved = {ROBOTS: f"{OTHER}/robots.txt"}
    desk.web.moved |= {f"https://{n}.org/x": f"https://{n + 1}.org/x" for n in range(9)}
    desk.web.rules[f"{OTHER}/robots.txt"] = b"User-agent: *\nDisallow: /moscow"
    found = await desk.deliveries(LINK, "https://0.org/x")
    ledes = [(await desk.pages.prepare(one, CHAT)).article.lede for one in found]
    assert (ledes, LINK in desk.web.asked) == ([None, None], False)
    assert sum(one.endswith("/x") for one in desk.web.asked) == MOST_HOSTS


def test_the_rules_that_are_remembered_weigh_no_more_than_the_rulebook_bears() -> None:
    book = Rulebook(most=100_000)
    heavy = Robots(tuple((False, f"/{'x' * 100}{n}") for n in range(100)))
    for number in range(20):
        book.keep(f"https://{number}.org/robots.txt", heavy, NOW + timedelta(hours=1))
    later = NOW + timedelta(minutes=1)
    kept = [n for n in range(20) if book.get(f"https://{n}.org/robots.txt", later) is not None]
    assert kept == list(range(20 - 100_000 // heavy.size, 20))
    assert book.get("https://19.org/robots.txt", NOW + timedelta(hours=1)) is None


async def test_robots_txt_is_asked_for_once_a_day(database: Database) -> None:
    desk = Desk(database, pause=0.0)
    pages = [f"{LINK}-{number}" for number in range(3)]
    first, second, third = await desk.deliveries(*pages)
    await desk.pages.prepare(first, CHAT)
    desk.clock.advance(23 * 3_600)
    await desk.pages.prepare(second, CHAT)
    desk.clock.advance(2 * 3_600)
    await desk.pages.prepare(third, CHAT)
    assert desk.web.asked == [ROBOTS, *pages[:2], ROBOTS, pages[2]]


async def test_a_host_is_asked_one_at_a_time_and_with_its_pause(database: Database) -> None:
    desk = Desk(database)
    deliveries = await desk.deliveries(*(f"{LINK}-{number}" for number in range(4)))
    desk.pages.begin([one.article for one in deliveries])
    done = await asyncio.gather(*(desk.pages.prepare(one, CHAT) for one in deliveries))
    assert [one.article.lede for one in done] == [LEDE] * 4
    assert (desk.web.asked.count(ROBOTS), len(desk.web.asked), desk.web.most_busy) == (1, 5, 1)
    assert desk.slept == 2.0 * 4


async def test_a_feed_that_is_being_asked_goes_first(database: Database) -> None:
    desk = Desk(database)
    (delivery,) = await desk.deliveries()
    assert desk.hosts.enter("news.example.org", desk.clock())
    desk.pages.begin([delivery.article])
    await settle_down()
    before = list(desk.web.asked)
    desk.hosts.leave("news.example.org", desk.clock())
    await desk.pages.prepare(delivery, CHAT)
    assert (before, desk.web.asked) == ([], [ROBOTS, LINK])


async def test_more_pages_than_a_host_can_give_in_time_are_let_be(database: Database) -> None:
    desk = Desk(database)
    deliveries = await desk.deliveries(*(f"{LINK}-{number}" for number in range(12)))
    desk.web.gate.clear()
    tasks = [asyncio.create_task(desk.pages.prepare(one, CHAT)) for one in deliveries]
    async with asyncio.timeout(10):
        while sum(task.done() for task in tasks) < 4:
            await asyncio.sleep(0.01)
    desk.web.gate.set()
    done = await asyncio.gather(*tasks)
    assert sum(one.article.lede == LEDE for one in done) == 8


async def test_a_retry_after_holds_the_whole_host(database: Database) -> None:
    desk = Desk(database)
    desk.web.rules[LINK] = FetchError("rate-limited", "wait", retry_after=600)
    (delivery,) = await desk.deliveries()
    await desk.pages.prepare(delivery, CHAT)
    later = desk.clock() + timedelta(seconds=590)
    assert not desk.hosts.enter("news.example.org", later)
    assert desk.hosts.enter("news.example.org", later + timedelta(seconds=20))


async def test_a_slow_page_delays_no_alert_and_is_shown_by_an_edit(database: Database) -> None:
    desk = Desk(database, patience=0.05)
    (delivery,) = await desk.deliveries()
    desk.web.gate.clear()
    prepared = await desk.pages.prepare(delivery, CHAT)
    async with database.write() as tx:
        await tx.alerts.settle([Receipt(alert=delivery.alert, message_id=7, at=NOW)])
    desk.web.gate.set()
    edits = await _edits(desk)
    await desk.pages.close()
    assert prepared == delivery
    assert [one.article.lede for one in edits] == [LEDE]


async def _edits(desk: Desk) -> list[Delivery]:
    """The sent alerts that are to be written anew, once there are any."""
    async with asyncio.timeout(10):
        while True:
            async with desk.database.write() as tx:
                due = await tx.stories.claim_edits(desk.clock(), 9, 60)
            if due:
                return [delivery for _, delivery in due]
            await asyncio.sleep(0.01)


async def test_alerts_that_were_sent_before_are_edited_too(database: Database) -> None:
    desk = Desk(database)
    (delivery,) = await desk.deliveries()
    async with database.write() as tx:
        await tx.alerts.settle([Receipt(alert=delivery.alert, message_id=7, at=NOW)])
    desk.pages.begin([delivery.article])
    assert [one.article.lede for one in await _edits(desk)] == [LEDE]
    await desk.pages.close()
