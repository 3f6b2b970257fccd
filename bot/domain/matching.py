"""Which queries an article meets: an index over distinct queries.

Every query is filed under one or two keys that no article can do without which meets it
(`plans`). An article's keys are found once (`vocabulary`); the queries filed under one key, and
those filed under two, are then read off by set intersections, whose cost follows the article. Only
where keys do not decide (phrases, exclusions, a third word) is the query's tree asked. The design
and its measurements: ARCHITECTURE, "Matching".
"""

from collections.abc import Iterable, Iterator

from bot.domain.aliases import with_names
from bot.domain.documents import Document, document_of, neighbours, symbol_of, symbols_at
from bot.domain.model import Hit, MatchField
from bot.domain.names import NO_NAMES, Names
from bot.domain.plans import Place, Plan, plan_of
from bot.domain.query import And, Atom, Node, Not, Or, Query, positive_atoms
from bot.domain.reasons import meets, phrase_around, reason_of
from bot.domain.vocabulary import Leaf, Leaves, Met, Vocabulary

__all__ = ["Document", "Index", "document_of", "explain"]


class Index:
    """Distinct queries, ready for the next article; adding and removing take effect at once."""

    def __init__(self, names: Names = NO_NAMES) -> None:
        self._names = names
        self._ids: set[int] = set()
        self._vocabulary = Vocabulary(names)
        self._more: dict[int, tuple[str, ...]] = {}
        self._without: dict[int, tuple[str, ...]] = {}
        self._unsure: dict[int, Node] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, query_id: int) -> bool:
        return query_id in self._ids

    @property
    def vocabulary(self) -> Vocabulary:
        """The keys under which queries are filed."""
        return self._vocabulary

    def add(self, query: Query) -> None:
        """File a query; one that is there already changes nothing."""
        if query.id in self._ids:
            return
        self._ids.add(query.id)
        plan = self._plan(query.node)
        for key in plan.keys:
            self._vocabulary.add(key)
        for place in plan.places:
            self._put(place, query.id)
        if plan.more:
            self._more[query.id] = plan.more
        if plan.without:
            self._without[query.id] = plan.without
        if plan.unsure is not None:
            self._unsure[query.id] = plan.unsure

    def discard(self, query: Query) -> None:
        """Take a query out; one that is not there changes nothing."""
        if query.id not in self._ids:
            return
        self._ids.remove(query.id)
        plan = self._plan(query.node)
        for place in plan.places:
            self._take(place, query.id)
        for key in plan.keys:
            self._vocabulary.discard(key)
        self._more.pop(query.id, None)
        self._without.pop(query.id, None)
        self._unsure.pop(query.id, None)

    def prepare(self, language: str, words: int = 2_000) -> bool:
        """Make ready for articles of a language, a slice of words at a time; whether it is."""
        return self._vocabulary.prepare(language, words)

    def match(self, document: Document) -> set[int]:
        """The ids of every query that the article meets."""
        return self.having(self._vocabulary.met(document), document)

    def having(self, met: Met, document: Document) -> set[int]:
        """The ids of every query that an article meets which has these of the known keys."""
        keys = met.keys()
        entries = met.values()
        leaves = [entry.single for entry in entries if entry.single is not None]
        for others in [entry.pairs for entry in entries if entry.pairs]:
            leaves += map(others.__getitem__, others.keys() & keys)
        for others in [entry.minus for entry in entries if entry.minus]:
            spoilt = others.keys() & keys
            leaves += (
                [others[one] for one in others.keys() - spoilt] if spoilt else others.values()
            )
        found = {one for one in leaves if isinstance(one, int)}
        found.update(*(one for one in leaves if isinstance(one, set)))
        found.difference_update(self._refuted(found, met, document))
        found.update(self._phrased(met, document))
        return found

    def _plan(self, node: Node) -> Plan:
        return plan_of(with_names(node, self._names) if self._names else node)

    def _refuted(self, found: set[int], met: Met, document: Document) -> list[int]:
        """Those whose further terms the article does not meet, or whose exclusions it does."""
        more, without, unsure = self._more, self._without, self._unsure
        out = [one for one in more.keys() & found if any(key not in met for key in more[one])]
        out += [one for one in without.keys() & found if any(key in met for key in without[one])]
        return out + [one for one in unsure.keys() & found if not _holds(unsure[one], document)]

    def _phrased(self, met: Met, document: Document) -> Iterator[int]:
        """Phrases that the text holds: two neighbouring words find those to be looked at."""
        firsts: list[str] = []
        seconds: set[str] = set()
        for entry in [entry for entry in met.values() if entry.phrases]:
            others = (entry.phrases or {}).keys() & met.keys()
            if others:
                firsts.append(entry.key)
                seconds |= others
        starts = _by_symbol(firsts, document.language)
        nexts = _by_symbol(seconds, document.language)
        for field, at in neighbours(document, starts, nexts) if firsts else ():
            here, there = symbols_at(document, field, at)
            following = {key for one in there for key in nexts.get(one, ())}
            for first in {key for one in here for key in starts.get(one, ())}:
                phrases = met[first].phrases or {}
                for second in following:
                    if second in phrases:
                        yield from self._whole(phrases[second], field, at, document)

    def _whole(self, leaf: Leaf, field: MatchField, at: int, document: Document) -> Iterator[int]:
        """Of phrases that begin with two words around this piece, those that stand there."""
        for query_id in (leaf,) if isinstance(leaf, int) else leaf:
            atom = self._unsure[query_id]
            if (
                isinstance(atom, Atom)
                and atom.field in (None, field)
                and phrase_around(atom.words, document, field, at)
            ):
                yield query_id

    def _put(self, place: Place, query_id: int) -> None:
        one, other = place.one, place.other
        if other is None:
            entry = self._vocabulary[one]
            entry.single = _with(entry.single, query_id)
            return
        if place.table == "pairs":
            one, other = self._rarer_first(one, other)
        table = getattr(self._vocabulary[one], place.table)
        if table is None:
            table = {}
            setattr(self._vocabulary[one], place.table, table)
        second = self._vocabulary.known(other)  # one text object a key: half the memory
        table[second] = _with(table.get(second), query_id)

    def _take(self, place: Place, query_id: int) -> None:
        one, other = place.one, place.other
        if other is None:
            entry = self._vocabulary[one]
            entry.single = _without(entry.single, query_id)
            return
        table: Leaves | None = getattr(self._vocabulary[one], place.table)
        if table is None or other not in table:  # filed when the other word was the rarer
            one, other = other, one
            table = getattr(self._vocabulary[one], place.table)
        left = _without(table[other], query_id)
        if left is None:
            del table[other]
        else:
            table[other] = left
        if not table:
            setattr(self._vocabulary[one], place.table, None)

    def _rarer_first(self, one: str, other: str) -> tuple[str, str]:
        """Fewer pairs are looked at where the rarer word comes first.

        How many queries name a word stands for how often articles do: nothing else is known of
        it before the first article.
        """
        uses = self._vocabulary[one].uses, self._vocabulary[other].uses
        return (one, other) if uses[0] <= uses[1] else (other, one)


