"""All repositories of one database, within one transaction."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.domain.imports import Imports
from bot.domain.notices import Notices
from bot.domain.ports.news import (
    Articles,
    Housekeeping,
    Pivots,
    Search,
    Sources,
    Status,
    Stories,
    Translations,
)
from bot.domain.ports.outbox import Alerts, Broadcasts, Incoming, Leases
from bot.domain.ports.people import Access, Belongings, Cards, Chats, Places, Subscriptions
from bot.domain.ports.pushes import Pushes
from bot.domain.ports.sourcing import Sourcing


class Tx(Protocol):
    """One transaction: all repositories over one connection."""

    @property
    def sources(self) -> Sources: ...
    @property
    def sourcing(self) -> Sourcing: ...
    @property
    def articles(self) -> Articles: ...
    @property
    def subscriptions(self) -> Subscriptions: ...
    @property
    def chats(self) -> Chats: ...
    @property
    def belongings(self) -> Belongings: ...
    @property
    def cards(self) -> Cards: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def stories(self) -> Stories: ...
    @property
    def housekeeping(self) -> Housekeeping: ...
    @property
    def search(self) -> Search: ...
    @property
    def access(self) -> Access: ...
    @property
    def broadcasts(self) -> Broadcasts: ...
    @property
    def translations(self) -> Translations: ...
    @property
    def pivots(self) -> Pivots: ...
    @property
    def places(self) -> Places: ...
    @property
    def pushes(self) -> Pushes: ...
    @property
    def status(self) -> Status: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def incoming(self) -> Incoming: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def imports(self) -> Imports: ...


class Storage(Protocol):
    """A database. No network call belongs inside a transaction."""

    def read(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction that only reads; on SQLite it waits for no writer."""
        ...

    def write(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction that may write (SQLite: BEGIN IMMEDIATE).

        Commits at the end, rolls back on any exception.
        """
        ...

    async def scrub(self) -> bool:
        """Leave no trace of what was deleted beside the database; False: somebody reads it."""
        ...
