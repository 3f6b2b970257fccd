"""A query with the names of several words in it: `North Korea` is Nordkorea, too.

Names of one word need nothing of this: a word's key is met by every name of what it names. Where
the query says that some names do not count (`NATO !=OTAN`), its words become SOME: they are filed
under the same keys, and look at what the article calls it.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from bot.domain.names import Names
from bot.domain.query import And, Atom, Kind, Node, Not, Or
from bot.domain.reasons import NAMED

_CACHED = 4_096
_SOME = "!="
"""Among words: some names do not count."""


def with_names(node: Node, names: Names) -> Node:
    """The same query, met by the other names of its names of several words as well."""
    return (
        node if isinstance(node, Atom) and node.kind is not Kind.PHRASE else _cached(node, names)
    )


@lru_cache(maxsize=_CACHED)
def _cached(node: Node, names: Names) -> Node:
    return named(node, names)


def named(node: Node, names: Names) -> Node:
    """`with_names`, for a query that is not asked again soon."""
    if isinstance(node, Atom) and node.kind is not Kind.PHRASE:
        return node
    words = _words(node)
    if _SOME not in words and not names.may_hold(" ".join(words).casefold().split()):
        return node  # as of most queries: told at the least cost
    match node:
        case Atom():
            return _phrase(node, names)
        case Not(inner):
            return Not(named(inner, names))
        case Or(nodes):
            return Or(tuple(named(one, names) for one in nodes))
        case And(nodes):
            return _by_some(nodes, names)


def _by_some(nodes: Sequence[Node], names: Names) -> Node:
    unnamed = [one for one in nodes if isinstance(one, Atom) and one.kind is Kind.UNNAMED]
    whole = _side_by_side([one for one in nodes if one not in unnamed], names)
    keys = tuple(one.words[0] for one in unnamed)
    return _without(whole, keys, names) if unnamed else whole


def _without(node: Node, keys: tuple[str, ...], names: Names) -> Node:
    """The same, but that these names do not count."""
    match node:
        case Atom():
            return _atom_without(node, keys, names)
        case Not(inner):
            return Not(_without(inner, keys, names))
        case Or(nodes) | And(nodes):
            return type(node)(tuple(_without(one, keys, names) for one in nodes))


def _atom_without(atom: Atom, keys: tuple[str, ...], names: Names) -> Atom:
    match atom.kind:
        case Kind.SOME | Kind.NEAR:
            return replace(atom, words=(*atom.words, *keys))
        case Kind.NAME:
            shown = " ".join(atom.words[1:])
            return Atom(Kind.SOME, (f"{NAMED}{atom.words[0]}", shown, *keys), atom.field)
        case Kind.WORD | Kind.ACRONYM | Kind.DENSE:
            word = atom.words[0]
            known = names.entities_of(word)
            return Atom(Kind.SOME, (word, word, *keys), atom.field) if known else atom
        case _:
            return atom


def _words(node: Node) -> Sequence[str]:
    if isinstance(node, Atom):
        return (_SOME,) if node.kind is Kind.UNNAMED else node.words
    if isinstance(node, Not):
        return _words(node.node)
    return [word for one in node.nodes for word in _words(one)]


def _phrase(atom: Atom, names: Names) -> Node:
    words = frozenset(word.casefold() for word in atom.words)
    whole = [entity for found, entity in names.phrases_in(words) if len(found) >= len(words) - 1]
    name = Atom(Kind.NAME, (whole[0], *atom.words), atom.field) if whole else None
    return Or((atom, name)) if name else atom


def names_in(
    nodes: Sequence[Node], names: Names
) -> tuple[list[tuple[tuple[Atom, ...], str]], list[Node]]:
    """Words side by side, in any order, that are one name: with their entity; and the rest."""
    words = {
        one.words[0].casefold(): one
        for one in nodes
        if isinstance(one, Atom) and one.kind in (Kind.WORD, Kind.ACRONYM) and one.field is None
    }
    others = [one for one in nodes if one not in words.values()]
    groups: list[tuple[tuple[Atom, ...], str]] = []
    for found, entity in names.phrases_in(frozenset(words)):
        if found <= words.keys():
            groups.append((tuple(words.pop(word) for word in sorted(found)), entity))
    return groups, [*words.values(), *others]


def _side_by_side(nodes: Sequence[Node], names: Names) -> Node:
    groups, rest = names_in(nodes, names)
    whole = [Or((And(words), _name(entity, words))) for words, entity in groups]
    parts = (*(named(one, names) for one in rest), *whole)
    return parts[0] if len(parts) == 1 else And(parts)


def _name(entity: str, words: Sequence[Atom]) -> Atom:
    return Atom(Kind.NAME, (entity, *map(str, words)))
