"""Is this entry new? Publishers rebuild ids, move to https, add tracking and change dates.

An entry is known by any of several keys, each a digest, so that one of them outlives each kind of
churn. Dates take no part (reliability I1-I8). A key that several entries of one document share
tells nothing: some feeds give every entry the same id, or link all of them to the front page.
"""

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode, urlsplit

import regex

from bot.domain.model import Entry
from bot.domain.text import compact

_TRACKING = ("utm_", "mtm_", "pk_", "at_", "wt_", "xtor")
_TRACKING_NAMES = frozenset(
    [
        "fbclid",
        "gclid",
        "dclid",
        "msclkid",
        "mc_cid",
        "mc_eid",
        "igshid",
        "ref",
        "referrer",
        "cmp",
        "cmpid",
        "ncid",
        "ocid",
        "smid",
        "smtyp",
        "sr_share",
        "soc_src",
        "soc_trk",
        "source",
        "src",
        "partner",
        "from",
        "feed",
        "rss",
    ]
)
_SESSIONS = frozenset({"phpsessid", "jsessionid", "aspsessionid", "sid"})
_SESSION_PATH = regex.compile(r";jsessionid=[^/?#]*", regex.IGNORECASE)
_LEAST_TEXT, _MOST_TEXT = 40, 300
"""Characters of title and summary that tell two entries apart: "Weather" alone does not; beyond
the second number a summary is the article, which is edited more often than moved."""

_LEAST_TITLE = 20
_LEAST_MOVED = 3
"""Entries of a document that can have moved together."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """What one entry may be known by; None where it has no such thing."""

    id: str
    titled: str  # title and link: always there, and never shared by two that differ
    link: str | None
    text: str | None
    title: str | None

    def telling(self, shared: AbstractSet[str]) -> set[str]:
        """Those that stand for this entry alone."""
        found = {key for key in (self.id, self.link, self.text) if key and key not in shared}
        return found | {self.titled}

    def all(self) -> list[str]:
        """Every key, strongest first."""
        found = (self.id, self.link, self.text, self.titled, self.title)
        return [key for key in found if key]


class Document:
    """The entries of one fetch, each with its keys, which are costly enough to make once."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._named = [(entry, _keys(entry)) for entry in entries]

    def asked(self) -> tuple[str, ...]:
        """What must be looked up before the other two can decide."""
        keys = [key for _, keys in self._named for key in keys.all()]
        return tuple(dict.fromkeys([*keys, *map(_mark, keys)]))

    def shown(self, known: AbstractSet[str] = frozenset()) -> tuple[str, ...]:
        """What is to be remembered: the keys that tell, and a mark for each that does not."""
        shared = self._shared(known)
        keys = [key for _, keys in self._named for key in keys.all() if key not in shared]
        return tuple(dict.fromkeys([*keys, *map(_mark, sorted(shared))]))

    def new(self, known: AbstractSet[str]) -> list[Entry]:
        """The entries that neither the source nor the document itself has shown before."""
        shared = self._shared(known)
        fresh: list[tuple[Entry, _Keys]] = []
        seen: set[str] = set()
        for entry, keys in self._named:
            telling = keys.telling(shared)
            if known.isdisjoint(telling) and seen.isdisjoint(telling):
                fresh.append((entry, keys))
            seen |= telling
        moved = [keys.title for _, keys in fresh if keys.title in known]
        if len(moved) >= _LEAST_MOVED and 2 * len(moved) > len(self._named):
            # New ids, addresses and summaries, old headlines: a site has moved house.
            return [entry for entry, keys in fresh if keys.title not in known]
        return [entry for entry, _ in fresh]

    def _shared(self, known: AbstractSet[str]) -> set[str]:
        """Keys of entries that differ otherwise, in this document or in an earlier one."""
        bearers: defaultdict[str, set[str]] = defaultdict(set)
        for _, one in self._named:
            bearers[one.id].add(one.link or one.titled)
            if one.link:
                bearers[one.link].add(one.id)
            if one.text:
                bearers[one.text].add(f"{one.id}{one.link}")
        return {key for key, those in bearers.items() if len(those) > 1 or _mark(key) in known}


def canonical_link(url: str) -> str:
    """An address without scheme, `www.`, tracking, sessions and last slash.

    A fragment stays if it can be a part of a page that has many, as in a live blog; `#top` and
    `#xtor=RSS-1` cannot.
    """
    try:
        parts = urlsplit(_SESSION_PATH.sub("", url))
    except ValueError:
        return url
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _is_tracking(name.lower())
    ]
    host = parts.netloc.lower().removeprefix("www.").removesuffix(":80").removesuffix(":443")
    query = f"?{urlencode(sorted(kept))}" if kept else ""
    part = parts.fragment if any(map(str.isdigit, parts.fragment)) else ""
    fragment = f"#{part}" if part and "=" not in part else ""
    return f"{host}{parts.path.rstrip('/')}{query}{fragment}"


def _keys(entry: Entry) -> _Keys:
    link = canonical_link(entry.link) if entry.link else ""
    title = compact(entry.title)
    words = compact(f"{entry.title} {entry.summary[:_MOST_TEXT]}")
    telling = bool(entry.summary) and len(words) >= _LEAST_TEXT
    return _Keys(
        id=_key("id", _without_scheme(entry.id)),
        titled=_key("both", f"{link or entry.id}\0{title}"),
        link=_key("link", link) if "/" in link or "?" in link else None,
        text=_key("text", words) if telling else None,
        title=_key("headline", title) if len(title) >= _LEAST_TITLE else None,
    )


def _is_tracking(name: str) -> bool:
    return name.startswith(_TRACKING) or name in _TRACKING_NAMES or name in _SESSIONS


def _without_scheme(url: str) -> str:
    return canonical_link(url) if url.startswith(("http://", "https://")) else url


def _mark(key: str) -> str:
    """The key that says of another: it tells nothing here."""
    return f"!{key}"


def _key(kind: str, value: str) -> str:
    digest = blake2b(f"{kind}\0{value}".encode(errors="replace"), digest_size=12).hexdigest()
    return f"1{kind[0]}{digest}"
