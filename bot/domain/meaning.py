"""What a query must mean: something that not every article meets."""

from bot.domain.errors import QueryError
from bot.domain.faults import Fault
from bot.domain.query import And, Atom, Kind, Node, Not, Or, positive_atoms
from bot.domain.stopwords import ANY

_TELLING = frozenset({"war", "man", "son", "era", "sin"})
"""Stop words of one language that are news in another: who asks for `war` means it."""

_COMMON = ANY - _TELLING
_SHORT = 2
_A_QUOTE = 4
"""So many stop words in a row are a sentence of somebody's ("to be or not to be")."""


def is_unnamed(node: Node) -> bool:
    """Whether it only says which name of what stands beside it does not count."""
    return isinstance(node, Atom) and node.kind is Kind.UNNAMED


def check_meaning(node: Node) -> None:
    """Refuse what would meet nearly everything."""
    if not list(positive_atoms(node)) or _meets_without(node):
        raise QueryError(Fault.ONLY_EXCLUSIONS, 1, _with_a_word(node))
    common = _common(node)
    if not common:
        return
    instead = _with_a_word(common[0])
    if common[0].kind is Kind.LANGUAGE:
        raise QueryError(Fault.LANGUAGE_ALONE, 1, instead)
    raise QueryError(Fault.EVERYWHERE, 1, instead, word=" ".join(common[0].words))


def _common(node: Node) -> list[Atom]:
    """What nearly every article meets that is enough to meet the query; none: nothing is."""
    match node:
        case Atom():
            return [node] if node.kind is Kind.LANGUAGE or _stands_everywhere(node) else []
        case Or(nodes):
            return next(filter(None, map(_common, nodes)), [])
        case And(nodes):
            wanted = [one for one in nodes if not isinstance(one, Not) and not is_unnamed(one)]
            found = [_common(one) for one in wanted]
            return [one for some in found for one in some] if all(found) else []
        case Not():
            return []


def _stands_everywhere(atom: Atom) -> bool:
    """Whether it is nothing but stop words, or the beginning of so many words that it is one."""
    match atom.kind:
        case Kind.WORD | Kind.NEAR:
            return _COMMON.issuperset(atom.words)
        case Kind.PHRASE:
            return len(atom.words) < _A_QUOTE and _COMMON.issuperset(atom.words)
        case Kind.PREFIX:
            start = atom.words[0]
            return start in _COMMON or (len(start) == _SHORT and _begins_one(start))
        case _:
            return False


def _begins_one(start: str) -> bool:
    return any(one.startswith(start) for one in _COMMON)


def _with_a_word(node: Node) -> str:
    return str(And((Atom(Kind.WORD, ("Geneva",)), node)))


def _meets_without(node: Node) -> bool:
    """Whether an article that meets no term at all would meet the query."""
    match node:
        case Atom():
            return is_unnamed(node)  # it says what another means, and asks for nothing
        case Not(inner):
            return not _meets_without(inner)
        case And(nodes):
            return all(map(_meets_without, nodes))
        case Or(nodes):
            return any(map(_meets_without, nodes))
