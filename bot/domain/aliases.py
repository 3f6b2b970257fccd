"""A query with the names of several words in it: `North Korea` is Nordkorea, too.

Names of one word need nothing of this: a word's key is met by every name of what it names.
"""

from collections.abc import Sequence
from functools import lru_cache

from bot.domain.names import Names
from bot.domain.query import And, Atom, Kind, Node, Not, Or

_CACHED = 4_096


@lru_cache(maxsize=_CACHED)
def with_names(node: Node, names: Names) -> Node:
    """The same query, met by the other names of its names of several words as well."""
    match node:
        case Atom():
            return _phrase(node, names) if node.kind is Kind.PHRASE else node
        case Not(inner):
            return Not(with_names(inner, names))
        case Or(nodes):
            return Or(tuple(with_names(one, names) for one in nodes))
        case And(nodes):
            return _side_by_side(nodes, names)


def _phrase(atom: Atom, names: Names) -> Node:
    words = frozenset(word.casefold() for word in atom.words)
    whole = [entity for found, entity in names.phrases_in(words) if len(found) >= len(words) - 1]
    return Or((atom, _name(whole[0], atom.words, atom))) if whole else atom


def _side_by_side(nodes: Sequence[Node], names: Names) -> Node:
    """Words of a name that stand side by side in a query, in any order."""
    words = {
        one.words[0].casefold(): one
        for one in nodes
        if isinstance(one, Atom) and one.kind in (Kind.WORD, Kind.ACRONYM) and one.field is None
    }
    rest = [with_names(one, names) for one in nodes if one not in words.values()]
    groups: list[Node] = []
    for found, entity in names.phrases_in(frozenset(words)):
        if found <= words.keys():
            taken = [words.pop(word) for word in sorted(found)]
            texts = tuple(str(one) for one in taken)
            groups.append(Or((And(tuple(taken)), _name(entity, texts, taken[0]))))
    parts = (*words.values(), *groups, *rest)
    return parts[0] if len(parts) == 1 else And(parts)


def _name(entity: str, words: tuple[str, ...], like: Atom) -> Atom:
    return Atom(Kind.NAME, (entity, *words), like.field)
