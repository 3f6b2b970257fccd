"""From a due source to alerts in the outbox.

claim due sources → one request a host → fetch → parse → which entries are new? → which queries do
they meet? → one transaction: articles, hits, alerts, the source's next due time.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from bot.domain.errors import FeedError, FetchError, LeaseLost, StorageTrouble
from bot.domain.identity import Document
from bot.domain.languages import NewsLanguages
from bot.domain.model import Article, Entry, Feed, Polled, Source
from bot.domain.polling import after_flood, after_not_modified, after_success, host_of, room_for
from bot.domain.ports import (
    Clock,
    FeedParser,
    Fetched,
    Fetcher,
    NotModified,
    Storage,
    Tx,
)
from bot.domain.pushing import Hub
from bot.domain.sections import section_of
from bot.domain.standing import Standing
from bot.services.aftermath import Aftermath
from bot.services.hosts import LEAST_STEP, Hosts
from bot.services.live_index import LiveIndex
from bot.services.storytelling import Drawn, Storytelling

log = logging.getLogger(__name__)

LEASE = 40.0
"""Seconds a claimed source is ours: longer than the fetch's 30 and the parser's 5 together, and
short, because after a kill it is asked again only when the lease has run out."""

DAY = timedelta(days=1)

Heard = Callable[[Tx, Source, Hub | None], Awaitable[None]]
"""Is told which hub a source names."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How one source is asked: every `interval` seconds, `host_delay` apart on its host."""

    interval: float
    host_delay: float


@dataclass(frozen=True, slots=True)
class News:
    """What a poll found: the entries never seen before, as articles, and the queries they meet."""

    keys: tuple[str, ...] = ()
    articles: tuple[Article, ...] = ()
    hits: tuple[frozenset[int], ...] = ()
    sketches: tuple[Drawn, ...] = ()
    known: tuple[Article, ...] = ()  # entries seen before, whose headline may be corrected
    hub: Hub | None = None
    read: bool = False  # a feed was read: it names its hub, or that there is none


@dataclass(frozen=True, slots=True)
class Found:
    """What a feed holds: new entries that there is room for, others, what is to be remembered."""

    keys: tuple[str, ...]
    fresh: list[Entry]
    known: list[Entry]
    excess: int  # new entries that are remembered, and neither kept nor rung


