"""What one term means, asked of one article: whether it is met, and by which word where."""

from collections.abc import Iterator

from bot.domain.documents import Document, Occurrence, acronym_key, is_capital
from bot.domain.model import MatchedWord, MatchField
from bot.domain.query import Atom, Kind
from bot.domain.text import Token, dense_within, fold, is_dense, same_word, stem, tokens

_MARKS: dict[Kind, MatchField] = {
    Kind.SOURCE: "source",
    Kind.LANGUAGE: "language",
    Kind.CATEGORY: "category",
}


def keys_of(atom: Atom) -> tuple[str, ...]:
    """The keys that every article has which meets the atom."""
    match atom.kind:
        case Kind.PREFIX:
            return (f"{atom.words[0]}*",)
        case Kind.EXACT:
            return (tokens(atom.words[0])[0].folded,)
        case Kind.SOURCE | Kind.LANGUAGE | Kind.CATEGORY:
            return tuple(dict.fromkeys(f"{atom.kind}:{word}" for word in atom.words))
        case Kind.DENSE:
            return atom.words
        case _:
            return tuple(dict.fromkeys(map(_key, atom.words)))


def is_plain(atom: Atom) -> bool:
    """Whether an article that has all the atom's keys meets it: no look at the text is needed."""
    return atom.field is None and atom.kind not in (Kind.EXACT, Kind.PHRASE, Kind.NEAR)


def has_key(key: str, document: Document) -> bool:
    """Whether the article has this key: as it stands, inflected, or inside a dense text."""
    if key in document.keys:
        return True
    if key.endswith("*"):
        return any(word.startswith(key[:-1]) for word in document.keys)
    if is_dense(key):
        return any(dense_within(key, text) for text in document.dense.values())
    return is_inflected(key, document)


def is_inflected(word: str, document: Document) -> bool:
    """Whether another form of this folded word stands in the article."""
    language = document.language or "en"
    root = stem(word, language)
    likely = document.stems.get(root)
    if likely is None:
        return False
    if likely != word and same_word(word, likely):
        return True
    return any(  # `stems` keeps one word of each stem: rarely, it is another that meets
        one != word and same_word(word, one) and stem(one, language) == root
        for one in document.keys
    )


def meets(atom: Atom, document: Document) -> bool:
    """Whether the article meets the atom; reads the text only where that can decide it."""
    if not all(has_key(key, document) for key in keys_of(atom)):
        return False
    return is_plain(atom) or reason_of(atom, document) is not None


def reason_of(atom: Atom, document: Document) -> MatchedWord | None:
    """Why the article meets the atom: the first word that does; None: it does not."""
    match atom.kind:
        case Kind.PHRASE:
            return next(_phrase(atom, document), None)
        case Kind.NEAR:
            return next(_near(atom, document), None)
        case Kind.DENSE:
            return _dense(atom, document)
        case Kind.SOURCE | Kind.LANGUAGE | Kind.CATEGORY:
            return _marked(atom, document)
        case _:
            return next(_single(atom, document), None)


def _key(word: str) -> str:
    return word if _kind_of(word) is Kind.WORD else acronym_key(word)


def _kind_of(word: str) -> Kind:
    """Among the words of an atom capitals are an acronym's."""
    return Kind.WORD if word == fold(word) else Kind.ACRONYM


def _single(atom: Atom, document: Document) -> Iterator[MatchedWord]:
    for one in _occurrences(atom.kind, atom.words[0], document):
        if atom.field in (None, one.field):
            yield MatchedWord(str(atom), one.token.text, one.field)


def _occurrences(kind: Kind, word: str, document: Document) -> Iterator[Occurrence]:
    words = document.reading.words
    match kind:
        case Kind.PREFIX:
            for folded, found in words.items():
                if folded.startswith(word):
                    yield from found
        case Kind.EXACT:
            folded = tokens(word)[0].folded
            yield from (one for one in words.get(folded, []) if one.token.text == word)
        case Kind.ACRONYM:
            found = words.get(fold(word), [])
            yield from (one for one in found if is_capital(one.token, document.language))
        case _:
            yield from words.get(word, [])
            yield from _inflected(word, document)


def _inflected(word: str, document: Document) -> Iterator[Occurrence]:
    root = stem(word, document.language or "en")
    for one in document.reading.stems.get(root, []):
        if one.token.folded != word and same_word(word, one.token.folded):
            yield one


def _phrase(atom: Atom, document: Document) -> Iterator[MatchedWord]:
    first, *rest = atom.words
    positions = document.reading.positions
    for start in _occurrences(_kind_of(first), first, document):
        if atom.field not in (None, start.field):
            continue
        found = [start.token]
        for step, word in enumerate(rest, start=1):
            pieces = positions.get((start.field, start.token.position + step), [])
            here = _piece(pieces, word, document)
            if here is None or not pieces[0].joined:
                break
            found.append(here)
        else:
            yield MatchedWord(str(atom), " ".join(one.text for one in found), start.field)


def _piece(pieces: list[Token], word: str, document: Document) -> Token | None:
    """The piece at this position that is the word, as a single term would meet it."""
    met = {one.token for one in _occurrences(_kind_of(word), word, document)}
    return next((piece for piece in pieces if piece in met), None)


def _near(atom: Atom, document: Document) -> Iterator[MatchedWord]:
    one, other = atom.words
    for left in _occurrences(_kind_of(one), one, document):
        for right in _occurrences(_kind_of(other), other, document):
            apart = abs(left.token.position - right.token.position)
            if left.field == right.field and 0 < apart <= atom.distance:
                texts = f"{left.token.text} … {right.token.text}"
                yield MatchedWord(str(atom), texts, left.field)


def _dense(atom: Atom, document: Document) -> MatchedWord | None:
    for field, text in document.dense.items():
        if atom.field in (None, field) and dense_within(atom.words[0], text):
            return MatchedWord(str(atom), atom.words[0], field)
    return None


def _marked(atom: Atom, document: Document) -> MatchedWord | None:
    if not document.keys.issuperset(keys_of(atom)):
        return None
    return MatchedWord(str(atom), " ".join(atom.words), _MARKS[atom.kind])
