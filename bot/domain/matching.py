"""Which queries an article meets: an index over distinct queries.

An article's atoms are decided once (`vocabulary`); queries are filed under atoms they cannot do
without. One-atom queries are answered by the look-up itself, pairs by a second look-up, the rest
by evaluating their tree, so the cost follows the article and its hits, not the number of queries
(the design and its measurements: ARCHITECTURE, "Matching").
"""

from collections.abc import Iterator
from typing import TypeVar

from bot.domain.documents import Document, document_of
from bot.domain.model import Hit, MatchedWord
from bot.domain.query import And, Atom, Node, Not, Or, Query, atoms, positive_atoms
from bot.domain.vocabulary import Met, Vocabulary, vocabulary_of

_Member = TypeVar("_Member")
_Value = TypeVar("_Value")

__all__ = ["Document", "Index", "document_of", "explain"]


class Index:
    """Distinct queries, ready for the next article; adding and removing take effect at once."""

    def __init__(self) -> None:
        self._queries: dict[int, Query] = {}
        self._vocabulary = Vocabulary()
        self._single: dict[str, int] = {}
        self._pairs: dict[str, dict[str, int]] = {}
        self._trees: dict[str, dict[int, Node]] = {}

    def __len__(self) -> int:
        return len(self._queries)

    def __contains__(self, query_id: int) -> bool:
        return query_id in self._queries

    def add(self, query: Query) -> None:
        """File a query; one that is there already changes nothing."""
        if query.id in self._queries:
            return
        self._queries[query.id] = query
        for atom in atoms(query.node):
            self._vocabulary.add(atom)
        match query.node:
            case Atom() as atom:
                self._single[str(atom)] = query.id
            case And((Atom() as one, Atom() as other)):
                rare, common = self._by_rarity(str(one), str(other))
                self._pairs.setdefault(rare, {})[common] = query.id
            case node:
                for anchor in anchors(node):
                    self._trees.setdefault(anchor, {})[query.id] = node

    def discard(self, query_id: int) -> None:
        """Take a query out; one that is not there changes nothing."""
        query = self._queries.pop(query_id, None)
        if query is None:
            return
        for atom in atoms(query.node):
            self._vocabulary.discard(atom)
        match query.node:
            case Atom() as atom:
                del self._single[str(atom)]
            case And((Atom() as one, Atom() as other)):
                self._remove_pair(str(one), str(other))
            case node:
                for anchor in anchors(node):
                    _remove(self._trees, anchor, query_id)

    def match(self, document: Document) -> list[Hit]:
        """Every query that the article meets, each with its reasons; in no order."""
        met = self._vocabulary.met(document)
        if not met:
            return []
        found = set(self._met_ids(met))
        return [Hit(one, _reasons(self._queries[one], met)) for one in found]

    def _met_ids(self, met: Met) -> Iterator[int]:
        for name in self._single.keys() & met.keys():
            yield self._single[name]
        for rare in self._pairs.keys() & met.keys():
            others = self._pairs[rare]
            for common in others.keys() & met.keys():
                yield others[common]
        for anchor in self._trees.keys() & met.keys():
            for query_id, node in self._trees[anchor].items():
                if is_met(node, met):
                    yield query_id

    def _by_rarity(self, one: str, other: str) -> tuple[str, str]:
        """The atom under which fewer pairs are filed first: popular words stay short lists."""
        filed = len(self._pairs.get(one, ())), len(self._pairs.get(other, ()))
        return (one, other) if filed[0] <= filed[1] else (other, one)

    def _remove_pair(self, one: str, other: str) -> None:
        if other in self._pairs.get(one, ()):
            _remove(self._pairs, one, other)
        else:
            _remove(self._pairs, other, one)


def explain(query: Query, document: Document) -> Hit | None:
    """Whether an article meets one query, and why: what the index would say of it."""
    met = vocabulary_of(atoms(query.node)).met(document)
    return Hit(query.id, _reasons(query, met)) if is_met(query.node, met) else None


def is_met(node: Node, met: Met) -> bool:
    """The meaning of a query, given which of its atoms are met."""
    match node:
        case Atom():
            return str(node) in met
        case Not(inner):
            return not is_met(inner, met)
        case And(nodes):
            return all(is_met(one, met) for one in nodes)
        case Or(nodes):
            return any(is_met(one, met) for one in nodes)


def anchors(node: Node) -> tuple[str, ...]:
    """Atoms of which at least one is met by every article that meets the query; the fewest."""
    match node:
        case Atom():
            return (str(node),)
        case Not():
            return ()
        case And(nodes):
            required = [found for found in map(anchors, nodes) if found]
            return min(required, key=lambda names: (len(names), -len(names[0])), default=())
        case Or(nodes):
            every = [anchors(one) for one in nodes]
            return tuple(dict.fromkeys(n for names in every for n in names)) if all(every) else ()


def _reasons(query: Query, met: Met) -> tuple[MatchedWord, ...]:
    found = (met.get(str(atom)) for atom in positive_atoms(query.node))
    return tuple(word for word in found if word is not None)


def _remove(table: dict[str, dict[_Member, _Value]], key: str, member: _Member) -> None:
    del table[key][member]
    if not table[key]:
        del table[key]