class Poller:
    """Polls what is due, at most `capacity` sources at once and one at a time a host."""

    def __init__(  # noqa: PLR0913 - the composition root passes its collaborators by name
        self,
        *,
        storage: Storage,
        fetcher: Fetcher,
        parser: FeedParser,
        index: LiveIndex,
        clock: Clock,
        manners: Callable[[Source], Manners],
        rung: Callable[[], None],
        news: NewsLanguages = NewsLanguages(),  # noqa: B008 - a frozen value
        stories: Storytelling | None = None,
        hosts: Hosts | None = None,
        ringing: Callable[[Sequence[Article]], None] = lambda _: None,
        heard: Heard | None = None,
        pivot: bool = False,
        capacity: int = 50,
    ) -> None:
        self._storage = storage
        self._fetcher = fetcher
        self._parser = parser
        self._index = index
        self._clock = clock
        self._manners = manners
        self._rung = rung
        self._news = news
        self._stories = stories or Storytelling()
        self._capacity = capacity
        self._running: set[asyncio.Task[None]] = set()
        self._hosts = hosts or Hosts(timedelta(seconds=LEASE))
        self._ringing = ringing
        self._heard = heard
        self._pivot = pivot  # whether translations can be matched as well
        self._aftermath = Aftermath(self._hosts)
        self._judging = asyncio.Lock()

    async def tick(self) -> None:
        """Start what is due and return; the polls go on beside the next ticks."""
        for source in await self._claim():
            task = asyncio.create_task(self._supervised(source))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Stop the polls under way; their sources are due at once for whoever comes next."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _claim(self) -> list[Source]:
        """Due sources whose host is free; the others get turns."""
        free = self._capacity - len(self._running)
        if free <= 0:
            return []
        now = self._clock()
        ours: list[Source] = []
        waiting: list[Source] = []
        async with self._storage.write() as tx:
            for source in await tx.sources.claim(now, free, LEASE):
                entered = self._hosts.enter(host_of(source.url), now)
                (ours if entered else waiting).append(source)
            await self._line_up(tx, waiting, now)
        return ours

    async def _line_up(self, tx: Tx, waiting: list[Source], now: datetime) -> None:
        """Give all that waits for a busy host its turn, in one statement a host."""
        for host in dict.fromkeys(host_of(source.url) for source in waiting):
            some = [source for source in waiting if host_of(source.url) == host]
            step = self._step(some[0])
            start = self._hosts.next_turn(host, now, step)
            before = self._hosts.last_turn(host, now)
            count = await tx.sources.line_up(host, some, now, before, start, step)
            self._hosts.given(host, start + timedelta(seconds=count * step))

    def _step(self, source: Source) -> float:
        return max(self._manners(source).host_delay, LEAST_STEP)

    async def _supervised(self, source: Source) -> None:
        try:
            await self.poll(source)
        except LeaseLost:
            log.info("source %s was taken over by another process", source.id)
        except asyncio.CancelledError:
            async with self._storage.write() as tx:
                await tx.sources.postpone(source, self._clock())
            raise
        except StorageTrouble as trouble:
            log.warning("source %s comes again after its lease: %s", source.id, trouble)
        except Exception:  # a worker's supervisor: one bad source never stops another
            log.exception("polling source %s failed; it comes again after its lease", source.id)
        finally:
            pause = self._manners(source).host_delay
            self._hosts.leave(host_of(source.url), self._clock() + timedelta(seconds=pause))

    async def poll(self, source: Source) -> int:
        """Ask one claimed source; returns how many alerts it rang.

        Raises:
            LeaseLost: somebody else claimed it since; nothing was stored.
        """
        interval = self._manners(source).interval
        try:
            fetched = await self._fetcher.fetch(source.url, source.validators)
            if isinstance(fetched, NotModified):
                polled = after_not_modified(source, fetched, self._clock(), interval)
                return await self._store(source, polled, News())
            digest = blake2b(fetched.body, digest_size=16).hexdigest()
            if digest == source.digest:
                polled = after_success(source, fetched, None, digest, self._clock(), interval)
                return await self._store(source, polled, News())
            feed = await self._parser.parse(fetched.body, fetched.content_type, fetched.url)
        except (FetchError, FeedError) as error:
            log.info("source %s: %s (%s)", source.id, error.message, error.code)
            await self._fail(source, error, interval)
            return 0
        return await self._keep(source, fetched, feed, digest, interval)

    async def _fail(self, source: Source, error: FetchError | FeedError, interval: float) -> None:
        """One at a time: an outage forgives what the failures before it were blamed for."""
        wait = error.retry_after if isinstance(error, FetchError) else None
        async with self._judging, self._storage.write() as tx:
            now = self._clock()
            await self._aftermath.failed(tx, source, error, now, interval)
            if wait:
                until = now + timedelta(seconds=wait)
                await self._aftermath.hold(tx, host_of(source.url), until, self._step(source))

    async def _keep(
        self, source: Source, fetched: Fetched, feed: Feed, digest: str, interval: float
    ) -> int:
        if feed.cut:
            log.warning("source %s: too long and cut: %s", source.id, ", ".join(feed.cut))
        now = self._clock()
        found = await self._found(source, feed, now)
        # Feeds list the newest first; stored the other way round, ids grow with the news.
        articles = tuple(_article(entry, source, feed, now) for entry in reversed(found.fresh))
        hits = () if _is_silent(source) else await self._index.match_all(articles)
        sketches = tuple(await self._stories.sketches(articles))
        again = tuple(_article(entry, source, feed, now) for entry in found.known)
        count = len(found.fresh) + found.excess
        polled = after_success(source, fetched, feed, digest, now, interval, found=count)
        if found.excess:
            log.warning("source %s floods: %s new entries are not kept", source.id, found.excess)
            polled = after_flood(polled)
        hub = fetched.hub or feed.hub
        news = News(found.keys, articles, hits, sketches, again, hub, read=True)
        return await self._store(source, polled, news)

    async def _found(self, source: Source, feed: Feed, now: datetime) -> Found:
        """What is new of a feed, the first in it as far as there is room."""
        document = Document(feed.entries)
        async with self._storage.read() as tx:
            known = await tx.sources.known(source.id, document.asked())
            fresh = document.new(known)
            kept = await tx.articles.count(source.id, now - DAY) if fresh else 0
            await self._index.refresh(tx, now)
        new = {id(entry) for entry in fresh}
        room = room_for(source, kept)
        return Found(
            keys=document.shown(known),
            fresh=fresh[:room],
            known=[entry for entry in feed.entries if id(entry) not in new],
            excess=max(len(fresh) - room, 0),
        )

    async def _store(self, source: Source, polled: Polled, news: News) -> int:
        """All of it or nothing: a kill at any moment leaves no article without its alerts."""
        self._aftermath.saw(source, None, polled.checked)
        try:
            rung = await self._write(source, polled, news)
        except LeaseLost:  # is known before any story is told
            raise
        except BaseException:
            if news.articles:
                self._stories.forget()
            raise
        if rung:
            self._ringing([article for article, _ in rung])
            self._rung()
        return sum(alerts for _, alerts in rung)

    async def _write(
        self, source: Source, polled: Polled, news: News
    ) -> list[tuple[Article, int]]:
        """Returns the articles that ring, each with the number of its alerts."""
        rung, now = [], polled.checked
        async with self._storage.write() as tx:
            await self._aftermath.settle(tx, source, polled)
            stored = await self._stories.keep(tx, news.articles, news.sketches, polled.checked)
            await tx.sources.remember(source.id, news.keys, polled.checked)
            met = [(one, hits) for one, hits in zip(stored, news.hits, strict=False) if hits]
            await tx.articles.record_hits({one.id: hits for one, hits in met})
            if self._pivot and not _is_silent(source):
                await tx.pivots.queue(stored, now)
            for article, hits in met:
                alerts = await tx.alerts.enqueue(article, sorted(hits), now, self._news)
                rung += [(article, alerts)] if alerts else []
            await self._stories.reindex(tx, await tx.stories.revised(news.known, now))
            if news.read and self._heard is not None:
                await self._heard(tx, source, news.hub)
        return rung


def _is_silent(source: Source) -> bool:
    """Whether its news rings nobody: the first poll's, and what operators have muted."""
    return source.first_polled is None or source.standing is Standing.MUTED


def _article(entry: Entry, source: Source, feed: Feed, now: datetime) -> Article:
    return Article(
        source=source.id,
        source_title=source.title or feed.title,
        source_owner=source.owner,
        key=entry.id,
        title=entry.title,
        link=entry.link,
        summary=entry.summary,
        published=entry.published,
        seen=now,
        language=entry.language or source.language or feed.language,
        section=source.section or section_of(entry.categories),
        authors=entry.authors,
        image=entry.image,
    )
