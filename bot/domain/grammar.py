"""The grammar of queries (PRODUCT.md, "Query grammar"): text in, Query or a placed error out."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import regex

from bot.domain.errors import QueryError
from bot.domain.faults import Fault
from bot.domain.lexemes import FIELDS, OPENING, UNNAMED, Lexeme, lexemes
from bot.domain.meaning import check_meaning, is_unnamed
from bot.domain.model import MatchField, Section
from bot.domain.names import name_key
from bot.domain.query import And, Atom, Kind, Node, Not, Or, Query, query_of
from bot.domain.repairs import repaired
from bot.domain.text import Token, base_language, compact, fold, is_dense, main_words, tokens

MOST_NEAR = 50
_DEEPEST = 20
"""Brackets and negations inside one another: far fewer than Python's own stack takes."""

_MINUS = "-−–"
_ACRONYM = regex.compile(r"\p{Lu}{2,5}|\p{Lu}(?:\.\p{Lu}){1,4}\.?")
_TAG = regex.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Limits:
    """The operator's limits on one query."""

    terms: int = 20
    characters: int = 256


DEFAULT_LIMITS = Limits()
ANY_LENGTH = Limits(terms=1_000, characters=100_000)


def parse(text: str, limits: Limits = DEFAULT_LIMITS) -> Query:
    """Read a query.

    Raises:
        QueryError: with the position (from 1) of what cannot be read, and what to type instead.
    """
    try:
        return _parse(text, limits)
    except QueryError as error:
        instead = error.suggestion
        if instead is None or not _is_read(instead, limits):
            instead = repaired(text, error.position, lambda form: _is_read(form, limits))
        wrong = error.complaint
        raise QueryError(wrong.fault, error.position, instead, **wrong.values) from None


def _is_read(text: str, limits: Limits) -> bool:
    try:
        _parse(text, limits)
    except QueryError:
        return False
    return True


def _parse(text: str, limits: Limits) -> Query:
    if len(text) > limits.characters:
        raise QueryError(
            Fault.QUERY_TOO_LONG,
            limits.characters + 1,
            count=limits.characters,
            length=len(text),
        )
    pieces = lexemes(text)
    if not pieces:
        raise QueryError(Fault.QUERY_EMPTY, 1, "NATO")
    reader = _Reader(pieces, len(text) + 1, limits)
    node = reader.alternatives()
    left = reader.here()
    if left is not None:
        raise QueryError(Fault.LONE_BRACKET, left.at)
    query = query_of(node)
    check_meaning(query.node)
    return query if text.isascii() or text == query.text else _read_again(query, len(text))


def _read_again(query: Query, end: int) -> Query:
    """The query that the canonical text means.

    Folding can make one character several words (¼ is 1⁄4). What is wrong is told at the end:
    places in the canonical text are none of what was typed.
    """
    try:
        return _parse(query.text, ANY_LENGTH)
    except QueryError as error:
        wrong = error.complaint
        raise QueryError(wrong.fault, end, error.suggestion, **wrong.values) from None


