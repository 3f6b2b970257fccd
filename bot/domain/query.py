"""A query: what a subscription or a search asks for, in one canonical form.

Equal meanings share one text, hence one stored query: order and repetition do not matter, nor
does case except where it means something (`NATO` the acronym, `=Exact`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from bot.domain.model import MatchField

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
    """

    kind: Kind
    words: tuple[str, ...]
    field: MatchField | None = None
    distance: int = 0

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
                return f'"{" ".join(self.words)}"'
            case Kind.NEAR:
                return f"{first} ~{self.distance} {self.words[1]}"
            case Kind.SOURCE | Kind.LANGUAGE | Kind.CATEGORY:
                value = " ".join(self.words)
                return f'{self.kind}:"{value}"' if " " in value else f"{self.kind}:{value}"
            case _:
                return first


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
    """The same meaning in one shape: flat, sorted, without repetition or double negation."""
    match node:
        case Atom():
            return node
        case Not(inner):
            negated = canonical_node(inner)
            return negated.node if isinstance(negated, Not) else Not(negated)
        case And() | Or():
            kind = type(node)
            flat: dict[str, Node] = {}
            for part in map(canonical_node, node.nodes):
                for one in part.nodes if isinstance(part, kind) else (part,):
                    flat[str(one)] = one
            parts = tuple(flat[text] for text in sorted(flat, key=_order))
            return parts[0] if len(parts) == 1 else kind(parts)


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


def _order(text: str) -> tuple[int, str, str]:
    """Negations last, before them names that do not count; then by letters, then capitals."""
    rank = 1 if text.startswith("!=") else 2 if text.startswith("-") else 0
    return rank, text.casefold(), text


def _bracketed(node: Node) -> str:
    loose = isinstance(node, Or) or (isinstance(node, Atom) and node.kind is Kind.NEAR)
    return f"({node})" if loose else str(node)
