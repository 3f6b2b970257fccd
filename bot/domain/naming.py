"""What a subscription's words are called, and how its owner edits that.

Every edit is an edit of the query: a name more is one more alternative (`NATO | bündnis`), a name
that shall not count is said beside the words (`NATO !=otan`). So an edited subscription has a
query of its own, shared, exported, explained and matched as every other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from bot.domain.aliases import names_in, with_names
from bot.domain.grammar import parse
from bot.domain.names import Names, name_key
from bot.domain.query import And, Atom, Kind, Node, Not, Or, positive_atoms
from bot.domain.reasons import word_key

_WORDS = (Kind.WORD, Kind.ACRONYM)
_NAMEABLE = (*_WORDS, Kind.PHRASE, Kind.DENSE, Kind.EXACT)


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that a query asks for, with all it is called.

    `own`: the alternatives that the query spells out, where there are several. `known`: other
    names from the table; the keys (`name_key`) in `off` do not count.
    """

    text: str
    own: tuple[str, ...]
    known: tuple[str, ...]
    off: frozenset[str]

    @property
    def counting(self) -> tuple[str, ...]:
        """The known names that ring."""
        return tuple(one for one in self.known if name_key(one) not in self.off)


def things_of(node: Node, names: Names) -> tuple[Thing, ...]:
    """What a query asks for that can have names, in canonical order."""
    parts, unnamed = _split(node)
    off = frozenset(one.words[0] for one in unnamed)
    return tuple(_thing(one, names, off) for one in _grouped(parts, names) if _nameable(one))


def with_name(node: Node, index: int, text: str, names: Names) -> Node:
    """The query with one name more for its thing number `index`; a name switched off is back on.

    Raises:
        QueryError: the text is no name.
        IndexError: there is no such thing.
    """
    name = text.replace('"', " ").strip()
    thing = things_of(node, names)[index]
    key = name_key(name)
    if key in thing.off:
        return toggled(node, name)
    if key in map(name_key, thing.known):
        return node
    parts, unnamed = _split(node)
    grouped = _grouped(parts, names)
    target = [one for one in grouped if _nameable(one)][index]
    changed = [_more(one, name) if one is target else one for one in grouped]
    return _joined(changed, unnamed)


def without_own(node: Node, own: str) -> Node:
    """The query without one of the alternatives that it spells out; never without the last."""
    parts, unnamed = _split(node)
    left = [_less(one, own) for one in parts]
    return _joined(left, unnamed)


def toggled(node: Node, name: str) -> Node:
    """The query with a known name switched off, or on again."""
    parts, unnamed = _split(node)
    one = Atom(Kind.UNNAMED, (name_key(name),))
    left = [other for other in unnamed if other != one]
    return _joined(parts, left if len(left) < len(unnamed) else [*unnamed, one])


def _split(node: Node) -> tuple[list[Node], list[Atom]]:
    """What is asked for side by side, and the names that do not count."""
    nodes = node.nodes if isinstance(node, And) else (node,)
    unnamed = [one for one in nodes if isinstance(one, Atom) and one.kind is Kind.UNNAMED]
    return [one for one in nodes if one not in unnamed], unnamed


def _joined(parts: Sequence[Node], unnamed: Sequence[Node]) -> Node:
    nodes = (*parts, *unnamed)
    return nodes[0] if len(nodes) == 1 else And(nodes)


def _grouped(parts: Sequence[Node], names: Names) -> list[Node]:
    """The parts, with the words of one name taken together."""
    groups, rest = names_in(parts, names)
    whole: list[Node] = [And(words) for words, _ in groups]
    return sorted([*rest, *whole], key=str)


def _nameable(node: Node) -> bool:
    match node:
        case Atom():
            return node.kind in _NAMEABLE
        case And(nodes):
            return all(isinstance(one, Atom) and one.kind in _WORDS for one in nodes)
        case Or(nodes):
            return not any(isinstance(one, Or) for one in nodes) and all(map(_nameable, nodes))
        case Not():
            return False


def _thing(node: Node, names: Names, off: frozenset[str]) -> Thing:
    ways = node.nodes if isinstance(node, Or) else (node,)
    spelt = {name_key(str(one)) for one in ways}
    meant = {way: _entities(way, names) for way in ways}
    every = [entity for found in meant.values() for entity in found]
    known = {name_key(name): name for entity in every for name in names.shown(entity)}
    return Thing(
        text=str(max(ways, key=lambda way: bool(meant[way]))),  # the first that is known
        own=tuple(map(str, ways)) if len(ways) > 1 else (),
        known=tuple(name for key, name in known.items() if key not in spelt),
        off=off,
    )


def _entities(way: Node, names: Names) -> list[str]:
    """What one alternative names: as one word, or all its words together."""
    found: list[str] = []
    for atom in positive_atoms(with_names(way, names)):
        if atom.kind is Kind.NAME:
            found.append(atom.words[0])
        elif atom == way:
            found += names.entities_of(word_key(atom.words[0]))
    return found


def _more(target: Node, text: str) -> Node:
    """The thing with one alternative more, in the same field."""
    ways = target.nodes if isinstance(target, Or) else (target,)
    more = parse(f'"{text}"').node
    fields = {one.field for one in ways if isinstance(one, Atom)}
    if fields == {"title"} and isinstance(more, Atom):
        more = Atom(more.kind, more.words, "title")
    return Or((*ways, more))


def _less(node: Node, own: str) -> Node:
    if not isinstance(node, Or):
        return node
    left = tuple(one for one in node.nodes if str(one) != own)
    return Or(left) if left else node


def mark_of(name: str) -> int:
    """Six digits that stand for a name in a button, whose data has no room for it."""
    return int.from_bytes(blake2b(name_key(name).encode(), digest_size=4).digest()) % 1_000_000
