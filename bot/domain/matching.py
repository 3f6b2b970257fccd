"""Which queries an article meets: an index over distinct queries.

Every query is filed under one or two keys that no article can do without which meets it
(`plans`). An article's keys are found once (`vocabulary`); the queries filed under one key, and
those filed under two, are then read off by set intersections, whose cost follows the article. Only
where keys do not decide (phrases, exclusions, a third word) is the query's tree asked. The design
and its measurements: ARCHITECTURE, "Matching".
"""

from collections.abc import Sequence
from typing import NamedTuple

from bot.domain.aliases import named, with_names
from bot.domain.documents import Document, document_of
from bot.domain.filing import Filing
from bot.domain.model import Hit, MatchField
from bot.domain.names import NO_NAMES, Names
from bot.domain.phrases import neighbours
from bot.domain.plans import Place, Plan, plan_of, words_of
from bot.domain.query import And, Atom, Kind, Node, Not, Or, Query, positive_atoms
from bot.domain.reasons import meets, phrase_around, reason_of
from bot.domain.stored import simple_exclusion, simple_phrase, simple_words, stored_query
from bot.domain.vocabulary import Met, Vocabulary

__all__ = ["Document", "Index", "document_of", "explain"]


class Rest(NamedTuple):
    """What keys leave open: all of `more`, none of `without`; or the query's tree is asked."""

    more: tuple[int, ...]
    without: tuple[int, ...]
    unsure: Node | None


