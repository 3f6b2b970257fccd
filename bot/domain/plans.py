"""How a query is filed: under which keys, and what is left to check where they are met."""

from typing import NamedTuple

from bot.domain.filing import Table
from bot.domain.query import And, Atom, Kind, Node, Not, Or
from bot.domain.reasons import is_plain, keys_of, word_key

_WORD = Kind.WORD
"""Looked up once: an enumeration's members are looked for in Python, and this is asked of every
query."""


class Place(NamedTuple):
    """Under one key; in its table of that name by another key, or alone."""

    one: str
    table: Table = "pairs"
    other: str | None = None


class Plan(NamedTuple):
    """A query as the index keeps it.

    `keys`: all that deciding it asks for; `places`: every article that meets it has the keys of
    one of them. Where they are met, keys decide the rest: all of `more`, none of `without`; or
    (`unsure`) the query's tree is asked.
    """

    keys: tuple[str, ...]
    places: tuple[Place, ...]
    more: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    unsure: Node | None = None


def words_of(node: Node) -> tuple[str, ...]:
    """The words of a query that is one word, or words side by side; else none."""
    if isinstance(node, Atom):
        return node.words if node.kind is _WORD and node.field is None else ()
    words: tuple[str, ...] = ()
    for one in node.nodes if isinstance(node, And) else ():
        if not isinstance(one, Atom) or one.kind is not _WORD or one.field is not None:
            return ()
        words += one.words
    return words


def plan_of(node: Node) -> Plan:
    """How to file a query (1 to 3 µs for words side by side)."""
    if isinstance(node, Atom):
        return _of_atom(node)
    if isinstance(node, And):
        plan = _of_terms(node)
        if plan is not None:
            return plan
    ways = _ways(node)
    keys = tuple(dict.fromkeys(key for way in ways for key in way))
    places = tuple(dict.fromkeys(map(_place, ways)))
    return Plan(keys, places, unsure=None if _is_sure(node) else node)


def _of_atom(atom: Atom) -> Plan:
    if atom.kind is Kind.PHRASE:
        words = tuple(map(word_key, atom.words))
        keys = tuple(dict.fromkeys(words))
        return Plan(keys, (Place(words[0], "phrases", words[1]),), unsure=atom)
    keys = keys_of(atom)
    sure = len(keys) <= 2 and is_plain(atom)
    return Plan(keys, (_place(keys),), unsure=None if sure else atom)


def _of_terms(node: And) -> Plan | None:
    """Plain terms side by side, some of them excluded; None: it is not that simple."""
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    for one in node.nodes:
        if isinstance(one, Atom) and one.kind is _WORD and one.field is None:
            wanted += one.words  # most are: no further question
            continue
        atom = one.node if isinstance(one, Not) else one
        if not isinstance(atom, Atom) or not is_plain(atom):
            return None
        keys = keys_of(atom)
        if atom is one:
            wanted += keys
        elif len(keys) == 1:
            unwanted += keys
        else:
            return None
    if not unwanted:
        return Plan(wanted, (_place(wanted),), wanted if len(wanted) > 2 else ())
    if len(wanted) == len(unwanted) == 1:
        return Plan(wanted + unwanted, (Place(wanted[0], "minus", unwanted[0]),))
    more = wanted if len(wanted) > 2 else ()
    return Plan(wanted + unwanted, (_place(wanted),), more, unwanted)


def _place(way: tuple[str, ...]) -> Place:
    """By two keys at most, the most telling: words before marks, long ones before short ones."""
    if len(way) == 1:
        return Place(way[0])
    if len(way) > 2:
        way = tuple(sorted(way, key=lambda key: (":" in key, -len(key), key)))
    return Place(way[0], "pairs", way[1])


def _is_sure(node: Node) -> bool:
    """Whether an article with the keys of a way meets the query, so that no text is read."""
    match node:
        case Atom():
            return is_plain(node) and len(keys_of(node)) <= 2
        case Or(nodes):
            return all(map(_is_sure, nodes))
        case And(nodes):
            plan = _of_terms(node)
            return (
                plan is not None
                and not any(isinstance(one, Not) for one in nodes)
                and not plan.more
            )
        case Not():
            return False


def _ways(node: Node) -> list[tuple[str, ...]]:
    """Every article that meets the query has all keys of one of these; none: nothing is asked."""
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
