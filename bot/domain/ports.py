"""The seams: what services need of the outside world, as Protocols. Adapters live at the edge.

Storage methods take `now` explicitly (aware UTC) and never read a clock. Every method that takes
a `Place` or a chat id reads and changes rows of that chat only, in SQL.
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.imports import Imports
from bot.domain.languages import NewsLanguages
from bot.domain.message import Message
from bot.domain.model import (
    Alert,
    Article,
    Broadcast,
    Chat,
    ChatKind,
    Delivery,
    Feed,
    Freshness,
    Lane,
    Place,
    Polled,
    Section,
    Source,
    SourceHealth,
    Subscription,
    Validators,
)
from bot.domain.notices import Notices
from bot.domain.outcomes import Outcome
from bot.domain.places import Gather, PlaceSettings
from bot.domain.query import Query

Clock = Callable[[], datetime]
"""Returns the current moment, aware UTC. Only bot/app.py makes the real one."""


# --- what comes in ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A full answer: the body after bounded inflation (bytes) and what to replay next time."""

    url: str  # after redirects
    body: bytes
    content_type: str | None
    validators: Validators
    moved_to: str | None = None  # set when every hop was permanent (301, 308)
    max_age: int | None = None  # seconds, from Cache-Control or Expires


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304: nothing new since the validators we sent."""

    max_age: int | None = None
    moved_to: str | None = None  # set when every hop was permanent (301, 308)


class Fetcher(Protocol):
    """The only way out to strangers."""

    async def fetch(self, url: str, validators: Validators = ...) -> Fetched | NotModified:
        """GET `url`, guarded, capped and under one total deadline.

        Raises:
            FetchError: with a code of `errors.FETCH_CODES`.
        """
        ...


class FeedParser(Protocol):
    """Bytes to a feed, in a process that can be killed."""

    async def parse(self, body: bytes, content_type: str | None, url: str) -> Feed:
        """Read a feed document; relative links are resolved against `url`.

        Raises:
            FeedError: not a feed, too slow, or too large.
        """
        ...


# --- what is remembered ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """One outline of the catalogue's OPML."""

    url: str
    title: str
    site: str | None = None
    section: Section | None = None
    language: str | None = None


class Sources(Protocol):
    async def claim(self, now: datetime, limit: int, lease: float) -> list[Source]:
        """Take up to `limit` due sources for `lease` seconds, longest due first.

        Retired and closed ones are never due.
        """
        ...

    async def release(self, source: Source, polled: Polled) -> bool:
        """Write the outcome and the next due time; False when the lease was lost: roll back."""
        ...

    async def postpone(self, source: Source, due: datetime) -> bool:
        """Hand a claimed source back unpolled; False when the lease was lost."""
        ...

    async def line_up(
        self,
        host: str,
        claimed: Sequence[Source],
        now: datetime,
        before: datetime,
        start: datetime,
        step: float,
    ) -> int:
        """Give these claimed sources of a busy host, and its others due by `before`, a turn each.

        Turns begin at `start` and are `step` seconds apart, by who was asked longest ago; nobody
        is due earlier than it was. Returns how many they are.
        """
        ...

    async def hold_host(self, host: str, until: datetime, step: float) -> int:
        """Nobody of this host is due before `until`; then they are, `step` seconds apart.

        Returns how many that are.
        """
        ...

    async def forgive(self, failures: Mapping[int, int]) -> None:
        """Take back what an outage of ours cost: sources (keys: ids) had so many failures."""
        ...

    async def move(self, source: Source, url: str) -> bool:
        """Poll it at `url` from now on; False where its owner already has a source there.

        The catalogue goes on knowing it by the address that it lists.
        """
        ...

    async def revive(self, source_id: int, now: datetime) -> Source:
        """Poll a closed source again, at once."""
        ...

    async def get(self, source_id: int) -> Source | None: ...

    async def add(self, entry: CatalogueEntry, owner: int | None, now: datetime) -> Source:
        """Add a source, due at once; the existing one where this owner (or all) has that url.

        A closed one is revived.
        """
        ...

    async def find(self, url: str, chat: int) -> Source | None:
        """The source with this address that serves `chat`: the catalogue's, or its own."""
        ...

    async def owned(self, chat: int) -> list[Source]:
        """Every unretired source that this chat added, by title."""
        ...

    async def visible(self, chat: int, now: datetime) -> list[SourceHealth]:
        """Every unretired source that serves `chat`, by title."""
        ...

    async def sync_catalogue(
        self, entries: Sequence[CatalogueEntry], now: datetime, spread: float
    ) -> tuple[int, int]:
        """Make the catalogue be `entries`; returns (added, retired).

        New ones get a first due time within `spread` seconds by a stable hash, known ones are
        updated, missing ones retired, returned ones brought back, closed or not.
        """
        ...

    async def known(self, source_id: int, keys: Iterable[str]) -> set[str]:
        """Which of these identity keys this source has shown before."""
        ...

    async def remember(self, source_id: int, keys: Iterable[str], now: datetime) -> None:
        """Store identity keys, or move their last sight to `now`."""
        ...


