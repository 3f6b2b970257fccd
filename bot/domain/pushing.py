"""WebSub: a hub tells when a feed has changed, so that nobody need ask (W3C, 23 January 2018).

A push is a hint and nothing more: what it brings is not read, the feed's known address is asked.
Still only who was let may knock: the path of each callback is 128 random bits, each push is
signed with a secret, and a hub that has once signed well is not believed with less.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha1, sha256, sha384, sha512
from hmac import HMAC, compare_digest
from typing import Any, Literal

LEASE = timedelta(days=10)
"""What hubs are asked for; they may grant less."""

SHORTEST = timedelta(minutes=5)
RENEWED_AT = 0.8
"""Of the lease (reliability W4)."""

AGAIN, LATEST = timedelta(hours=1), timedelta(hours=24)
"""How long a confirmation is waited for before the hub is asked again, doubling up to a day."""

FAREWELLS = 3
"""Times a hub is asked to end a subscription."""

SPARE = timedelta(seconds=10)
"""Between two polls that pushes bring about: a hub cannot have a feed hammered."""

MOST_BYTES = 10_000_000
"""Of a push that are taken, to be checked and thrown away."""

_PATH, _PATH_LENGTH = frozenset("0123456789abcdef"), 32
"""128 random bits in hexadecimal."""

Hash = Callable[[], Any]
METHODS: Mapping[str, Hash] = {
    "sha1": sha1,
    "sha256": sha256,
    "sha384": sha384,
    "sha512": sha512,
}
"""What hubs sign with, the weakest first."""

Answer = Literal["taken", "ignored", "unknown", "too-large"]
"""What becomes of a push."""


@dataclass(frozen=True, slots=True)
class Hub:
    """Who tells of a feed's changes, and under which address it knows the feed."""

    url: str
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Our subscription at a hub. `pending`: we have asked and it has not come back yet."""

    id: int = 0
    source: int
    hub: Hub
    path: str  # of the callback, unguessable
    secret: str
    method: str = ""  # the best it has signed with
    pending: bool = False
    until: datetime | None = None  # end of the lease; None: not confirmed
    failures: int = 0  # requests in a row that were not confirmed
    claim: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    """A subscription that is to end: its source is polled no more, or named another hub."""

    id: int
    hub: Hub
    path: str
    failures: int = 0  # requests in a row that the hub did not come back for
    claim: int = 0


def is_path(text: str) -> bool:
    """Whether this can be a callback's path: who guesses may send anything, NUL included."""
    return len(text) == _PATH_LENGTH and not set(text) - _PATH


def request_form(push: Push, callback: str) -> dict[str, str]:
    """What the hub is asked (WebSub, 5.1)."""
    return {
        "hub.mode": "subscribe",
        "hub.topic": push.hub.topic,
        "hub.callback": callback,
        "hub.secret": push.secret,
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
    }


def granted(push: Push, said: Mapping[str, str]) -> timedelta | None:
    """The lease, if this confirms what we have asked for (5.3); else None: it does not."""
    asked = push.pending and said.get("hub.mode") == "subscribe"
    seconds = said.get("hub.lease_seconds", str(int(LEASE.total_seconds())))
    if not asked or said.get("hub.topic") != push.hub.topic or not said.get("hub.challenge"):
        return None
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 12):
        return None
    lease = timedelta(seconds=int(seconds))
    return min(lease, LEASE) if lease >= SHORTEST else None


def confirmed(push: Push, lease: timedelta, now: datetime) -> tuple[Push, datetime]:
    """The subscription after the hub has confirmed it, and when to renew it."""
    there = replace(push, pending=False, until=now + lease, failures=0)
    return there, now + lease * RENEWED_AT


def farewell_form(one: Farewell, callback: str) -> dict[str, str]:
    """What the hub is asked when it is to end (WebSub, 5.1)."""
    return {"hub.mode": "unsubscribe", "hub.topic": one.hub.topic, "hub.callback": callback}


def is_ended(one: Farewell, said: Mapping[str, str]) -> bool:
    """Whether the hub asks if we want what we do want: to be left alone (5.3)."""
    meant = said.get("hub.mode") == "unsubscribe" and said.get("hub.topic") == one.hub.topic
    return meant and bool(said.get("hub.challenge"))


def left_again(one: Farewell, now: datetime) -> datetime | None:
    """When a hub that stays silent is asked again; None: the end of its lease has to do."""
    return now + AGAIN * 2**one.failures if one.failures + 1 < FAREWELLS else None


def asked_again(push: Push, now: datetime) -> tuple[Push, datetime]:
    """The subscription after the hub was asked, and when it is asked again if it stays silent."""
    wait = min(AGAIN * 2**push.failures, LATEST)
    return replace(push, failures=min(push.failures + 1, 20)), now + wait


class Signature:
    """Checks a push part by part; it need not be kept."""

    def __init__(self, push: Push, header: str) -> None:
        method, _, self._said = header.strip().partition("=")
        self.method = method.lower()
        weaker = _rank(self.method) < _rank(push.method)
        known = None if weaker else METHODS.get(self.method)
        self._mac = None if known is None else HMAC(push.secret.encode(), digestmod=known)

    def update(self, part: bytes) -> None:
        """Take the next part of the body."""
        if self._mac is not None:
            self._mac.update(part)

    def __bool__(self) -> bool:
        """Whether the hub has signed all of it; in constant time."""
        if self._mac is None:
            return False
        return compare_digest(self._mac.hexdigest().encode(), self._said.lower().encode())


def _rank(method: str) -> int:
    return list(METHODS).index(method) if method in METHODS else -1
