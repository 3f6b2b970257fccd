"""Why an article rang in a place, or why not: worked out anew, nothing is kept for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.documents import Document, document_of
from bot.domain.matching import explain, is_met
from bot.domain.model import Article, MatchedWord, Subscription
from bot.domain.query import And, Node, Query
from bot.domain.stored import stored_query


@dataclass(frozen=True, slots=True)
class Reason:
    """One subscription before an article: the words that met, or the parts that are lacking."""

    subscription: Subscription
    words: tuple[MatchedWord, ...] = ()
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """An article before all subscriptions of a place: those it meets, and the others."""

    article: Article
    met: tuple[Reason, ...]
    unmet: tuple[Reason, ...]


def why(article: Article, existing: Sequence[Subscription]) -> Why:
    """Ask every subscription of a place about an article.

    Raises:
        QueryError: a query was stored by a version with another grammar.
    """
    document = document_of(article)
    reasons = [_reason(one, document) for one in existing]
    return Why(
        article,
        tuple(one for one in reasons if not one.lacking),
        tuple(one for one in reasons if one.lacking),
    )


def lacking(query: Query, document: Document) -> tuple[str, ...]:
    """The parts of the query that stand in the way, in canonical form; none: it is met.

    A missing word stands as itself, an excluded one that is there with its minus.
    """
    return tuple(str(part) for part in _parts(query.node) if not is_met(part, document))


def _reason(subscription: Subscription, document: Document) -> Reason:
    query = stored_query(subscription.query_id, subscription.query)
    hit = explain(query, document)
    if hit is None:
        return Reason(subscription, lacking=lacking(query, document))
    return Reason(subscription, hit.words)


def _parts(node: Node) -> Iterator[Node]:
    if isinstance(node, And):
        for one in node.nodes:
            yield from _parts(one)
    else:
        yield node
