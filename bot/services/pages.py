"""Reading the page of an article that rings, where its feed said too little of it.

Each page once, in one process, as politely as feeds are asked: robots.txt, one request a host at
a time and its pause between. An alert waits a few seconds for it; what comes later is shown by an
edit, and where nothing comes the feed's words are enough.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from bot.domain.errors import FetchError
from bot.domain.model import Article, Chat, Delivery, Form
from bot.domain.pages import Page, completed, wants_page
from bot.domain.polling import host_of
from bot.domain.ports import Clock, Fetched, PageFetcher, PageParser, Storage
from bot.domain.robots import EVERYTHING, NOTHING, Robots
from bot.services.hosts import Hosts

log = logging.getLogger(__name__)

PATIENCE = 6.0
"""Seconds that an alert waits, counted from when the page was asked for: two pauses of a host
(its robots.txt, then the page) and the page itself."""

WHOLE = 30.0
"""Seconds for a page from first to last, its host's queue included; then it is let be."""

MOST_WAITING = 8
"""Pages of one host that are waited for: more do not come within the time."""

ROBOTS_KEPT = timedelta(hours=24)
ROBOTS_AGAIN = timedelta(hours=1)
"""How long a robots.txt is believed (RFC 9309, 2.4), and how soon one that failed is asked for."""

MOST_ROBOTS = 2_000
AGENT = "newsbell"
STEP = 0.25
"""Seconds between two looks whether a host is free."""

LATE_TRIES = 8
PAUSE = 2.0
_NO_RULES = frozenset({"not-found", "gone", "blocked", "http"})
"""What a host without rules answers: all may be fetched (RFC 9309, 2.3.1.3)."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A page that is being read, since `started` on the loop's clock."""

    task: "asyncio.Task[Article | None]"
    started: float


class Pages:
    """Completes articles by what their pages say.

    `pause` gives the seconds between two requests to the host of an address; `sleep` lets time
    pass while a host is busy.
    """

    def __init__(  # noqa: PLR0913 - the composition root passes its collaborators by name
        self,
        storage: Storage,
        fetcher: PageFetcher,
        parser: PageParser,
        hosts: Hosts,
        clock: Clock,
        *,
        pause: Callable[[str], float],
        patience: float = PATIENCE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._storage = storage
        self._fetcher = fetcher
        self._parser = parser
        self._hosts = hosts
        self._clock = clock
        self._pause = pause
        self._patience = patience
        self._sleep = sleep
        self._readings: dict[int, _Reading] = {}
        self._waiting: dict[str, int] = {}
        self._robots: dict[str, tuple[Robots, datetime]] = {}
        self._late: set[asyncio.Task[None]] = set()

    def begin(self, articles: Sequence[Article]) -> None:
        """Start reading the pages of articles that ring: their alerts are still on the way."""
        for article in articles:
            if wants_page(article):
                self._reading(article)

    async def prepare(self, delivery: Delivery, chat: Chat) -> Delivery:
        """The delivery with its article completed, if that came within the patience."""
        del chat  # a page is the same for everybody
        article = delivery.article
        brief = all(one.form is Form.HEADLINE for one in delivery.subscriptions)
        if delivery.rest or brief or not (wants_page(article) or article.id in self._readings):
            return delivery  # a digest shows no ledes
        reading = self._reading(article)
        left = reading.started + self._patience - asyncio.get_running_loop().time()
        done, _ = await asyncio.wait({reading.task}, timeout=max(left, 0))
        if not done:
            self._show_late(delivery, reading)
            return delivery
        if (failed := reading.task.exception()) is not None:
            log.warning("the page of article %s was not kept", article.id, exc_info=failed)
            return delivery
        found = reading.task.result()
        return delivery if found is None else replace(delivery, article=found)

    async def close(self) -> None:
        """Stop what is under way."""
        tasks = [*self._late, *(reading.task for reading in self._readings.values())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _reading(self, article: Article) -> _Reading:
        if article.id not in self._readings:
            task = asyncio.create_task(self._completed(article))
            self._readings[article.id] = _Reading(task, asyncio.get_running_loop().time())
            task.add_done_callback(lambda _: self._readings.pop(article.id, None))
        return self._readings[article.id]

    async def _completed(self, article: Article) -> Article | None:
        """The article with what its page adds, stored; None: there is nothing to add."""
        async with self._storage.write() as tx:
            if not await tx.articles.ask_page(article.id):
                return None
        page = await self._read(article.link or "")
        found = completed(article, page)
        if found == replace(article, lede=""):
            return None
        async with self._storage.write() as tx:
            await tx.articles.complete(found, self._clock())
        return found

    async def _read(self, url: str) -> Page | None:
        host = host_of(url)
        if self._waiting.get(host, 0) >= MOST_WAITING:
            return None
        self._waiting[host] = self._waiting.get(host, 0) + 1
        try:
            async with asyncio.timeout(WHOLE):
                if not (await self._rules(url)).allows(_target(url)):
                    return None
                fetched = await self._asked(url, "text/html")
            return await self._parser.page(fetched.body, fetched.content_type, fetched.url)
        except FetchError as error:
            log.info("a page of %s was not read: %s (%s)", host, error.message, error.code)
            return None
        except TimeoutError:
            log.info("a page of %s was not read in time", host)
            return None
        finally:
            self._waiting[host] -= 1
            if not self._waiting[host]:
                del self._waiting[host]

    async def _asked(self, url: str, kind: str) -> Fetched:
        """One request in the host's turn.

        Raises:
            FetchError: as the fetcher does; the host's Retry-After holds for feeds too.
        """
        host = host_of(url)
        while not self._hosts.enter(host, self._clock()):
            await self._sleep(STEP)
        wait = self._pause(url)
        try:
            return await self._fetcher.beginning(url, kind)
        except FetchError as error:
            wait = max(wait, error.retry_after or 0.0)
            raise
        finally:
            self._hosts.leave(host, self._clock() + timedelta(seconds=wait))

    async def _rules(self, url: str) -> Robots:
        """What the page's host lets us fetch."""
        place, now = urljoin(url, "/robots.txt"), self._clock()
        known = self._robots.get(place)
        if known is not None and now < known[1]:
            return known[0]
        rules, until = await self._fresh_rules(place, now)
        if len(self._robots) >= MOST_ROBOTS:
            self._robots.pop(next(iter(self._robots)))
        self._robots[place] = (rules, until)
        return rules

    async def _fresh_rules(self, place: str, now: datetime) -> tuple[Robots, datetime]:
        try:
            found = await self._asked(place, "text/plain")
        except FetchError as error:
            if error.code in _NO_RULES:
                return EVERYTHING, now + ROBOTS_KEPT
            return NOTHING, now + ROBOTS_AGAIN
        rules = await self._parser.robots(found.body, found.content_type, AGENT)
        return rules, now + ROBOTS_KEPT

    def _show_late(self, delivery: Delivery, reading: _Reading) -> None:
        late = asyncio.create_task(self._edited(delivery, reading))
        self._late.add(late)
        late.add_done_callback(self._late.discard)

    async def _edited(self, delivery: Delivery, reading: _Reading) -> None:
        """When the page comes after the alert went out: have it edited once it is sent."""
        if await asyncio.shield(reading.task) is None:
            return
        for _ in range(LATE_TRIES):
            async with self._storage.write() as tx:
                if await tx.stories.rewrite(delivery.alert, self._clock()):
                    return
            await self._sleep(PAUSE)


def _target(url: str) -> str:
    """The path and query, as robots.txt means them."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
