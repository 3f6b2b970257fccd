"""What comes in from the outside world: fetching, reading feeds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.domain.model import (
    Feed,
    Validators,
)
from bot.domain.pages import Page
from bot.domain.pushing import Hub
from bot.domain.robots import Robots


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A full answer: the body after bounded inflation (bytes) and what to replay next time."""

    url: str  # after redirects
    body: bytes
    content_type: str | None
    validators: Validators
    moved_to: str | None = None  # set when every hop was permanent (301, 308)
    max_age: int | None = None  # seconds, from Cache-Control or Expires
    hub: Hub | None = None  # WebSub hub, if the Link header names one


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304: nothing new since the validators we sent."""

    max_age: int | None = None
    moved_to: str | None = None  # set when every hop was permanent (301, 308)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A redirect that was not followed; what it leads to is asked for by its own host's rules."""

    url: str


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


class PageFetcher(Protocol):
    """The same way out, for what is read once and in part."""

    async def beginning(
        self, url: str, kind: str, within: Callable[[str], bool]
    ) -> Fetched | Elsewhere:
        """The first 2 MB of a text of this media type (`*/*`: of any).

        Redirects are followed to addresses `within` bounds.

        Raises:
            FetchError: with a code of `errors.FETCH_CODES`; "http" if it is of another type.
        """
        ...


class PageParser(Protocol):
    """What pages say, read in a process that can be killed; what cannot be read says nothing."""

    async def page(self, body: bytes, content_type: str | None, url: str) -> Page: ...

    async def robots(self, body: bytes, content_type: str | None, agent: str) -> Robots:
        """The rules for `agent`."""
        ...