class Articles(Protocol):
    async def add(self, articles: Sequence[Article]) -> list[Article]:
        """Store new articles, in their `story` or (0) each in one of its own.

        Returns them with `id` and `story`.
        """
        ...

    async def get(self, article_id: int) -> Article | None: ...

    async def latest(
        self, chat: int, *, limit: int, offset: int = 0, source_id: int | None = None
    ) -> list[Article]:
        """Newest first (by `seen`, then id), of the sources that serve `chat`."""
        ...

    async def between(self, chat: int, start: datetime, end: datetime) -> list[Article]:
        """Articles of [start, end) by their shown time, of sources that serve `chat`."""
        ...

    async def of_section(
        self, chat: int, section: Section, *, limit: int, offset: int = 0
    ) -> list[Article]:
        """Newest first, of the sources that serve `chat`."""
        ...

    async def since(self, chat: int, moment: datetime, limit: int = ...) -> list[Article]:
        """Articles first seen at or after `moment`, of sources that serve `chat`, newest first."""
        ...

    async def by_link(self, chat: int, links: Sequence[str]) -> Article | None:
        """The newest article with one of these addresses, of the sources that serve `chat`."""
        ...

    async def of_story(self, chat: int, story: int) -> list[Article]:
        """A story's articles, oldest first, of the sources that serve `chat`."""
        ...

    async def outlets(self, one: Article, chat_id: int) -> tuple[Article, ...]:
        """The first article of each other outlet of its story that serves this chat, in order."""
        ...

    async def record_hits(self, hits: Mapping[int, Collection[int]]) -> None:
        """Store which queries (ids) articles (keys: ids) met."""
        ...

    async def hits(self, article_id: int) -> list[int]: ...


class Subscriptions(Protocol):
    async def add(
        self, place: Place, typed: str, query: Query, now: datetime
    ) -> tuple[Subscription, bool]:
        """Subscribe; the existing one and False where the place already has this query."""
        ...

    async def get(self, place: Place, subscription_id: int) -> Subscription | None: ...

    async def of_chat(self, chat: int) -> list[Subscription]:
        """Of all places of a chat, in the order they were made."""
        ...

    async def of_place(self, place: Place) -> list[Subscription]:
        """In the order they were made: the number a person sees is the position, from 1."""
        ...

    async def update(self, subscription: Subscription) -> bool:
        """Write its options; False when it is gone."""
        ...

    async def remove(self, place: Place, subscription_id: int) -> Subscription | None: ...

    async def remove_all(self, place: Place) -> int: ...

    def queries(self, batch: int = ...) -> AsyncIterator[list[tuple[int, str]]]:
        """(query id, canonical text) of every query that has a subscriber, in slices."""
        ...

    async def queries_since(self, moment: datetime) -> list[tuple[int, str]]:
        """Queries made at or after `moment`, also by other processes."""
        ...

    async def wanted(self, query_ids: Collection[int]) -> set[int]:
        """Which of these queries have a subscriber."""
        ...

    async def keep_query(self, query: Query, now: datetime) -> None:
        """Store a query that nobody subscribes to, so that its id can be looked up."""
        ...

    async def query_text(self, query_id: int) -> str | None:
        """The canonical text of a stored query (for shared `q_…` links)."""
        ...


class Chats(Protocol):
    async def ensure(self, chat: int, kind: ChatKind, title: str, locale: str | None) -> Chat:
        """Know this chat from now on; a chat that was gone is back, its alerts due again.

        `locale` is only used for a chat that is new.
        """
        ...

    async def get(self, chat: int) -> Chat | None: ...

    async def set_locale(self, chat: int, locale: str) -> None: ...

    async def set_timezone(self, chat: int, timezone: str) -> None: ...

    async def set_news(self, chat: int, news: str) -> None: ...

    async def set_translate(self, chat: int, choice: str) -> None: ...

    async def set_gone(self, chat: int, now: datetime) -> None:
        """Telegram refuses us there: stop sending, keep the data."""
        ...

    async def move(self, old: int, new: int) -> None:
        """A group became a supergroup: everything of `old` belongs to `new`, in this transaction.

        Works in both orders and when both are known: then they are merged.
        """
        ...

    async def forget(self, chat: int) -> None:
        """Remove the chat and everything that is its own, its private sources included."""
        ...

    async def ask(self, chat: int, message_id: int, verb: str, now: datetime) -> None:
        """Remember that the bot's message asks for the argument of `verb`."""
        ...

    async def asked(self, chat: int, message_id: int, now: datetime) -> str | None:
        """The verb asked for by this message within the last hour."""
        ...


