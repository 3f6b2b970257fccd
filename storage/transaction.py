"""One transaction: every repository over one connection."""

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.access import Access
from storage.alerts import Alerts
from storage.articles import Articles
from storage.belongings import Belongings
from storage.broadcasts import Broadcasts
from storage.cards import Cards
from storage.chats import Chats
from storage.housekeeping import Housekeeping
from storage.imports import Imports
from storage.incoming import Incoming
from storage.leases import Leases
from storage.notices import Notices
from storage.pivots import Pivots
from storage.places import Places
from storage.pushes import Pushes
from storage.search import Search
from storage.sources import Sources
from storage.sourcing import Sourcing
from storage.status import Status
from storage.stories import Stories
from storage.subscriptions import Subscriptions
from storage.translations import Translations


class Transaction:
    """`ports.Tx`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    @cached_property
    def sources(self) -> Sources:
        """Feeds and what they have shown."""
        return Sources(self.connection)

    @cached_property
    def sourcing(self) -> Sourcing:
        """What people and operators do with sources."""
        return Sourcing(self.connection)

    @cached_property
    def articles(self) -> Articles:
        """What we kept, and why it met whom."""
        return Articles(self.connection)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """What places care about."""
        return Subscriptions(self.connection)

    @cached_property
    def chats(self) -> Chats:
        """Who we talk to."""
        return Chats(self.connection)

    @cached_property
    def belongings(self) -> Belongings:
        """All rows of a chat."""
        return Belongings(self.connection)

    @cached_property
    def cards(self) -> Cards:
        """Messages that manage another chat."""
        return Cards(self.connection)

    @cached_property
    def alerts(self) -> Alerts:
        """The outbox."""
        return Alerts(self.connection)

    @cached_property
    def stories(self) -> Stories:
        """Articles of one event."""
        return Stories(self.connection)

    @cached_property
    def housekeeping(self) -> Housekeeping:
        """Letting go of what is old."""
        return Housekeeping(self.connection)

    @cached_property
    def search(self) -> Search:
        """Full text."""
        return Search(self.connection)

    @cached_property
    def access(self) -> Access:
        """Who may use the bot."""
        return Access(self.connection)

    @cached_property
    def broadcasts(self) -> Broadcasts:
        """Words to everybody."""
        return Broadcasts(self.connection)

    @cached_property
    def translations(self) -> Translations:
        """What was translated."""
        return Translations(self.connection)

    @cached_property
    def pivots(self) -> Pivots:
        """Translations that are still to be matched."""
        return Pivots(self.connection)

    @cached_property
    def places(self) -> Places:
        """What places have chosen."""
        return Places(self.connection)

    @cached_property
    def pushes(self) -> Pushes:
        """Hubs that tell of changes."""
        return Pushes(self.connection)

    @cached_property
    def status(self) -> Status:
        """Figures."""
        return Status(self.connection)

    @cached_property
    def leases(self) -> Leases:
        """What only one process may do."""
        return Leases(self.connection)

    @cached_property
    def incoming(self) -> Incoming:
        """What Telegram brought."""
        return Incoming(self.connection)

    @cached_property
    def notices(self) -> Notices:
        """What chats are told about their sources."""
        return Notices(self.connection)

    @cached_property
    def imports(self) -> Imports:
        """Files on their way into chats."""
        return Imports(self.connection)
