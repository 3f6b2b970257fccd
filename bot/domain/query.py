"""A query: what a subscription or a search asks for, in one canonical form.

Equal meanings share one text, hence one stored query: order and repetition do not matter, nor
does case except where it means something (`NATO` the acronym, `=Exact`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from bot.domain.model import MatchField
from bot.domain.text import gap_of

OPERATORS = ("AND", "OR", "NOT")

_VERSION = b"1"
"""Of the hash: raised when the canonical form changes its meaning."""


class Kind(StrEnum):
    """What an atom looks for."""

    WORD = "word"  # any case and inflection
    ACRONYM = "acronym"  # two to five capitals
    EXACT = "exact"  # as written
    PREFIX = "prefix"
    PHRASE = "phrase"  # words side by side
    NEAR = "near"  # words within a distance
    DENSE = "dense"  # inside a script written without blanks
    SOURCE = "source"
    LANGUAGE = "lang"
    CATEGORY = "category"
    UNNAMED = "unnamed"  # a name that does not count for what stands beside it: `!=OTAN`
    NAME = "name"  # an entity, by any of its names; never written, see `with_names`
    SOME = "some"  # a word or an entity by some of its names; never written, see `with_names`


@dataclass(frozen=True, slots=True)
class Atom:
    """One test of an article; `words` are folded, or as written for EXACT and ACRONYM.

    Of a NAME the first word is the entity, the others are what was asked for. Of a SOME the first
    is its key, the second what was asked for, the others names (`name_key`) that do not count; so
    are, in what `with_names` made, the words of a NEAR behind its two.

    `acronyms` of a PHRASE or NEAR are kept as capitals in `words`. `field` narrows to the title.
    `signs` of a PHRASE: what may stand between its words beside what any phrase runs across; none
    of them has any: ().
    """

    kind: Kind
    words: tuple[str, ...]
    field: MatchField | None = None
    distance: int = 0
    signs: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The atom in canonical grammar."""
        return ("title:" if self.field == "title" else "") + self._body()

    def _body(self) -> str:  # noqa: C901, PLR0911 - a table: one line a kind
        first = self.words[0]
        match self.kind:
            case Kind.NAME:
                return " ".join(self.words[1:])
            case Kind.SOME:
                return self.words[1]
            case Kind.UNNAMED:
                return f'!="{first}"' if " " in first else f"!={first}"
            case Kind.EXACT:
                return f"={first}"
            case Kind.PREFIX:
                return f"{first}*"
            case Kind.PHRASE:
                return f'"{self._phrase()}"'
            case Kind.NEAR:
                return f"{_quoted(first)} ~{self.distance} {_quoted(self.words[1])}"
            case Kind.SOURCE | Kind.LANGUAGE | Kind.CATEGORY:
                value = " ".join(self.words)
                return f'{self.kind}:"{value}"' if " " in value else f"{self.kind}:{value}"
            case _:
                return _quoted(first)

    def _phrase(self) -> str:
        if not self.signs:
            return " ".join(self.words)
        pairs = zip(self.words, self.signs, strict=False)
        return " ".join([*(_signed(*pair) for pair in pairs), self.words[-1]])


def _signed(word: str, sign: str) -> str:
    """A word and the sign behind it, kept apart where they would be read as one (`c ++ x`)."""
    apart = sign[:1] in ("+", "#") or gap_of(sign, word) != sign
    return f"{word} {sign}" if sign and apart else f"{word}{sign}"


@dataclass(frozen=True, slots=True)
class Not:
    """Must not be met."""

    node: "Node"

    def __str__(self) -> str:
        """`-x`, or `-(x y)`."""
        simple = isinstance(self.node, Atom) and self.node.kind is not Kind.NEAR
        return f"-{self.node}" if simple else f"-({self.node})"


@dataclass(frozen=True, slots=True)
class And:
    """All must be met."""

    nodes: tuple["Node", ...]

    def __str__(self) -> str:
        """Side by side; alternatives and nearness in brackets."""
        return " ".join(_bracketed(node) for node in self.nodes)


@dataclass(frozen=True, slots=True)
class Or:
    """One must be met."""

    nodes: tuple["Node", ...]

    def __str__(self) -> str:
        """With ` | ` between; what stands side by side needs no brackets."""
        return " | ".join(str(node) for node in self.nodes)


Node = Atom | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: its meaning, its canonical text, and the hash of that as identity."""

    node: Node
    text: str
    id: int


def query_of(node: Node) -> Query:
    """The query that means `node`."""
    canonical = canonical_node(node)
    text = str(canonical)
    digest = blake2b(_VERSION + text.encode(), digest_size=8).digest()
    return Query(canonical, text, int.from_bytes(digest) >> 1)


def canonical_node(node: Node) -> Node:
    """The same meaning in one shape: flat, sorted, without repetition.

    A negation stands before one term or before terms side by side, none of which is negated: what
    speaks for an article is never hidden inside (`-(-a -b)` is `a | b`).
    """
    match node:
        case Atom():
            return node
        case Not(inner):
            return _negated(canonical_node(inner))
        case And() | Or():
            return _joined(type(node), map(canonical_node, node.nodes))


def _negated(node: Node) -> Node:
    """The opposite of a canonical node, by De Morgan's laws where there are negations inside."""
    match node:
        case Atom():
            return Not(node)
        case Not(inner):
            return inner
        case Or(nodes):
            return _joined(And, map(_negated, nodes))
        case And(nodes):
            plain = [one for one in nodes if not _has_negation(one)]
            if len(plain) == len(nodes):
                return Not(node)
            # Terms stay together: `!=` says something of those beside it.
            whole = [_negated(_joined(And, plain))] if plain else []
            return _joined(Or, [*whole, *(_negated(one) for one in nodes if one not in plain)])


def _has_negation(node: Node) -> bool:
    if isinstance(node, And | Or):
        return any(map(_has_negation, node.nodes))
    return isinstance(node, Not)


def _joined(kind: type[And | Or], parts: Iterable[Node]) -> Node:
    """Canonical nodes side by side, or as alternatives."""
    flat: dict[str, Node] = {}
    for part in parts:
        for one in part.nodes if isinstance(part, kind) else (part,):
            flat[str(one)] = one
    nodes = tuple(flat[text] for text in sorted(flat, key=_order))
    return nodes[0] if len(nodes) == 1 else kind(nodes)


def atoms(node: Node) -> Iterator[Atom]:
    """Every test in the query, negated ones included, in canonical order."""
    match node:
        case Atom():
            yield node
        case Not(inner):
            yield from atoms(inner)
        case And() | Or():
            for one in node.nodes:
                yield from atoms(one)


def positive_atoms(node: Node) -> Iterator[Atom]:
    """Every test that speaks for an article."""
    if isinstance(node, Atom):
        if node.kind is not Kind.UNNAMED:
            yield node
    elif isinstance(node, And | Or):
        for one in node.nodes:
            yield from positive_atoms(one)


def _quoted(word: str) -> str:
    """A word as it is typed: `"NOT"` is a word, NOT is none."""
    return f'"{word}"' if word in OPERATORS else word


def _order(text: str) -> tuple[int, str, str]:
    """Negations last, before them names that do not count; then by letters, then capitals."""
    rank = 1 if text.startswith("!=") else 2 if text.startswith("-") else 0
    return rank, text.casefold(), text


def _bracketed(node: Node) -> str:
    loose = isinstance(node, Or) or (isinstance(node, Atom) and node.kind is Kind.NEAR)
    return f"({node})" if loose else str(node)