class Alerts(Protocol):
    async def enqueue(
        self,
        article: Article,
        query_ids: Sequence[int],
        now: datetime,
        news: NewsLanguages = NewsLanguages(),  # noqa: B008 - a frozen value
    ) -> int:
        """One alert per place that subscribes to any of these queries and may see the article.

        Chats whose news languages (`news`: the operator's default) are others get none, unless
        the query names its language itself.

        A place that was told of this story within 12 h gets none, unless it has tripled since.
        Wakes the lanes. Returns how many alerts are new.
        """
        ...

    async def claim_lanes(self, now: datetime, limit: int, seconds: float) -> list[Lane]:
        """Take up to `limit` chats with something to send, longest due first."""
        ...

    async def next_in(self, lane: Lane, now: datetime) -> Delivery | None:
        """The oldest unsent alert of this chat that need not wait, with all that rendering needs.

        One that was gathered brings along what was gathered with it, up to one message's worth.
        """
        ...

    async def hold(self, alert: Alert, until: datetime, gather: Gather) -> None:
        """Not before `until`, and then together with what waits for the same reason."""
        ...

    async def hold_topic(self, place: Place, until: datetime) -> None:
        """Nothing of this place before `until`."""
        ...

    async def reconsider(self, place: Place, now: datetime) -> None:
        """The place has changed its mind: what waits is decided anew."""
        ...

    async def settle(
        self, alert: Alert, *, message_id: int, now: datetime, shown: int = 1
    ) -> None:
        """Telegram accepted it; the message names so many outlets."""
        ...

    async def retry(self, alert: Alert, *, attempts: int, plain: bool = False) -> None:
        """It stays unsent; the next try knows how many there were."""
        ...

    async def bury(self, alert: Alert, reason: str, now: datetime) -> None:
        """It will never be sent: to the dead-letter list (`reason`), or dropped as pointless."""
        ...

    async def release_lane(self, lane: Lane, due: datetime | None) -> bool:
        """Hand the chat back; False when the lease was lost: roll back.

        `due`: not before then, if anything is left to send. None: at once if anything is left.
        Where all that is left is held, the lane sleeps until the first of it is ready.
        With nothing left the lane sleeps until an alert wakes it (decided with the row locked,
        so no wake-up is lost).
        """
        ...

    async def by_message(self, chat: int, message_id: int) -> Alert | None:
        """The alert that this message of the bot told."""
        ...

    async def subscriptions_of(self, alert: Alert) -> list[Subscription]:
        """This place's subscriptions that the alert's article met."""
        ...


class Stories(Protocol):
    async def alone(self) -> None:
        """Nobody else gives articles their stories until this transaction ends."""
        ...

    async def after(self, article_id: int, since: datetime) -> list[Article]:
        """Up to a thousand articles with higher ids, seen since then, by id."""
        ...

    async def joined(self, one: Article, now: datetime) -> int:
        """An article was stored in a known story: alerts of it show a new outlet in time.

        Returns how many outlets tell it.
        """
        ...

    async def revised(self, known: Sequence[Article], now: datetime) -> int:
        """Write headlines that one source has corrected within 48 h; their alerts are edited.

        Returns how many there were.
        """
        ...

    async def claim_edits(
        self, now: datetime, limit: int, seconds: float
    ) -> list[tuple[Chat, Delivery]]:
        """Take up to `limit` sent alerts that are due to be edited, for `seconds`."""
        ...

    async def edited(self, told: Alert, shown: int, now: datetime) -> None:
        """The message names so many outlets now; if there are more already, they come later."""
        ...

    async def rewrite(self, told: Alert, now: datetime) -> bool:
        """Have a sent alert edited at once; False: it is not sent yet."""
        ...

    async def leave(self, told: Alert, until: datetime | None) -> None:
        """No edit before `until`; None: none until something happens."""
        ...


class Access(Protocol):
    async def all(self) -> dict[str, bool]:
        """Who was let in (True) or shut out, by a keyed hash of the id."""
        ...

    async def put(self, key: str, *, allowed: bool) -> None: ...

    async def keep(self, name: str, value: str) -> str:
        """The value kept under this name; `value`, if there was none."""
        ...


