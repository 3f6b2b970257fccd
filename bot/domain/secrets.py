"""Secrets in addresses: user and password, keys in the query, long random words in the path.

Everybody but who added a source in private sees its address masked (PRODUCT, "Settled details").
What is masked can still be recognised, so that nobody polls it by mistake.
"""

from urllib.parse import urljoin, urlsplit, urlunsplit

import regex

MASK = "***"
LONG = 32
"""Characters from which a word of letters and digits is taken for a key. Shorter ones are channel
and list numbers (a video channel's has 24), without which a feed's address says nothing."""

_ADDRESS = regex.compile(r"(?i)\b[a-z][a-z0-9+.-]{1,15}://[^\s<>\"]+")
_USER = regex.compile(r"(?i)^([a-z][a-z0-9+.-]*://)[^/?#]*@")
_KEY = regex.compile(
    r"(?i)(?<=[?&;#])([^=&;#]*(?:key|token|auth|secret|pass|pwd|sig|session|sid|hash|code|private"
    r"|user|login|credential|jwt|otp|pin)[^=&;#]*)=[^&;#]+"
)
_WORD = regex.compile(rf"(?<=[/=?&;#.])(?=[^/=?&;#.]*\d)[A-Za-z0-9_%+~-]{{{LONG},}}")
_WORDS_OF_A_SLUG = regex.compile(r"[-_+]|%[0-9a-f]{2}", regex.IGNORECASE)


def masked(url: str) -> str:
    """The address with its secrets hidden; the same one where it has none."""
    without_user = _USER.sub(rf"\1{MASK}@", url)
    return str(_WORD.sub(_hidden, _KEY.sub(rf"\1={MASK}", without_user)))


def masked_text(text: str) -> str:
    """A text whose addresses are masked: a source without a title is called by its address."""
    return str(_ADDRESS.sub(lambda found: masked(found[0]), text))


def shown_to(url: str, *, adder: bool) -> str:
    """The address as it may be read: whole by who added it, in private; masked by all others."""
    return url if adder else masked(url)


def without_user(url: str) -> str:
    """The address without user and password, so that what is relative to it has none either."""
    return str(_USER.sub(r"\1", url))


def with_user_of(known: str, url: str) -> str:
    """`url` with the user and password of `known`, if it leads to the same host and has none.

    Never from https to http: that would say them in the open.
    """
    try:
        ours, theirs = urlsplit(known), urlsplit(url)
        same = (ours.hostname, ours.port) == (theirs.hostname, theirs.port)
    except ValueError:  # a port that is no number, a bracket that opens no IPv6 address
        return url
    user, at, _ = ours.netloc.rpartition("@")
    safer = (ours.scheme, theirs.scheme) in (("http", "http"), ("http", "https"), ("https",) * 2)
    if not at or "@" in theirs.netloc or not same or not safer:
        return url
    return urlunsplit(theirs._replace(netloc=f"{user}@{theirs.netloc}"))


def next_hop(here: str, location: str) -> str:
    """Where a redirect leads; the password goes along to the same host alone (reliability K3)."""
    return with_user_of(here, urljoin(without_user(here), location))


def is_masked(url: str) -> bool:
    """Whether the address is one that `masked` made: nothing answers there."""
    return f"{MASK}@" in url or f"={MASK}" in url or f"/{MASK}" in url


def _hidden(found: "regex.Match[str]") -> str:
    """A headline in an address has many short words; a key has none."""
    longest = max(map(len, _WORDS_OF_A_SLUG.split(found[0])))
    return MASK if longest >= LONG // 2 else str(found[0])
