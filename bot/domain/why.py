"""Why an article rang in a place, or why not: worked out anew, nothing is kept for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.aliases import with_names
from bot.domain.documents import Document, document_of
from bot.domain.matching import explain, is_met
from bot.domain.model import Article, MatchedWord, Subscription
from bot.domain.names import NO_NAMES, Names
from bot.domain.query import And, Atom, Kind, Node, Or, Query
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


def why(article: Article, existing: Sequence[Subscription], names: Names = NO_NAMES) -> Why:
    """Ask every subscription of a place about an article.

    Raises:
        QueryError: a query was stored by a version with another grammar.
    """
    document = document_of(article, names)
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
    parts = _parts(with_names(query.node, document.names))
    return tuple(_typed(part) for part in parts if not is_met(part, document))


def _reason(subscription: Subscription, document: Document) -> Reason:
    query = stored_query(subscription.query_id, subscription.query)
    hit = explain(query, document)
    if hit is None:
        return Reason(subscription, lacking=lacking(query, document))
    return Reason(subscription, hit.words)


def _typed(part: Node) -> str:
    """As it was asked for: a name of several words without the entity it stands for."""
    last = part.nodes[-1] if isinstance(part, Or) else None
    if isinstance(part, Or) and isinstance(last, Atom) and last.kind in (Kind.NAME, Kind.SOME):
        return str(part.nodes[0])
    return str(part)


def _parts(node: Node) -> Iterator[Node]:
    if isinstance(node, And):
        for one in node.nodes:
            yield from _parts(one)
    else:
        yield node