class Broadcasts(Protocol):
    async def add(self, chat_id: int, text: str, now: datetime) -> None: ...

    async def claim(self, now: datetime, seconds: float) -> Broadcast | None:
        """Take the one that is due longest."""
        ...

    async def next_chat(self, after: int | None) -> int | None:
        """The reachable chat with the next higher id."""
        ...

    async def save(self, one: Broadcast, due: datetime) -> bool:
        """Write how far it is; False when the lease was lost."""
        ...

    async def done(self, one: Broadcast) -> None: ...


class Housekeeping(Protocol):
    """Letting go of what is old: each returns how many rows went, at most `limit`."""

    async def articles(self, before: datetime, limit: int) -> int:
        """Articles first seen before that, unless an alert of them is still to be sent."""
        ...

    async def stories(self, before: datetime, limit: int) -> int: ...

    async def translations(self, before: datetime, limit: int) -> int: ...

    async def queries(self, before: datetime, limit: int) -> int:
        """Queries without a subscriber."""
        ...

    async def identities(self, before: datetime, limit: int) -> int:
        """Identity keys not seen since, of sources that have shown others later."""
        ...

    async def prompts(self, before: datetime) -> int: ...

    async def gone_chats(self, before: datetime) -> list[int]:
        """Chats that have refused us since before that."""
        ...


class Translations(Protocol):
    async def get(
        self, keys: Collection[str], source: str, target: str
    ) -> dict[str, tuple[str, str]]:
        """Known translations by the key of their text: the text and the engine."""
        ...

    async def put(
        self, texts: Mapping[str, str], source: str, target: str, engine: str, now: datetime
    ) -> None: ...

    async def spent(self, month: str) -> int:
        """Characters that all engines were sent in a month (2022-01)."""
        ...

    async def spend(self, month: str, engine: str, characters: int) -> None: ...


class Places(Protocol):
    async def get(self, place: Place) -> PlaceSettings:
        """What this place has chosen; the defaults where it has chosen nothing."""
        ...

    async def put(self, place: Place, settings: PlaceSettings) -> None: ...

    async def muted_sources(self, place: Place) -> set[int]:
        """Sources that this place does not want to hear from."""
        ...

    async def mute_source(self, place: Place, source_id: int) -> None: ...

    async def unmute_source(self, place: Place, source_id: int) -> None: ...


class Status(Protocol):
    async def freshness(self, chat: int | None, now: datetime) -> Freshness:
        """Figures for one chat's view, or (None) of everything for operators."""
        ...

    async def alerts_per_hour(self, now: datetime, hours: int) -> list[int]:
        """Alerts sent in each of the last hours, the oldest first."""
        ...

    async def troubled(self, limit: int) -> list[Source]:
        """Sources of the catalogue that have been failing, the longest first."""
        ...


class Leases(Protocol):
    async def switch(self, name: str, *, on: bool) -> None:
        """A switch that holds until it is turned off; "sending" stops the claiming of lanes."""
        ...

    async def take(self, name: str, holder: str, now: datetime, seconds: float) -> bool:
        """Take or renew the lease `name` for `holder`; False while another holds it."""
        ...


class Tx(Protocol):
    """One transaction: all repositories over one connection."""

    @property
    def sources(self) -> Sources: ...
    @property
    def articles(self) -> Articles: ...
    @property
    def subscriptions(self) -> Subscriptions: ...
    @property
    def chats(self) -> Chats: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def stories(self) -> Stories: ...
    @property
    def housekeeping(self) -> Housekeeping: ...
    @property
    def access(self) -> Access: ...
    @property
    def broadcasts(self) -> Broadcasts: ...
    @property
    def translations(self) -> Translations: ...
    @property
    def places(self) -> Places: ...
    @property
    def status(self) -> Status: ...
    @property
    def leases(self) -> Leases: ...
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

    async def scrub(self) -> None:
        """Leave no trace of what was deleted in files beside the database."""
        ...


# --- what goes out ---------------------------------------------------------------------------


class Sender(Protocol):
    """Says a message in a place and returns what Telegram made of it; raises nothing of PTB's."""

    async def send(self, place: Place, message: Message, *, plain: bool = False) -> Outcome:
        """`plain`: the same words without formatting or buttons, after Telegram refused them."""
        ...


class Screen(Sender, Protocol):
    """A sender that can also change what it said."""

    async def edit(self, place: Place, message_id: int, message: Message) -> Outcome:
        """Show `message` in place of that one; that it looked so already is a success."""
        ...


class Engine(Protocol):
    """Something that translates."""

    @property
    def name(self) -> str:
        """As readers see it."""
        ...

    async def translate(self, texts: tuple[str, ...], source: str, target: str) -> tuple[str, ...]:
        """As many texts in `target` (languages are ISO 639-1 codes).

        Raises:
            TranslationError: with a kind that says what follows.
        """
        ...
