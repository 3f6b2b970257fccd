"""A stored query from its canonical text: the common shapes without the grammar's reader.

A million stored queries are read at every start; one word, words side by side, exclusions and
phrases are most of them and need no parser (1 to 3 µs instead of 30 to 60).
"""

from bot.domain.grammar import ANY_LENGTH, is_acronym, parse
from bot.domain.query import OPERATORS, And, Atom, Kind, Node, Not, Query
from bot.domain.text import is_word


def stored_query(query_id: int, text: str) -> Query:
    """The query that was stored under this id with this canonical text.

    Raises:
        QueryError: the text was stored by a version with another grammar.
    """
    node = _phrase(text) if text.startswith('"') else _sequence(text)
    return Query(node or parse(text, ANY_LENGTH).node, text, query_id)


def simple_words(text: str) -> list[str]:
    """The words of a canonical text that is nothing but words of small ASCII letters and digits.

    As most are: told at the least cost. None: it is more than that.
    """
    letters = text.replace(" ", "")
    simple = letters.isascii() and letters.isalnum() and letters == letters.lower()
    return text.split(" ") if simple else []


def simple_phrase(text: str) -> list[str]:
    """The words of a canonical text that is a phrase of such words and nothing else."""
    quoted = text.startswith('"') and text.endswith('"')
    words = simple_words(text[1:-1]) if quoted else []
    return words if len(words) > 1 else []


def simple_exclusion(text: str) -> tuple[list[str], str]:
    """One or two such words, and the one that is excluded (`a b -c`); else nothing."""
    head, _, unwanted = text.partition(" -")
    if not unwanted or " " in unwanted or not simple_words(unwanted):
        return [], ""
    wanted = simple_words(head)
    return (wanted, unwanted) if 0 < len(wanted) <= 2 else ([], "")


def _sequence(text: str) -> Node | None:
    words = simple_words(text)
    if words:
        atoms = tuple([Atom(Kind.WORD, (word,)) for word in words])
        return atoms[0] if len(atoms) == 1 else And(atoms)
    nodes = [_term(word) for word in text.split(" ")]
    known = tuple(node for node in nodes if node is not None)
    if len(known) < len(nodes) or isinstance(known[0], Not):
        return None
    return known[0] if len(known) == 1 else And(known)


def _term(piece: str) -> Node | None:
    if piece[:1] != "-":
        return _word(piece)
    inner = _word(piece[1:])
    return None if inner is None else Not(inner)


def _word(piece: str) -> Atom | None:
    if not is_word(piece) or piece in OPERATORS:
        return None
    if piece == piece.lower():
        return Atom(Kind.WORD, (piece,))
    return Atom(Kind.ACRONYM, (piece,)) if is_acronym(piece) else None


def _phrase(text: str) -> Atom | None:
    inner = text[1:-1]
    words = tuple(inner.split(" "))
    if text.count('"') > 2 or not text.endswith('"') or len(words) < 2:
        return None
    known = bool(simple_words(inner)) or all(map(_word, words))
    return Atom(Kind.PHRASE, words) if known else None
