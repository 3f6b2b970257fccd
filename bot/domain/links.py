"""Deep links: what stands behind `t.me/<bot>?start=`.

`sub_Geneva_talks` for plain words, `q_<base 36>` for any other stored query, `r_<number>` for what
the reader of an article may like (PRODUCT, "Deep links"). Telegram takes 64 characters of A-Z,
a-z, 0-9, _ and - (Bot features, "Deep linking").
"""

import re

from bot.domain.callbacks import base36
from bot.domain.errors import QueryError
from bot.domain.grammar import parse
from bot.domain.model import Subscription

MOST = 64
_PLAIN = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
_WORDS = re.compile(r"sub_([A-Za-z0-9_-]+)")
_STORED = re.compile(r"q_(-?[0-9a-z]{1,13})")
_RELATED = re.compile(r"r_([0-9]{1,18})")


def payload_of(one: Subscription) -> str:
    """The link's end that subscribes to the same."""
    words = "sub_" + one.typed.replace(" ", "_")
    if len(words) <= MOST and _PLAIN.fullmatch(one.typed) and _means(one.typed, one.query_id):
        return words
    return f"q_{base36(one.query_id)}"


def words_in(payload: str) -> str | None:
    """The words of `sub_…`."""
    found = _WORDS.fullmatch(payload)
    words = found[1].replace("_", " ").strip() if found else ""
    return words or None


def query_in(payload: str) -> int | None:
    """The stored query's id of `q_…`."""
    found = _STORED.fullmatch(payload)
    number = int(found[1], 36) if found else 0
    return number if found and abs(number) < 2**63 else None


def article_in(payload: str) -> int | None:
    """The article of `r_…`."""
    found = _RELATED.fullmatch(payload)
    return int(found[1]) if found else None


def _means(words: str, query_id: int) -> bool:
    """Not where the words are a feed's title, say, and the query is its number."""
    try:
        return parse(words).id == query_id
    except QueryError:
        return False
