"""Full-text search: by which words an article is found, and which a query cannot do without.

The index only finds candidates; the matcher decides (PRODUCT.md). So it may find too much, never
too little. Words are written so that no tokenizer takes them apart: what is not ASCII as the
hexadecimal of its UTF-8. What a source is called is indexed, too:
where the catalogue gives it another name, its articles are filed anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.domain.aliases import with_names
from bot.domain.documents import Document
from bot.domain.names import Names
from bot.domain.query import And, Atom, Kind, Node, Not, Or, Query
from bot.domain.reasons import NAMED, keys_of
from bot.domain.stopwords import is_stop_word
from bot.domain.text import STEMMERS, compact, fold, glued, is_dense, stem

_TELLS = 3
"""Letters of a word that tells something."""

_MOST_PARTS = 12
_MARK = "m"
_LONGEST = 64
"""Characters of a word that count: PostgreSQL takes 2,046 bytes, an address can be longer."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the index; `beginning`: any word that begins so."""

    text: str
    beginning: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part is there."""

    parts: "tuple[Wanted, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part is there."""

    parts: "tuple[Wanted, ...]"


Wanted = Word | AllOf | AnyOf


def words_of(document: Document) -> frozenset[str]:
    """The words under which an article is found."""
    found = {_written(_kind_of(key), key.lower()[:_LONGEST]) for key in document.keys}
    found.update(_written("s", root) for root in document.stems)
    found.update(_written("n", entity) for entity in document.entities)
    for text in document.dense.values():
        found.update(_written("d", gram) for gram in (*_grams(glued(text)), text[-1:]))
    return frozenset(found)


def wanted_by(query: Query, names: Names) -> Wanted:
    """What every article has that meets the query.

    Raises:
        ValueError: it looks for nothing; the grammar refuses such a query.
    """
    found = _wanted(with_names(query.node, names), names)
    if found is None:
        raise ValueError(f"“{query.text}” looks for nothing")
    return found


def wanted_like(document: Document) -> Wanted | None:
    """What articles have that are related to this one: two of its names and headline's words.

    None: it says too little.
    """
    words = [
        _any_of([Word(_written("w", word.folded)), *_of_stem(word.root)])
        for place in document.sequence.get("title", ())
        for word in place.words[:1]
        if len(word.folded) >= _TELLS and not is_stop_word(word.folded, document.language)
    ]
    named = [Word(_written("n", entity)) for entity in sorted(document.entities)]
    dense = [Word(_written("d", gram)) for gram in _grams(glued(document.dense.get("title", "")))]
    parts = list(dict.fromkeys([*named, *words, *dense]))[:_MOST_PARTS]
    pairs = [AllOf((one, _any_of(parts[count:]))) for count, one in enumerate(parts[:-1], start=1)]
    return _any_of([*pairs]) if pairs else None


def _of_stem(root: str) -> list[Word]:
    return [Word(_written("s", root))] if root else []


def _wanted(node: Node, names: Names) -> Wanted | None:
    match node:
        case Not():
            return None
        case Atom():
            return _of_atom(node, names)
        case And(nodes):
            parts = [one for one in (_wanted(node, names) for node in nodes) if one is not None]
            return _joined(parts)
        case Or(nodes):
            every = [_wanted(one, names) for one in nodes]
            some = [one for one in every if one is not None]
            return AnyOf(tuple(some)) if len(some) == len(every) else None


def _of_atom(atom: Atom, names: Names) -> Wanted | None:
    if atom.kind is Kind.PREFIX:
        return _beginning("w", atom.words[0])
    return _joined([_of_key(key, names) for key in keys_of(atom)])


def _of_key(key: str, names: Names) -> Wanted:
    """A word as it stands, inflected in some language, or another name of the same."""
    if key.startswith(NAMED):
        return Word(_written("n", key.removeprefix(NAMED)))
    if _kind_of(key) == _MARK:
        return Word(_written(_MARK, key.lower()))
    named = [Word(_written("n", entity)) for entity in sorted(names.entities_of(key))]
    folded = fold(key)
    if is_dense(key):
        return _any_of([_of_text(compact(key)), Word(_written("w", folded)), *named])
    stems = [Word(_written("s", root)) for root in sorted(set(_stems(folded)))]
    return _any_of([Word(_written("w", folded)), *stems, *named])


def _of_text(text: str) -> Wanted:
    """All pairs of neighbours of a text without blanks; of one character: any pair with it."""
    if len(text) == 1:
        return _beginning("d", text)
    return AllOf(tuple(Word(_written("d", gram)) for gram in _grams(text)))


def _beginning(kind: str, text: str) -> Wanted:
    """Words that begin so, written either way."""
    start = text[:_LONGEST]
    hexadecimal = Word(f"{kind}0x{start.encode().hex()}", beginning=True)
    return (
        _any_of([Word(f"{kind}{start}", beginning=True), hexadecimal])
        if (start.isascii() and start.isalnum())
        else hexadecimal
    )


def _any_of(parts: Sequence[Wanted]) -> Wanted:
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def _joined(parts: list[Wanted]) -> Wanted | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    return AllOf(tuple(parts))


def _stems(folded: str) -> Iterator[str]:
    """Its stem in every language that has one for it."""
    for language in STEMMERS:
        root = stem(folded, language)
        if root:
            yield root


def _grams(text: str) -> list[str]:
    """Pairs of neighbouring characters."""
    return ["".join(pair) for pair in pairwise(text)]


def _kind_of(key: str) -> str:
    """What is said of an article, not in it, holds a colon (`lang:de`)."""
    return _MARK if ":" in key else "w"


@lru_cache(maxsize=65_536)
def _written(kind: str, text: str) -> str:
    start = text[:_LONGEST]
    if start.isascii() and start.isalnum():
        return f"{kind}{start}"
    return f"{kind}0x{start.encode().hex()}"
