"""The nouns of Newsbell, as frozen values.

Words are used as PRODUCT.md defines them: an *entry* is what a feed said, an *article* is an entry
we kept, a *story* is the articles of one event, an *alert* is what one *place* is told about one
story. Every datetime is timezone-aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from bot.domain.places import Crowd, Gather, PlaceSettings
from bot.domain.pushing import Hub
from bot.domain.standing import Standing


class Section(StrEnum):
    """The eight categories of the paper; a category outside them is mapped to one or dropped."""

    WORLD = "World"
    POLITICS = "Politics"
    BUSINESS = "Business"
    TECHNOLOGY = "Technology"
    SCIENCE = "Science"
    HEALTH = "Health"
    SPORT = "Sport"
    CULTURE = "Culture"


class ChatKind(StrEnum):
    """Telegram's chat types, by Telegram's names."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class When(StrEnum):
    """When a subscription's alerts are sent."""

    INSTANT = "instant"
    HOURLY = "hourly"
    DAILY = "daily"


class Form(StrEnum):
    """How much of the article a subscription's alerts show."""

    FULL = "full"
    HEADLINE = "headline"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where alerts go: a chat and a forum topic in it (0: no topic, or General)."""

    chat: int
    topic: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A Telegram chat we know. `locale` is the language of the bot's own sentences (BCP 47)."""

    id: int
    kind: ChatKind
    title: str
    locale: str = "en"
    timezone: str = "UTC"
    news: str = ""  # languages.News: its own choice of news languages
    translate: str = ""  # translating.NEVER, or the languages that are read as they are
    pivot: bool = False  # articles ring by the words of their translation, too
    gone: datetime | None = None  # since when Telegram refuses us; None: reachable


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a feed said, cleaned: plain text, NFC, no control characters but newline and tab.

    `id` is never empty: the feed's own id, else the link, else a digest of the entry. `link` and
    `image` are absolute http(s) addresses or None. `published` may lie in the future or be wrong:
    it never decides whether an entry is new.
    """

    id: str
    title: str
    link: str | None = None
    summary: str = ""
    published: datetime | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    image: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One parsed feed document; `format` is e.g. "rss20", "atom10", "rdf", "json11"."""

    title: str
    link: str | None
    language: str | None
    format: str
    entries: tuple[Entry, ...]
    ttl: int | None = None  # seconds the publisher asks us to wait (RSS ttl)
    hub: Hub | None = None  # WebSub hub, if the feed names one
    period: int | None = None  # seconds between two publications, as it says (sy:updatePeriod)
    skip_hours: tuple[int, ...] = ()  # hours of the day, UTC, in which nobody need ask
    skip_days: tuple[int, ...] = ()  # days of the week, Monday is 0
    cut: tuple[str, ...] = ()  # what was too long to be kept whole, such as "3 titles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave us to ask "changed since?" (RFC 9110, 13.1): replayed byte for byte."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a publisher says about polling, in its last full document; fields as in `Feed`."""

    ttl: int | None = None
    period: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Habit:
    """How often a source publishes, as measured: the mean seconds between two new entries.

    `gap` is None until two visits have found something new; `since` is when the last one did.
    """

    gap: float | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moving:
    """A permanent redirect that every good answer has shown since, `seen` times in a row."""

    to: str
    since: datetime
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed we poll. `claim` is the fence of the lease under which it was read."""

    id: int
    url: str
    title: str
    site: str | None = None
    section: Section | None = None
    language: str | None = None
    owner: int | None = None  # the chat it serves alone; None: the catalogue, for everybody
    validators: Validators = Validators()
    digest: str | None = None  # of the last body, so that an unchanged one is not parsed again
    first_polled: datetime | None = None  # None: the next good poll is the first and rings nobody
    last_ok: datetime | None = None
    failures: int = 0  # in a row
    error: str | None = (
        None  # code of the last failure (see errors.FETCH_CODES), None after a success
    )
    failing: datetime | None = None  # since when, None after a success
    told: bool = False  # its owner knows that it has been failing for long
    gone: datetime | None = None  # since when the publisher says 410
    closed: bool = False  # gone for good: not polled until the catalogue or a person asks again
    wishes: Wishes = Wishes()
    habit: Habit = Habit()
    moving: Moving | None = None
    retired: bool = False
    standing: Standing = Standing.GOOD
    promoted: bool = False  # a chat added it, an operator gave it to everybody
    claim: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What a poll changes in its source row: the state after it and when to come back."""

    due: datetime
    checked: datetime
    validators: Validators
    digest: str | None
    failures: int
    error: str | None
    failing: datetime | None
    told: bool
    gone: datetime | None
    closed: bool
    first_polled: datetime | None
    last_ok: datetime | None
    wishes: Wishes
    habit: Habit
    moving: Moving | None
    title: str | None = None  # from the feed, where we had none
    site: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """An operator's words on their way to every chat; `after` is the last chat that was told."""

    id: int
    chat: int
    text: str
    message_id: int | None = None
    after: int | None = None
    told: int = 0
    missed: int = 0
    claim: int = 0


