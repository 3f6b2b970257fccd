"""You may like: articles that share rare words with one, from several outlets."""

from collections import Counter
from collections.abc import Sequence
from math import log

from bot.domain.documents import Document
from bot.domain.model import Article

MOST = 5
PER_OUTLET = 2
LEAST = 2.0
"""Shared words that a relation needs, weighted: one rare name and another word."""


def related(
    article: Article, document: Document, others: Sequence[tuple[Article, Document]]
) -> list[Article]:
    """The nearest of `others`, nearest first: never the same story, at most two an outlet.

    Each shared key counts by how rare it is among the others (inverse document frequency), the
    sum is divided by the length of the other, so that long articles do not win by length alone.
    """
    wanted = {key for key in document.keys if ":" not in key}
    frequency = Counter(key for _, other in others for key in wanted & other.keys)
    scored = []
    for one, other in others:
        shared = wanted & other.keys
        weight = sum(log((len(others) + 1) / (frequency[key] + 0.5)) for key in shared)
        if one.story != article.story and len(shared) >= LEAST:
            scored.append((weight / (len(other.keys) + 1) ** 0.5, one))
    chosen: list[Article] = []
    for _, one in sorted(scored, key=lambda pair: (-pair[0], -pair[1].id)):
        outlet = [same.source for same in chosen].count(one.source)
        if outlet < PER_OUTLET and one.story not in {same.story for same in chosen}:
            chosen.append(one)
    return chosen[:MOST]
