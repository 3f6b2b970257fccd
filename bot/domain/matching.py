"""Which queries an article meets: an index over distinct queries.

Every query is filed under one or two keys that no article can do without which meets it
(`anchors`). An article's keys are found once (`vocabulary`); the queries filed under one key, and
those filed under two, are then read off by set intersections, whose cost follows the article. Only
where keys do not decide (phrases, exclusions, a third word) is the query's tree asked. The design
and its measurements: ARCHITECTURE, "Matching".
"""

from collections.abc import Iterator

from bot.domain.documents import Document, document_of
from bot.domain.model import Hit
from bot.domain.query import And, Atom, Node, Not, Or, Query, positive_atoms
from bot.domain.reasons import is_plain, keys_of, meets, reason_of
from bot.domain.vocabulary import Vocabulary

__all__ = ["Document", "Index", "document_of", "explain"]

_Leaf = int | set[int]
"""The queries at one place of the index: one, as at most places, or several."""


class Index:
    """Distinct queries, ready for the next article; adding and removing take effect at once."""

    def __init__(self) -> None:
        self._ids: set[int] = set()
        self._vocabulary = Vocabulary()
        self._single: dict[str, _Leaf] = {}
        self._pairs: dict[str, dict[str, _Leaf]] = {}
        self._unsure: dict[int, Node] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, query_id: int) -> bool:
        return query_id in self._ids

    @property
    def known_words(self) -> int:
        """How many words are kept to be met in inflected forms: a bound on memory."""
        return self._vocabulary.words

    def keys(self) -> Iterator[str]:
        """Every key under which queries are filed, some more than once."""
        yield from self._single
        for key, others in self._pairs.items():
            yield key
            yield from others

    def add(self, query: Query) -> None:
        """File a query; one that is there already changes nothing."""
        if query.id in self._ids:
            return
        self._ids.add(query.id)
        for way in set(anchors(query.node)):
            for key in way:
                self._vocabulary.add(key)
            table, key = self._place(way)
            _put(table, key, query.id)
        if not is_sure(query.node):
            self._unsure[query.id] = query.node

    def discard(self, query: Query) -> None:
        """Take a query out; one that is not there changes nothing."""
        if query.id not in self._ids:
            return
        self._ids.remove(query.id)
        self._unsure.pop(query.id, None)
        for way in set(anchors(query.node)):
            for key in way:
                self._vocabulary.discard(key)
            self._take(way, query.id)

    def prepare(self, language: str, words: int = 2_000) -> bool:
        """Make ready for articles of a language, a slice of words at a time; whether it is."""
        return self._vocabulary.prepare(language, words)

    def match(self, document: Document) -> set[int]:
        """The ids of every query that the article meets."""
        return self.having(self._vocabulary.met(document), document)

    def having(self, met: set[str], document: Document) -> set[int]:
        """The ids of every query that an article meets which has these of the known keys."""
        found: set[int] = set()
        for key in self._single.keys() & met:
            _gather(found, self._single[key])
        for key in self._pairs.keys() & met:
            others = self._pairs[key]
            for other in others.keys() & met:
                _gather(found, others[other])
        found.difference_update(self._unmet(found, document))
        return found

    def _unmet(self, found: set[int], document: Document) -> list[int]:
        unsure = self._unsure.keys() & found
        return [one for one in unsure if not is_met(self._unsure[one], document)]

    def _place(self, way: tuple[str, ...]) -> tuple[dict[str, _Leaf], str]:
        """The table and the key in it: of two keys, the first is that with fewer queries."""
        if len(way) == 1:
            return self._single, way[0]
        one, other = way
        if len(self._pairs.get(other, ())) < len(self._pairs.get(one, ())):
            one, other = other, one
        return self._pairs.setdefault(one, {}), other

    def _take(self, way: tuple[str, ...], query_id: int) -> None:
        if len(way) == 1:
            _remove(self._single, way[0], query_id)
            return
        for key, other in (way, way[::-1]):
            others = self._pairs.get(key)
            if others is not None and _remove(others, other, query_id):
                if not others:
                    del self._pairs[key]
                return


def explain(query: Query, document: Document) -> Hit | None:
    """Whether an article meets one query, and why: which term met which word in which field."""
    if not is_met(query.node, document):
        return None
    reasons = (reason_of(atom, document) for atom in positive_atoms(query.node))
    return Hit(query.id, tuple(one for one in reasons if one is not None))


def is_met(node: Node, document: Document) -> bool:
    """The meaning of a query."""
    match node:
        case Atom():
            return meets(node, document)
        case Not(inner):
            return not is_met(inner, document)
        case And(nodes):
            return all(is_met(one, document) for one in nodes)
        case Or(nodes):
            return any(is_met(one, document) for one in nodes)


def anchors(node: Node) -> list[tuple[str, ...]]:
    """Ways to meet a query: every article that meets it has all keys of one of them.

    Each way is one key or two, of several the most telling. No way: nothing is required.
    """
    return [_telling(way) for way in _ways(node)]


def is_sure(node: Node) -> bool:
    """Whether an article with the keys of a way meets the query, so that no text is read."""
    match node:
        case Atom():
            return is_plain(node) and len(keys_of(node)) <= 2
        case Not():
            return False
        case Or(nodes):
            return all(map(is_sure, nodes))
        case And(nodes):
            plain = all(isinstance(one, Atom) and is_plain(one) for one in nodes)
            return plain and len(_ways(node)[0]) <= 2


def _ways(node: Node) -> list[tuple[str, ...]]:
    match node:
        case Atom():
            return [keys_of(node)]
        case Not():
            return []
        case Or(nodes):
            every = [_ways(one) for one in nodes]
            return [way for ways in every for way in ways] if all(every) else []
        case And(nodes):
            required = [ways for ways in map(_ways, nodes) if ways]
            certain = [ways[0] for ways in required if len(ways) == 1]
            if certain:
                return [tuple(dict.fromkeys(key for way in certain for key in way))]
            return min(required, key=len, default=[])


def _telling(way: tuple[str, ...]) -> tuple[str, ...]:
    """Two keys at most: words before marks, long words before short ones, which are common."""
    if len(way) <= 2:
        return way
    return tuple(sorted(way, key=lambda key: (":" in key, -len(key), key))[:2])


def _gather(found: set[int], leaf: _Leaf) -> None:
    if isinstance(leaf, int):
        found.add(leaf)
    else:
        found.update(leaf)


def _put(table: dict[str, _Leaf], key: str, query_id: int) -> None:
    leaf = table.get(key)
    if leaf is None:
        table[key] = query_id
    elif isinstance(leaf, int):
        table[key] = {leaf, query_id}
    else:
        leaf.add(query_id)


def _remove(table: dict[str, _Leaf], key: str, query_id: int) -> bool:
    """Whether it was there."""
    leaf = table.get(key)
    if leaf == query_id:
        del table[key]
    elif isinstance(leaf, set) and query_id in leaf:
        leaf.remove(query_id)
        if not leaf:
            del table[key]
    else:
        return False
    return True
