"""Errors that are part of the product: each carries what is wrong and what to do.

NewsbellError
├── FaultError      what somebody typed or sent is wrong; has a Complaint for any language
│   ├── QueryError      a query that cannot be read; has a position
│   ├── OpmlError       a list of sources that cannot be read
│   └── PortableError   a file of subscriptions that cannot be read
├── FetchError      a source that could not be fetched; has a code of FETCH_CODES
├── FeedError       a body that is no feed; has a code of FETCH_CODES
├── TranslationError  an engine that did not translate; has a kind
├── ChartError      a picture that could not be drawn
├── LimitReached    a quota of the operator
├── PortInUse       the web server's port is taken
├── StorageError    a database that cannot be opened
│   └── BackupError     no back-up of it; has a code
├── StorageTrouble  a database that fails just now: nothing was written
└── LeaseLost       somebody else holds the row now: roll back
"""

from typing import Literal

from bot.domain.faults import Complaint, Fault, Value

Trouble = Literal["busy", "quota", "refused", "unsupported", "too-large", "failed"]
"""What is the matter with a translation engine."""

BackupCode = Literal["no-sqlite", "no-database", "not-copied", "not-sound"]

EngineReason = Literal["down", "error", "unreadable", "unusable", "refused", "quota", "budget"]
"""Why an engine rests, as operators are told: each has its sentence in every locale."""

FETCH_CODES = frozenset(
    {
        "refused-address",  # the guard: a private, local or otherwise special address
        "refused-url",  # scheme, port, credentials or spelling we do not follow
        "dns",
        "connect",
        "tls",
        "tls-expired",
        "tls-wrong-host",
        "timeout",
        "too-large",
        "encoding",  # a content coding we did not ask for, or broken gzip
        "redirects",
        "blocked",  # 403 and its kin, captcha pages
        "not-found",
        "gone",
        "rate-limited",
        "server-error",
        "http",  # any other status
        "protocol",
        "not-a-feed",
        "parse-timeout",
        "parse-memory",
        "empty",
        "unreadable-file",
        "flood",  # no failure: it was read, but brings more than is kept
    }
)


class NewsbellError(Exception):
    """The root of all errors that Newsbell raises on purpose."""


class StorageTrouble(NewsbellError):  # noqa: N818 - what it is, in the words of the others
    """The database fails just now; nothing was written. `kind` as in `incidents.Kind`."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"the database fails: {kind}")
        self.kind = kind


class FaultError(NewsbellError):
    """What somebody typed or sent is wrong; `values` are those of the fault's sentence.

    `complaint` is told in any language, `message` is the English sentence.
    """

    def __init__(self, fault: Fault, **values: Value) -> None:
        self.complaint = Complaint(fault, values)
        self.message = str(self.complaint)
        super().__init__(self.message)


class QueryError(FaultError):
    """A query that cannot be read.

    `position` counts characters from 1; `suggestion` is a form that would work
    (`parse` always gives one).
    """

    def __init__(
        self, fault: Fault, position: int, suggestion: str | None = None, **values: Value
    ) -> None:
        super().__init__(fault, **values)
        self.position = position
        self.suggestion = suggestion


class OpmlError(FaultError):
    """A list of sources that cannot be read; the sentence says where and why."""


class PortableError(FaultError):
    """A file of subscriptions that cannot be read; the sentence says where and why."""


class FetchError(NewsbellError):
    """A source that could not be fetched; `code` is one of FETCH_CODES."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.retry_after = retry_after  # seconds, clamped to 0..86,400


class FeedError(NewsbellError):
    """A body that is no feed, or a feed that could not be parsed; `code` is one of FETCH_CODES.

    `feeds`: where the body is a page, the addresses of feeds that it names.
    """

    def __init__(self, code: str, message: str, feeds: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.feeds = feeds


class SeveralFeeds(NewsbellError):  # noqa: N818 - a question, not a fault
    """A page has more than one feed: `found` are their addresses and titles."""

    def __init__(self, found: tuple[tuple[str, str], ...]) -> None:
        super().__init__(f"{len(found)} feeds")
        self.found = found


class TranslationError(NewsbellError):
    """An engine that did not translate.

    `message` is for the log. `wait`: the seconds that it asked for itself; `reason`: what
    operators are told, with the server's own `words`; `passing`: it may work a moment later.
    """

    def __init__(
        self,
        kind: Trouble,
        message: str,
        wait: float | None = None,
        *,
        reason: EngineReason = "unreadable",
        words: str = "",
        passing: bool = False,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.wait = wait
        self.reason: EngineReason = kind if kind in ("refused", "quota") else reason
        self.words = words
        self.passing = passing


class ChartError(NewsbellError):
    """A picture that could not be drawn."""


class LimitReached(NewsbellError):  # noqa: N818 - it is a refusal, not a fault
    """A quota of the operator: `limit` is the number, `what` the locale key of its noun."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"{what}: {limit}")
        self.what = what
        self.limit = limit


class LeaseLost(NewsbellError):  # noqa: N818 - a fact about the lease
    """Somebody else claimed the row since: whatever was decided under the lease is void."""


class StorageError(NewsbellError):
    """The database cannot be opened; the sentence says why and what to do."""


class BackupError(StorageError):
    """No back-up; `code` names the sentence that operators are told."""

    def __init__(self, code: BackupCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class PortInUse(NewsbellError):  # noqa: N818 - what is the matter, in the operator's words
    """The web server's port is taken; the sentence says what to set."""