def explain(query: Query, document: Document) -> Hit | None:
    """Whether an article meets one query, and why: which term met which word in which field."""
    if not is_met(query.node, document):
        return None
    node = with_names(query.node, document.names)
    reasons = (reason_of(atom, document) for atom in positive_atoms(node))
    return Hit(query.id, tuple(one for one in reasons if one is not None))


def is_met(node: Node, document: Document) -> bool:
    """The meaning of a query."""
    return _holds(with_names(node, document.names), document)


def _holds(node: Node, document: Document) -> bool:
    match node:
        case Atom():
            return meets(node, document)
        case Not(inner):
            return not _holds(inner, document)
        case And(nodes):
            return all(_holds(one, document) for one in nodes)
        case Or(nodes):
            return any(_holds(one, document) for one in nodes)


def _by_symbol(keys: Iterable[str], language: str | None) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key in keys:
        found.setdefault(symbol_of(key, language), set()).add(key)
    return found


def _with(leaf: Leaf | None, query_id: int) -> Leaf:
    if leaf is None:
        return query_id
    if isinstance(leaf, int):
        return {leaf, query_id}
    leaf.add(query_id)
    return leaf


def _without(leaf: Leaf | None, query_id: int) -> Leaf | None:
    if not isinstance(leaf, set):
        return None
    leaf.discard(query_id)
    return leaf or None
