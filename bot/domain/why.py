"""Why an article rang in a place, or why not: worked out anew, nothing is kept for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.aliases import with_names
from bot.domain.documents import Document, document_of
from bot.domain.errors import QueryError
from bot.domain.languages import names_language
from bot.domain.matching import explain, is_met
from bot.domain.model import Article, MatchedWord, Subscription
from bot.domain.names import NO_NAMES, Names
from bot.domain.query import And, Atom, Kind, Node, Not, Or, Query
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


def why(
    article: Article,
    existing: Sequence[Subscription],
    names: Names = NO_NAMES,
    translated: Article | None = None,
) -> Why:
    """Ask every subscription of a place about an article.

    `translated`: the same in the chat's language, where that is matched as well.
    """
    document = document_of(article, names)
    again = None if translated is None else document_of(translated, names)
    reasons = [_reason(one, document, again) for one in existing]
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


def _reason(subscription: Subscription, document: Document, again: Document | None) -> Reason:
    try:
        query = stored_query(subscription.query_id, subscription.query)
    except QueryError:  # stored by a version with another grammar: it rings for nothing
        return Reason(subscription, lacking=(subscription.query,))
    hit = explain(query, document)
    if hit is not None:
        return Reason(subscription, hit.words)
    if again is not None and meets_translated(query.node, document):
        hit = explain(query, again)
    if hit is None:
        return Reason(subscription, lacking=lacking(query, document))
    return Reason(subscription, tuple(map(_in_translation, hit.words)))


def meets_translated(node: Node, original: Document) -> bool:
    """Whether a translation may meet the query at all.

    One that names its language wants articles written in it; what it excludes, it excludes in the
    original, too.
    """
    parts = node.nodes if isinstance(node, And) else (node,)
    spoilt = any(isinstance(one, Not) and is_met(one.node, original) for one in parts)
    return not spoilt and not names_language(node)


def _in_translation(one: MatchedWord) -> MatchedWord:
    """Where it stands in the translation; source and section are the article's own."""
    there = one.field in ("title", "summary")
    return MatchedWord(one.term, one.word, "translation") if there else one


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