NoticeKind = Literal["moved", "gone", "failing", "engine", "topic", "report", "rights"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a chat is told once about a source it added; `values` fill the locale's sentence."""

    id: int
    chat: Chat
    kind: NoticeKind
    values: Mapping[str, str]
    attempts: int = 0
    claim: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An entry we kept. `id` and `story` are 0 until stored; `seen` is when we first saw it."""

    id: int = 0
    story: int = 0
    source: int
    source_title: str
    source_owner: int | None = None
    key: str  # the entry's id
    title: str
    link: str | None
    summary: str
    published: datetime | None
    seen: datetime
    language: str | None = None
    section: Section | None = None
    authors: tuple[str, ...] = ()
    image: str | None = None
    lede: str | None = None  # of its own page, where the feed said too little; None: never asked


MatchField = Literal["title", "summary", "body", "source", "language", "category", "translation"]


@dataclass(frozen=True, slots=True)
class MatchedWord:
    """One reason of a match: the query's `term` met the article's `word` in this `field`."""

    term: str
    word: str
    field: MatchField


@dataclass(frozen=True, slots=True)
class Hit:
    """A query met by an article, with the reasons in the order of the query's terms."""

    query_id: int
    words: tuple[MatchedWord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A place's query with its options.

    `typed` is what the person wrote, `query` its canonical form, `query_id` the 63-bit hash of
    that.
    """

    id: int
    place: Place
    typed: str
    query: str
    query_id: int
    created: datetime
    when: When = When.INSTANT
    silent: bool = False
    form: Form = Form.FULL
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What one place is told about one story: an outbox row, unique by place, story, round."""

    id: int
    place: Place
    story: int
    article: int
    round: int = 0
    created: datetime
    attempts: int = 0
    plain: bool = False  # Telegram refused the formatted text once: send it plain
    unanswered: bool = False  # Telegram did not answer once: it may be there
    message_id: int | None = None
    gather: Gather = Gather.NONE  # what it waits for together with others
    shown: int = 1  # outlets that the sent message names; 0: it must be written anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The delivery row of one chat, held under a lease: one worker at a time, in order."""

    chat: Chat
    claim: int
    until: datetime | None = None  # when the lease ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Pivot:
    """An article whose translation into `target` is to be matched; `claim` counts the tries."""

    id: int
    article: Article
    target: str
    claim: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """An article's headline and lede in the reader's language; `language` is the original's."""

    title: str
    lede: str
    language: str
    engine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """All that is needed to say one alert: read in one go, so that rendering needs no storage."""

    alert: Alert
    article: Article
    subscriptions: tuple[Subscription, ...]  # of this place, met by this story; empty: all removed
    settings: PlaceSettings = PlaceSettings()  # noqa: RUF009 - a frozen value
    crowd: Crowd = Crowd()  # noqa: RUF009 - a frozen value
    rest: tuple["Delivery", ...] = ()  # what goes in the same message, where it was gathered
    unlisted: tuple[Alert, ...] = ()  # what waited with it, too, and the message only counts
    others: tuple[Article, ...] = ()  # the first article of each other outlet of the story
    size: int = 1  # outlets of the story
    translation: Translation | None = None
    late: bool = False  # its translation is still to come


@dataclass(frozen=True, slots=True)
class Receipt:
    """Telegram accepted an alert: the message's id, when, and how many outlets it names.

    `again`: when it is to be written anew, because its translation is still to come.
    """

    alert: Alert
    message_id: int
    at: datetime
    shown: int = 1
    again: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """A source as people see it in /sources.

    `per_day` is articles a day: of the last 7 days, or of those it is known.
    """

    source: Source
    per_day: float
