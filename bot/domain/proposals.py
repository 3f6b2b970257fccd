"""Narrower and wider forms of a query, to be tried on the archive before they are offered."""

from collections.abc import Iterator

from bot.domain.errors import QueryError
from bot.domain.grammar import parse
from bot.domain.query import And, Atom, Kind, Node, Not, Or, Query, query_of

_LEAST_STEM = 4
_PLAIN = (Kind.WORD, Kind.ACRONYM)
MOST = 8
"""Forms that are tried: each is asked of every article of the dry run."""


def narrower(query: Query, section: str | None) -> list[Query]:
    """Forms that meet less: in the headline alone, side by side, in one section."""
    return _distinct(query, _narrower(query.node, section))


def wider(query: Query) -> list[Query]:
    """Forms that meet more: anywhere, in any order, any ending, with fewer terms."""
    return _distinct(query, _wider(query.node))


def _distinct(query: Query, nodes: Iterator[Node]) -> list[Query]:
    found = {one.id: one for one in map(query_of, nodes) if one.id != query.id}
    return [one for one in found.values() if _can_be_typed(one)][:MOST]


def _can_be_typed(query: Query) -> bool:
    """A form may be refused where the query was not: `US` is an acronym, "us" a stop word."""
    try:
        return parse(query.text) == query
    except QueryError:
        return False


def _narrower(node: Node, section: str | None) -> Iterator[Node]:
    match node:
        case Atom(field=None) if node.kind in (*_PLAIN, Kind.PHRASE, Kind.DENSE):
            yield _titled(node)
        case And(nodes):
            yield from _narrower_together(nodes)
        case Or(nodes) if all(map(_is_plain_word, nodes)):
            yield Or(tuple(_titled(one) for one in nodes if isinstance(one, Atom)))
    if section is not None:
        yield And((node, Atom(Kind.CATEGORY, (section.casefold(),))))


def _narrower_together(nodes: tuple[Node, ...]) -> Iterator[Node]:
    words = [one for one in nodes if isinstance(one, Atom) and _is_plain_word(one)]
    for word in words:
        yield And(tuple(_titled(word) if part is word else part for part in nodes))
    if len(words) == len(nodes) == 2:
        pair = words[0].words + words[1].words
        yield Or((Atom(Kind.PHRASE, pair), Atom(Kind.PHRASE, pair[::-1])))


def _wider(node: Node) -> Iterator[Node]:
    match node:
        case Atom():
            yield from _loosened(node)
        case And(nodes):
            yield from _with_fewer(nodes)
            for one, loose in _each_loosened(nodes):
                yield And(tuple(loose if part is one else part for part in nodes))
        case Or(nodes):
            for _, loose in _each_loosened(nodes):
                yield Or((*nodes, loose))


def _with_fewer(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for one in nodes:
        rest = tuple(part for part in nodes if part is not one)
        if any(not isinstance(part, Not) and not _is_mark(part) for part in rest):
            yield And(rest)


def _each_loosened(nodes: tuple[Node, ...]) -> Iterator[tuple[Node, Node]]:
    for one in nodes:
        for loose in _loosened(one) if isinstance(one, Atom) else ():
            yield one, loose


def _loosened(atom: Atom) -> Iterator[Node]:
    word = atom.words[0]
    if atom.field is not None:
        yield Atom(atom.kind, atom.words, None, atom.distance)
    if atom.kind in (Kind.PHRASE, Kind.NEAR):
        yield And(tuple(_plain(one) for one in atom.words))
    if atom.kind in (Kind.ACRONYM, Kind.EXACT):
        yield Atom(Kind.WORD, (word.lower(),))
    if atom.kind is Kind.WORD and len(word) > _LEAST_STEM + 1 and word.isalpha():
        yield Atom(Kind.PREFIX, (word[: max(_LEAST_STEM, len(word) - 3)],))


def _plain(word: str) -> Atom:
    return Atom(Kind.WORD if word == word.lower() else Kind.ACRONYM, (word,))


def _titled(atom: Atom) -> Atom:
    return Atom(atom.kind, atom.words, "title", atom.distance)


def _is_plain_word(node: Node) -> bool:
    return isinstance(node, Atom) and node.kind in _PLAIN and node.field is None


def _is_mark(node: Node) -> bool:
    return isinstance(node, Atom) and node.kind in (Kind.LANGUAGE, Kind.SOURCE, Kind.CATEGORY)
