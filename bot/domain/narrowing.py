"""What a query is narrowed to beside its words: languages and sources.

Such an edit is an edit of the query (`NATO (lang:de | lang:fr)`), as with names (`naming.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.query import And, Atom, Kind, Node, Or


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Language codes, and sources as the query names them; empty: to none in particular."""

    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def narrowed(node: Node) -> Narrowed:
    """What stands beside the words of a query."""
    parts = _parts(node)
    return Narrowed(_named(parts, Kind.LANGUAGE), _named(parts, Kind.SOURCE))


def language_toggled(node: Node, code: str) -> Node:
    """The query narrowed to one language more, or to one less; without the last, to none."""
    parts = _parts(node)
    before = _named(parts, Kind.LANGUAGE)
    after = [one for one in before if one != code] if code in before else [*before, code]
    rest = [one for one in parts if not _alternatives(one, Kind.LANGUAGE)]
    languages = tuple(Atom(Kind.LANGUAGE, (one,)) for one in after)
    nodes = (*rest, Or(languages)) if len(languages) > 1 else (*rest, *languages)
    return nodes[0] if len(nodes) == 1 else And(nodes)


def _parts(node: Node) -> Sequence[Node]:
    return node.nodes if isinstance(node, And) else (node,)


def _named(parts: Sequence[Node], kind: Kind) -> tuple[str, ...]:
    return tuple(" ".join(one.words) for part in parts for one in _alternatives(part, kind))


def _alternatives(part: Node, kind: Kind) -> Sequence[Atom]:
    """The atoms of a part that asks for nothing but this."""
    ways = part.nodes if isinstance(part, Or) else (part,)
    found = [one for one in ways if isinstance(one, Atom) and one.kind is kind]
    return found if len(found) == len(ways) else ()
