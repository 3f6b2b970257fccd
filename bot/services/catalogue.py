"""The sources: the shared catalogue, and what a chat adds for itself alone."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.errors import FeedError, SeveralFeeds
from bot.domain.model import Source, SourceHealth
from bot.domain.ports import CatalogueEntry, Clock, FeedParser, Fetcher, Storage
from bot.services.discover import entry_at, feeds_of


class Catalogue:
    """Which sources there are, for whom, and how they do."""

    def __init__(
        self, storage: Storage, fetcher: Fetcher, parser: FeedParser, clock: Clock
    ) -> None:
        self._storage = storage
        self._fetcher = fetcher
        self._parser = parser
        self._clock = clock

    async def sync(self, entries: Sequence[CatalogueEntry], spread: float) -> tuple[int, int]:
        """Make the catalogue be `entries`; returns how many were added and retired.

        New sources are polled first within `spread` seconds, so that hundreds do not go at once.
        """
        async with self._storage.write() as tx:
            return await tx.sources.sync_catalogue(entries, self._clock(), spread)

    async def health(self, chat: int) -> list[SourceHealth]:
        """Every source that serves this chat, by title."""
        async with self._storage.read() as tx:
            return await tx.sources.visible(chat, self._clock())

    async def add(self, url: str, chat: int) -> Source:
        """The source with this address for this chat; a new one is fetched first, to see a feed.

        One that was closed (410) is looked at again, and begun anew if it lives.

        Raises:
            FetchError: the address could not be fetched.
            FeedError: what it holds is no feed, nor a page that has one.
            SeveralFeeds: it is a page that has more than one.
        """
        async with self._storage.read() as tx:
            known = await tx.sources.find(url, chat)
        if known is not None and not known.closed:
            return known
        entry = await self._probe(url)
        async with self._storage.write() as tx:
            return await tx.sources.add(entry, chat, self._clock())

    async def _probe(self, url: str) -> CatalogueEntry:
        try:
            return await entry_at(url, self._fetcher, self._parser)
        except FeedError as error:
            if error.code != "not-a-feed":
                raise
            found = await feeds_of(url, error.feeds, self._fetcher, self._parser)
            if not found:
                raise
        if len(found) > 1:
            raise SeveralFeeds(tuple((one.url, one.title) for one in found))
        return found[0]

    def now(self) -> datetime:
        """The moment that the ages in these figures are counted from."""
        return self._clock()