class Index:
    """Distinct queries, ready for the next article; adding and removing take effect at once.

    A query of which keys leave something open is filed with a minus before its id.
    """

    def __init__(self, names: Names = NO_NAMES) -> None:
        self._names = names
        self._ids: set[int] = set()
        self._filing = Filing()
        self._vocabulary = Vocabulary(names, self._filing.grow)
        self._rest: dict[int, Rest] = {}

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
        words = self._alone(words_of(query.node))
        if words:
            self._file_words(query.id, words)
        elif not self._file_shape(query.id, query.text, query.node):
            self._file(query.id, self._plan(query.node))

    def add_stored(self, query_id: int, text: str) -> None:
        """The same for a query that was stored under this id with this canonical text.

        Raises:
            QueryError: the text was stored by a version with another grammar.
        """
        if query_id in self._ids:
            return
        words = self._alone(simple_words(text))
        if words:
            self._file_words(query_id, words)
        elif not self._file_shape(query_id, text):
            self.add(stored_query(query_id, text))

    def discard(self, query: Query) -> None:
        """Take a query out; one that is not there changes nothing."""
        if query.id not in self._ids:
            return
        words = self._alone(words_of(query.node))
        if words:
            self._take_words(query.id, words)
        else:
            self._take_out(query.id, self._plan(query.node))

    def prepare(self, language: str | None, words: int = 2_000) -> bool:
        """Make ready for articles of a language, a slice of words at a time; whether it is."""
        return self._vocabulary.prepare(language, words)

    def match(self, document: Document) -> set[int]:
        """The ids of every query that the article meets."""
        return self.having(self._vocabulary.met(document), document)

    def having(self, met: Met, document: Document) -> set[int]:
        """The ids of every query that an article meets which has these of the known keys."""
        found, starts = self._filing.found(met.numbers)
        open_ = {one for one in found if one < 0}
        found -= open_
        found.update(-one for one in open_ if self._holds(-one, met.numbers, document))
        for field, readings in met.readings.items() if starts else ():
            there = neighbours(starts, met.several, readings)
            for one, at in self._filing.phrases(there):
                if -one not in found and self._begins(-one, field, at, document):
                    found.add(-one)
        return found

    def _plan(self, node: Node) -> Plan:
        return plan_of(named(node, self._names) if self._names else node)

    def _alone(self, words: Sequence[str]) -> Sequence[str]:
        """These one or two words, if they are no part of a name; else none."""
        count = len(words)
        return words if count < 2 or (count == 2 and not self._names.may_hold(words)) else ()

    def _file_words(self, query_id: int, words: Sequence[str]) -> None:
        """What most queries are, without a plan: one word, or two side by side."""
        self._ids.add(query_id)
        add = self._vocabulary.add
        if len(words) == 1:
            self._filing.put(add(words[0]), query_id)
        else:
            first, second = self._rarer_first(add(words[0]), add(words[1]))
            self._filing.put_two("pairs", first, second, query_id)

    def _file_shape(self, query_id: int, text: str, node: Node | None = None) -> bool:
        """File a phrase or an exclusion of plain words as `plan_of` would; whether it is one."""
        phrase = simple_phrase(text)
        wanted, unwanted = ([], "") if phrase else simple_exclusion(text)
        words = phrase or [*wanted, unwanted]
        if not words[0] or self._names.may_hold(words):
            return False
        self._ids.add(query_id)
        add = self._vocabulary.add
        asked = dict.fromkeys(words) if phrase else words  # as the keys of their plans
        known = {word: add(word) for word in asked}
        numbers = [known[word] for word in words]
        if phrase:
            self._rest[query_id] = Rest((), (), node or Atom(Kind.PHRASE, tuple(phrase)))
            self._filing.put_two("phrases", numbers[0], numbers[1], -query_id)
        elif len(wanted) == 1:
            self._filing.put_two("minus", numbers[0], numbers[1], query_id)
        else:
            self._rest[query_id] = Rest((), (numbers[2],), None)
            pair = self._rarer_first(numbers[0], numbers[1])
            self._filing.put_two("pairs", *pair, -query_id)
        return True

    def _take_words(self, query_id: int, words: Sequence[str]) -> None:
        self._ids.remove(query_id)
        if len(words) == 1:
            self._filing.take(self._vocabulary[words[0]], query_id)
        else:
            one, other = self._vocabulary[words[0]], self._vocabulary[words[1]]
            self._filing.take_two("pairs", one, other, query_id)
        for word in words:
            self._vocabulary.discard(word)

    def _file(self, query_id: int, plan: Plan) -> None:
        keys, places, more, without, unsure = plan
        self._ids.add(query_id)
        add = self._vocabulary.add
        known = {key: add(key) for key in keys}
        filed = query_id
        if more or without or unsure is not None:
            wanted = tuple([known[key] for key in more])
            unwanted = tuple([known[key] for key in without])
            self._rest[query_id] = Rest(wanted, unwanted, unsure)
            filed = -query_id
        for place in places:
            self._put(place, known, filed)

    def _take_out(self, query_id: int, plan: Plan) -> None:
        self._ids.remove(query_id)
        filed = query_id if self._rest.pop(query_id, None) is None else -query_id
        for place in plan.places:
            self._take(place, filed)
        for key in plan.keys:
            self._vocabulary.discard(key)

    def _put(self, place: Place, known: dict[str, int], filed: int) -> None:
        one = known[place.one]
        if place.other is None:
            self._filing.put(one, filed)
        elif place.table == "pairs":
            self._filing.put_two("pairs", *self._rarer_first(one, known[place.other]), filed)
        else:
            self._filing.put_two(place.table, one, known[place.other], filed)

    def _rarer_first(self, one: int, other: int) -> tuple[int, int]:
        """Fewer pairs are looked at where the rarer word comes first.

        How many queries name a word stands for how often articles do: nothing else is known of
        it before the first article.
        """
        uses = self._vocabulary.uses
        return (one, other) if uses[one] <= uses[other] else (other, one)

    def _take(self, place: Place, filed: int) -> None:
        one = self._vocabulary[place.one]
        if place.other is None:
            self._filing.take(one, filed)
        else:
            self._filing.take_two(place.table, one, self._vocabulary[place.other], filed)

    def _holds(self, query_id: int, numbers: set[int], document: Document) -> bool:
        """Whether the article, which has the keys, meets the query's rest as well."""
        more, without, unsure = self._rest[query_id]
        if unsure is not None:
            return _holds(unsure, document)
        return numbers.issuperset(more) and numbers.isdisjoint(without)

    def _begins(self, query_id: int, field: MatchField, at: int, document: Document) -> bool:
        """Whether a phrase begins at this piece of this field."""
        atom = self._rest[query_id].unsure
        return (
            isinstance(atom, Atom)
            and atom.field in (None, field)
            and phrase_around(atom, document, field, at)
        )


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
