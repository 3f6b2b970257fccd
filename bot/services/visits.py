"""Visiting web pages as politely as feeds are asked.

robots.txt first; then one request a host at a time, feeds included, and its pause between. Who
waits for the same host waits in one line, and lines are short.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from bot.domain.errors import FetchError
from bot.domain.pages import Page
from bot.domain.polling import host_of
from bot.domain.ports import Clock, Elsewhere, Fetched, PageFetcher, PageParser
from bot.domain.robots import EVERYTHING, NOTHING, Robots
from bot.services.rulebook import Rulebook
from bot.services.turns import Turns

log = logging.getLogger(__name__)

WHOLE = 30.0
"""Seconds for a page from first to last, its host's line included; then it is let be."""

MOST_WAITING = 8
"""Pages of one host that are waited for: more do not come within the time."""

ROBOTS_KEPT = timedelta(hours=24)
ROBOTS_AGAIN = timedelta(hours=1)
"""How long a robots.txt is believed (RFC 9309, 2.4), and how soon one that failed is asked for."""

MOST_HOSTS = 5
"""Hosts that one address may lead through."""

AGENT = "newsbell"
_NO_RULES = frozenset({"not-found", "gone", "blocked", "http", "redirects"})
"""What a host without rules answers: all may be fetched (RFC 9309, 2.3.1.2 and 2.3.1.3)."""

RulesOf = Callable[[str], Awaitable[Robots]]


@dataclass(slots=True)
class _Line:
    """Those who wait for one host, the one whose turn it is included."""

    count: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Visits:
    """Reads pages, each when it is its host's turn."""

    def __init__(
        self, fetcher: PageFetcher, parser: PageParser, turns: Turns, clock: Clock
    ) -> None:
        self._fetcher = fetcher
        self._parser = parser
        self._turns = turns
        self._clock = clock
        self._lines: dict[str, _Line] = {}
        self._rulebook = Rulebook()

    @asynccontextmanager
    async def place(self, url: str) -> AsyncIterator[bool]:
        """A place in the line of this address's host; False: the line is too long."""
        host = host_of(url)
        line = self._lines.setdefault(host, _Line())
        if line.count >= MOST_WAITING:
            yield False
            return
        line.count += 1
        try:
            yield True
        finally:
            line.count -= 1
            if not line.count:
                del self._lines[host]

    async def page(self, url: str) -> Page | None:
        """What the page says, for one who has a place; None: it may not or cannot be read."""
        host = host_of(url)
        try:
            async with asyncio.timeout(WHOLE), self._lines[host].turn:
                fetched = await self._walked(url, "text/html", self._rules)
            if fetched is not None:
                return await self._parser.page(fetched.body, fetched.content_type, fetched.url)
        except FetchError as error:
            log.info("a page of %s was not read: %s (%s)", host, error.message, error.code)
        except TimeoutError:
            log.info("a page of %s was not read in time", host)
        return None

    async def _walked(self, url: str, kind: str, rules_of: RulesOf) -> Fetched | None:
        """What stands at the end of all redirects; None: a host on the way forbids it.

        Each host is asked for its rules before anything of it, and has its own pause.
        """
        for _ in range(MOST_HOSTS):
            rules = await rules_of(url)
            if not rules.allows(_target(url)):
                return None
            found = await self._asked(url, kind, rules)
            if isinstance(found, Fetched):
                return found
            url = found.url
        raise FetchError("redirects", "the address leads from one host to another without end")

    async def _asked(self, url: str, kind: str, rules: Robots) -> Fetched | Elsewhere:
        """One visit, when nobody else asks the host; redirects are followed as far as it allows.

        Raises:
            FetchError: as the fetcher does; the host's Retry-After holds for feeds too.
        """
        host = host_of(url)

        def within(there: str) -> bool:
            return host_of(there) == host and rules.allows(_target(there))

        async with self._turns.at(url):
            return await self._fetcher.beginning(url, kind, within)

    async def _rules(self, url: str) -> Robots:
        """What the host of this address lets us fetch."""
        place, now = urljoin(url, "/robots.txt"), self._clock()
        known = self._rulebook.get(place, now)
        if known is None:
            known, until = await self._fresh_rules(place, now)
            self._rulebook.keep(place, known, until)
        return known

    async def _fresh_rules(self, place: str, now: datetime) -> tuple[Robots, datetime]:
        """Of any media type: who wrote rules means them, whatever the server calls them.

        Where there are none, as in the page that some send for every address, none are found.
        """
        try:
            found = await self._walked(place, "*/*", _no_rules)
        except FetchError as error:
            if error.code in _NO_RULES:
                return EVERYTHING, now + ROBOTS_KEPT
            return NOTHING, now + ROBOTS_AGAIN
        if found is None:  # cannot be: nothing forbids it
            return EVERYTHING, now + ROBOTS_KEPT
        rules = await self._parser.robots(found.body, found.content_type, AGENT)
        return rules, now + ROBOTS_KEPT


async def _no_rules(_: str) -> Robots:
    """A robots.txt itself needs no leave, wherever it leads (RFC 9309, 2.2.2 and 2.3.1.2)."""
    return EVERYTHING


def _target(url: str) -> str:
    """The path and query, as robots.txt means them."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
