"""Is this entry new? Publishers rebuild ids, move to https, add tracking and change dates.

An entry is known by any of several keys, each a digest, so that one of them outlives each kind of
churn. Dates take no part (reliability I1-I8).
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode, urlsplit

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
_LEAST_TEXT = 40
"""Characters of title and summary that tell two entries apart: "Weather" alone does not."""


def identity_keys(entry: Entry) -> tuple[str, ...]:
    """What this entry may be known by, strongest first; versioned digests.

    Its id (whatever the scheme), its address without tracking, and its words if they are many.
    """
    keys = [_key("id", _without_scheme(entry.id) if "://" in entry.id else entry.id)]
    if entry.link:
        keys.append(_key("link", canonical_link(entry.link)))
    words = compact(f"{entry.title} {entry.summary}")
    if entry.summary and len(words) >= _LEAST_TEXT:
        keys.append(_key("text", words))
    return tuple(dict.fromkeys(keys))


def new_entries(entries: Iterable[Entry], known: AbstractSet[str]) -> list[Entry]:
    """The entries that neither the source nor the document itself has shown before, in order.

    Within one document an id may be given twice by mistake: such entries are the same only if
    their address or their words are the same too.
    """
    fresh: list[Entry] = []
    shown: set[str] = set()
    for entry in entries:
        keys = identity_keys(entry)
        telling = keys[1:] or keys
        if known.isdisjoint(keys) and not shown.intersection(telling):
            fresh.append(entry)
        shown.update(telling)
    return fresh


def canonical_link(url: str) -> str:
    """An address without scheme, `www.`, fragment, tracking parameters and last slash."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.lower().startswith(_TRACKING) and name.lower() not in _TRACKING_NAMES
    ]
    host = parts.netloc.lower().removeprefix("www.").removesuffix(":80").removesuffix(":443")
    query = f"?{urlencode(sorted(kept))}" if kept else ""
    return f"{host}{parts.path.rstrip('/')}{query}"


def _without_scheme(url: str) -> str:
    return canonical_link(url) if url.startswith(("http://", "https://")) else url


def _key(kind: str, value: str) -> str:
    digest = blake2b(f"{kind}\0{value}".encode(errors="replace"), digest_size=12).hexdigest()
    return f"1{kind[0]}{digest}"