class _Reader:
    """Recursive descent: alternatives of sequences of negated or plain terms."""

    def __init__(self, pieces: list[Lexeme], end: int, limits: Limits) -> None:
        self._lexemes = pieces
        self._next = 0
        self._end = end
        self._limits = limits
        self._terms = 0
        self._depth = 0

    def here(self) -> Lexeme | None:
        """The piece to be read next."""
        return self._lexemes[self._next] if self._next < len(self._lexemes) else None

    def _take(self) -> Lexeme:
        lexeme = self._lexemes[self._next]
        self._next += 1
        return lexeme

    def _at(self, kind: str) -> bool:
        here = self.here()
        return here is not None and here.kind == kind

    def _at_end(self) -> bool:
        """At the end of a sequence: of the text, of a bracket, of an alternative."""
        return self.here() is None or self._at("or") or self._at("close")

    def _place(self) -> int:
        here = self.here()
        return self._end if here is None else here.at

    def alternatives(self) -> Node:
        nodes = [self._sequence()]
        while self._at("or"):
            self._take()
            nodes.append(self._sequence())
        return Or(tuple(nodes)) if len(nodes) > 1 else nodes[0]

    def _sequence(self) -> Node:
        nodes: list[Node] = []
        while not self._at_end():
            if nodes and self._at("and"):
                self._take()
                continue
            nodes.append(self._negated())
        if not nodes:
            raise QueryError(Fault.WORD_MISSING, self._place())
        if all(map(is_unnamed, nodes)):
            raise QueryError(Fault.NAME_ALONE, self._place())
        return And(tuple(nodes)) if len(nodes) > 1 else nodes[0]

    def _negated(self) -> Node:
        if self._at("not"):
            lexeme = self._take()
            if self._at_end():
                raise QueryError(Fault.EXCLUSION_MISSING, lexeme.at)
            inner = self._inside(lexeme, self._negated)
            if is_unnamed(inner):
                raise QueryError(Fault.NAME_LEFT_OUT, lexeme.at)
            return Not(inner)
        return self._near()

    def _inside(self, opening: Lexeme, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise QueryError(Fault.NESTED_TOO_DEEP, opening.at)
        node = read()
        self._depth -= 1
        return node

    def _near(self) -> Node:
        start = self._place()
        node = self._term()
        if not self._at("near"):
            return node
        near = self._take()
        distance = int(near.text[1:]) if near.text[1:] else 0
        if not 1 <= distance <= MOST_NEAR:
            raise QueryError(Fault.NEARNESS_RANGE, near.at, "Geneva ~5 talks", most=MOST_NEAR)
        if self._at_end() or self._at("near"):
            raise QueryError(Fault.NEARNESS_OPEN, near.at, "Geneva ~5 talks")
        other_at = self._place()
        other = self._term()
        return _near_atom((node, start), (other, other_at), distance)

    def _term(self) -> Node:
        if self.here() is None:
            raise QueryError(Fault.WORD_MISSING, self._end)
        lexeme = self._take()
        if lexeme.kind == "open":
            node = self._inside(lexeme, self.alternatives)
            if self.here() is None:
                raise QueryError(Fault.OPEN_BRACKET, lexeme.at, at=lexeme.at)
            self._take()
            return node
        if lexeme.kind in ("near", "and"):
            raise QueryError(Fault.BETWEEN_WORDS, lexeme.at, text=lexeme.text)
        self._terms += not lexeme.text.startswith(UNNAMED)
        if self._terms > self._limits.terms:
            raise QueryError(Fault.TOO_MANY_TERMS, lexeme.at, count=self._limits.terms)
        return _atom(lexeme)


def _atom(lexeme: Lexeme) -> Node:
    if lexeme.kind == "quote":
        return _phrase(lexeme.text[1:-1], lexeme.at, None)
    text = lexeme.text
    if text.startswith(UNNAMED):
        return _unnamed(text.removeprefix(UNNAMED), lexeme.at)
    name, colon, value = text.partition(":")
    if colon and name.casefold() in FIELDS:
        return _field(name.casefold(), value, lexeme)
    if text.startswith("=") and len(text) > 1:
        return _exact(text[1:], lexeme.at)
    if text.endswith("*"):
        return _prefix(text[:-1], lexeme.at)
    return _words(text, lexeme.at, None)


def _field(name: str, value: str, lexeme: Lexeme) -> Node:
    at = lexeme.at + len(name) + 1
    quoted = value[:1] in OPENING and len(value) > 1
    bare = value[1:-1] if quoted else value
    if not bare.strip():
        raise QueryError(Fault.VALUE_MISSING, lexeme.at, _EXAMPLES[name], name=name)
    if name == "title":
        return _title(bare, at, quoted=quoted)
    if name == "lang":
        if not _TAG.fullmatch(bare):
            raise QueryError(Fault.LANGUAGE_CODE, at, "lang:de")
        return Atom(Kind.LANGUAGE, (str(base_language(bare)),))
    return _category(bare, at) if name == "category" else _source(bare, at)


def _source(value: str, at: int) -> Atom:
    if value.startswith("#"):
        if not value[1:].isdecimal():
            raise QueryError(Fault.SOURCE_NUMBER, at, "source:spiegel")
        return Atom(Kind.SOURCE, (value,))
    found = tuple(token.folded for token in tokens(value))
    if not found:
        raise QueryError(Fault.SOURCE_WORD, at, "source:spiegel")
    return Atom(Kind.SOURCE, tuple(sorted({*found})))


_EXAMPLES = {
    "title": "title:NATO",
    "source": "source:spiegel",
    "lang": "lang:de",
    "category": "category:politics",
}


def _title(value: str, at: int, *, quoted: bool) -> Node:
    if quoted:
        return _phrase(value, at, "title")
    if value[:1] in _MINUS:
        raise QueryError(Fault.TITLE_WORDS, at, f"-title:{value[1:]}")
    inner = _atom(Lexeme("word", value, at))
    if not isinstance(inner, Atom) or is_unnamed(inner):
        raise QueryError(Fault.TITLE_WORDS, at, 'title:"Geneva talks"')
    return replace(inner, field="title")


def _category(value: str, at: int) -> Atom:
    for section in Section:
        if section.casefold() == value.casefold():
            return Atom(Kind.CATEGORY, (section.casefold(),))
    names = ", ".join(section.casefold() for section in Section)
    raise QueryError(Fault.CATEGORIES, at, "category:politics", names=names)


def _unnamed(text: str, at: int) -> Atom:
    """`!=OTAN`, `!="Corée du Nord"`: a name by which what stands beside it is not meant."""
    name = name_key(text)
    if not name:
        raise QueryError(Fault.NAME_MISSING, at, f"NATO {UNNAMED}OTAN")
    return Atom(Kind.UNNAMED, (name,))


def _exact(text: str, at: int) -> Atom:
    found = tokens(text)
    if len(found) != 1 or found[0].text != text:
        raise QueryError(Fault.EXACT_WORD, at, f"={found[0].text}" if found else "=NATO")
    return Atom(Kind.EXACT, (text,))


def _prefix(text: str, at: int) -> Atom:
    found = tokens(text)
    if len(found) != 1 or len(found[0].folded) < 2:
        raise QueryError(Fault.PREFIX_WORD, at)
    if found[0].dense:
        return Atom(Kind.DENSE, (compact(text),))
    return Atom(Kind.PREFIX, (found[0].folded,))


def _phrase(text: str, at: int, field: MatchField | None) -> Atom:
    if not tokens(text):
        raise QueryError(Fault.EMPTY_QUOTES, at)
    return _words(text, at, field)


def _words(text: str, at: int, field: MatchField | None) -> Atom:
    """One word, or several that belong together (`NATO-Russia`, a phrase)."""
    found = main_words(tokens(text))
    if not found:
        raise QueryError(Fault.NOTHING_TO_FIND, at, text=text)
    if any(token.dense for token in found):
        return Atom(Kind.DENSE, (compact(text),), field)
    words = tuple(_written(token) for token in found)
    if len(words) > 1:
        signs = tuple(token.gap for token in found[1:])
        return Atom(Kind.PHRASE, words, field, signs=signs if any(signs) else ())
    kind = Kind.ACRONYM if is_acronym(words[0]) else Kind.WORD
    return Atom(kind, words, field)


def is_acronym(word: str) -> bool:
    """Two to five capitals: `WHO`; in `words` of an atom acronyms alone keep their capitals."""
    return _ACRONYM.fullmatch(word) is not None


def _written(token: Token) -> str:
    if is_acronym(token.text) and not is_dense(token.text):
        return token.text.replace(".", "")
    return token.folded


def _near_atom(one: tuple[Node, int], other: tuple[Node, int], distance: int) -> Atom:
    words = []
    for node, at in (one, other):
        simple = isinstance(node, Atom) and node.kind in (Kind.WORD, Kind.ACRONYM)
        if not (simple and isinstance(node, Atom) and node.field is None):
            raise QueryError(Fault.NEARNESS_WORDS, at, "Geneva ~5 talks")
        words.append(node.words[0])
    return Atom(Kind.NEAR, tuple(sorted(words, key=lambda one: (fold(one), one))), None, distance)
