"""What is remembered of sources, articles and stories."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.domain.candidates import Wanted
from bot.domain.figures import Freshness
from bot.domain.model import (
    Alert,
    Article,
    Chat,
    Delivery,
    Pivot,
    Polled,
    Section,
    Source,
    SourceHealth,
    Subscription,
)
from bot.domain.retaining import Stale


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

    async def names(self, chat: int) -> list[tuple[str, str]]:
        """Title and address of every unretired source that serves `chat`."""
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

    async def between(
        self, chat: int, start: datetime, end: datetime, *, limit: int, offset: int = 0
    ) -> list[Article]:
        """Articles of [start, end) by their shown time, of sources that serve `chat`.

        By section as `Section` lists them, newest first in each, those without one at the end.
        """
        ...

    async def of_section(
        self, chat: int, section: Section, *, limit: int, offset: int = 0
    ) -> list[Article]:
        """Newest first, each story once, of the sources that serve `chat`."""
        ...

    async def top(self, chat: int, since: datetime, limit: int) -> list[Article]:
        """The first article of each story that begins since then and that most outlets tell.

        Most outlets first, two at least; of the sources that serve `chat`.
        """
        ...

    async def outlet_counts(self, stories: Collection[int]) -> dict[int, int]:
        """How many outlets tell each of these stories."""
        ...

    async def count(self, source_id: int, since: datetime) -> int:
        """How many articles of a source were first seen since then."""
        ...

    async def first_since(self, chat: int, moment: datetime) -> datetime | None:
        """When the first article was seen at or after `moment`; None: there is none."""
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

    async def ask_page(self, article_id: int) -> bool:
        """Be the one who reads the article's page; False: somebody is, or was."""
        ...

    async def complete(self, one: Article, now: datetime) -> None:
        """Write what its page added; alerts of it that were sent are edited at once."""
        ...

    async def record_hits(
        self, hits: Mapping[int, Collection[int]], *, translated: bool = False
    ) -> None:
        """Store which queries (ids) articles (keys: ids) met; `translated`: by translation."""
        ...

    async def hits(self, article_id: int) -> list[int]: ...

    async def rung(self, one: Subscription, *, waiting: int, sent: int) -> list[Article]:
        """What this subscription may have rung, of the newest of its place's alerts.

        `waiting`: how many that wait, whatever rang them since it was made; `sent`: how many that
        were sent and met its query.
        """
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

    async def revised(self, known: Sequence[Article], now: datetime) -> list[Article]:
        """Write headlines that one source has corrected within 48 h; their alerts are edited.

        Returns the corrected articles.
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


class Search(Protocol):
    async def add(self, article_id: int, words: Collection[str]) -> None:
        """Index an article, or index it anew, under these words (`candidates.words_of`)."""
        ...

    async def find(
        self, wanted: Wanted, chat: int, before: int | None, limit: int
    ) -> tuple[list[Article], int | None]:
        """Of the newest `limit` articles with what is wanted, those that serve `chat`.

        Newest (by id) first, of ids less than `before`. With it goes the `before` of those that
        follow; None: there are no more.
        """
        ...

    async def unindexed(self, before: int | None, limit: int) -> list[Article]:
        """Articles that are in no index, newest first, of ids less than `before`."""
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


class Pivots(Protocol):
    """Articles whose translations are still to be matched."""

    async def queue(self, articles: Sequence[Article], now: datetime) -> int:
        """Have new articles translated into each language in which a chat wants that.

        Returns how many translations that makes.
        """
        ...

    async def claim(self, now: datetime, limit: int, seconds: float) -> list[Pivot]:
        """Take up to `limit` for `seconds`, longest due first."""
        ...

    async def done(self, one: Pivot) -> bool:
        """It is matched, or given up; False when the lease was lost: roll back."""
        ...

    async def postpone(self, one: Pivot, due: datetime) -> bool:
        """Not before `due`; False when the lease was lost."""
        ...


class Status(Protocol):
    async def freshness(self, chat: int | None, now: datetime) -> Freshness:
        """Figures for one chat's view, or (None) of everything for operators."""
        ...

    async def alerts_per_hour(self, now: datetime, hours: int) -> list[int]:
        """Alerts sent in each of the last hours, the oldest first."""
        ...

    async def troubled(self, limit: int) -> list[Source]:
        """Sources of the catalogue that have been failing, the longest first; floods are last."""
        ...


class Housekeeping(Protocol):
    """Letting go of what is old: found in a reading transaction, dropped in small writing ones."""

    async def stale(self, what: Stale, before: datetime, limit: int) -> list[tuple[Any, ...]]:
        """The keys of rows that are old and needed by nobody, at most so many.

        Articles with an alert still to be sent are needed; so are the identity keys of a source
        that has brought nothing new since, because it may show all of them again.
        """
        ...

    async def drop(self, what: Stale, keys: Sequence[tuple[Any, ...]], before: datetime) -> int:
        """Delete those of these rows that are still so; returns how many."""
        ...

    async def prompts(self, before: datetime) -> int: ...

    async def gone_chats(self, before: datetime) -> list[int]:
        """Chats that have refused us since before that."""
        ...
