"""The sources: the shared catalogue, and what a chat adds for itself alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import FeedError, LimitReached, SeveralFeeds
from bot.domain.model import Source
from bot.domain.ports import CatalogueEntry, Clock, FeedParser, Fetcher, Storage, Tx
from bot.domain.quotas import Quotas
from bot.services.discover import entry_at, feeds_of


@dataclass(frozen=True, slots=True)
class Added:
    """The source behind an address; `new`: this chat did not have it before."""

    source: Source
    new: bool


class Catalogue:
    """Which sources there are, and what becomes one."""

    def __init__(
        self,
        storage: Storage,
        fetcher: Fetcher,
        parser: FeedParser,
        clock: Clock,
        quotas: Quotas = Quotas(),  # noqa: B008 - a frozen value
    ) -> None:
        self._storage = storage
        self._fetcher = fetcher
        self._parser = parser
        self._clock = clock
        self._quotas = quotas

    async def sync(self, entries: Sequence[CatalogueEntry], spread: float) -> tuple[int, int]:
        """Make the catalogue be `entries`; returns how many were added and retired.

        New sources are polled first within `spread` seconds, so that hundreds do not go at once.
        """
        async with self._storage.write() as tx:
            return await tx.sources.sync_catalogue(entries, self._clock(), spread)

    async def add(self, url: str, chat: int) -> Added:
        """The source with this address for this chat; a new one is fetched first, to see a feed.

        One that was closed (410) is looked at again, and begun anew if it lives.

        Raises:
            FetchError: the address could not be fetched.
            FeedError: what it holds is no feed, nor a page that has one.
            SeveralFeeds: it is a page that has more than one.
            LimitReached: the chat has as many of its own as the operator allows.
        """
        async with self._storage.read() as tx:
            known = await self._known(tx, url, chat)
        if known is not None:
            return Added(known, new=False)
        entry = await self._probe(url)
        async with self._storage.write() as tx:
            known = await self._known(tx, entry.url, chat)
            if known is not None:
                return Added(known, new=False)
            return Added(await tx.sources.add(entry, chat, self._clock()), new=True)

    async def _known(self, tx: Tx, url: str, chat: int) -> Source | None:
        """A living source that serves the chat; None: there is room for it.

        Raises:
            LimitReached: there is none, and no room.
        """
        known = await tx.sources.find(url, chat)
        if known is not None:
            return None if known.closed else known
        if len(await tx.sources.owned(chat)) >= self._quotas.sources:
            raise LimitReached("sources", self._quotas.sources)
        return None

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
