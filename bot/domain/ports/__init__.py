"""The seams: what services need of the outside world, as Protocols. Adapters live at the edge.

Storage methods take `now` explicitly (aware UTC) and never read a clock. Every method that takes
a `Place` or a chat id reads and changes rows of that chat only, in SQL.
"""

from collections.abc import Callable
from datetime import datetime

from bot.domain.ports.incoming import (
    Elsewhere,
    FeedParser,
    Fetched,
    Fetcher,
    NotModified,
    PageFetcher,
    PageParser,
)
from bot.domain.ports.news import (
    Articles,
    CatalogueEntry,
    Housekeeping,
    Pivots,
    Search,
    Sources,
    Status,
    Stories,
    Translations,
)
from bot.domain.ports.outbox import Alerts, Broadcasts, Incoming, Leases
from bot.domain.ports.outgoing import Engine, Scout, Screen, Sender
from bot.domain.ports.people import Access, Belongings, Cards, Chats, Places, Subscriptions
from bot.domain.ports.pushes import Poster, Pushes
from bot.domain.ports.storage import Storage, Tx

Clock = Callable[[], datetime]
"""Returns the current moment, aware UTC. Only bot/app.py makes the real one."""

__all__ = [
    "Access",
    "Alerts",
    "Articles",
    "Belongings",
    "Broadcasts",
    "Cards",
    "CatalogueEntry",
    "Chats",
    "Clock",
    "Elsewhere",
    "Engine",
    "FeedParser",
    "Fetched",
    "Fetcher",
    "Housekeeping",
    "Incoming",
    "Leases",
    "NotModified",
    "PageFetcher",
    "PageParser",
    "Pivots",
    "Places",
    "Poster",
    "Pushes",
    "Scout",
    "Screen",
    "Search",
    "Sender",
    "Sources",
    "Status",
    "Storage",
    "Stories",
    "Subscriptions",
    "Translations",
    "Tx",
]
