"""What one term means, asked of one article: whether it is met, and by which word where."""

from collections.abc import Iterator, Sequence
from itertools import chain, repeat

from bot.domain.documents import Document, Occurrence
from bot.domain.model import MatchedWord, MatchField
from bot.domain.pieces import Place, Word, acronym_key, pieces_in, places_of
from bot.domain.query import Atom, Kind
from bot.domain.text import dense_within, fold, is_dense, same_word, stem, tokens

_MARKS: dict[Kind, MatchField] = {
    Kind.SOURCE: "source",
    Kind.LANGUAGE: "language",
    Kind.CATEGORY: "category",
}
NAMED = "name:"
"""Before an entity: the key of an article that names it."""

_PLACED = frozenset({Kind.EXACT, Kind.PHRASE, Kind.NEAR, Kind.SOME})


def keys_of(atom: Atom) -> tuple[str, ...]:  # noqa: PLR0911 - a table: one line a kind
    """The keys that every article has which meets the atom."""
    kind = atom.kind
    if kind is Kind.WORD or kind is Kind.DENSE:
        return atom.words
    if kind is Kind.PREFIX:
        return (f"{atom.words[0]}*",)
    if kind is Kind.NAME:
        return (f"{NAMED}{atom.words[0]}",)
    if kind is Kind.SOME:
        return (_some_key(atom),)
    if kind is Kind.UNNAMED:
        return ()
    if kind is Kind.EXACT:
        return (tokens(atom.words[0])[0].folded,)
    if kind in _MARKS:
        return tuple(dict.fromkeys(f"{kind}:{word}" for word in atom.words))
    words = atom.words[:2] if kind is Kind.NEAR else atom.words
    return tuple(dict.fromkeys(map(word_key, words)))


def is_plain(atom: Atom) -> bool:
    """Whether an article that has all the atom's keys meets it: no look at the text is needed."""
    return atom.field is None and atom.kind not in _PLACED


def has_key(key: str, document: Document) -> bool:
    """Whether the article has this key: as it stands, inflected, by a name, inside a text."""
    if key in document.keys or _is_named(key, document):
        return True
    if key.endswith("*"):
        return any(word.startswith(key[:-1]) and ":" not in word for word in document.keys)
    if is_dense(key):
        return any(dense_within(key, text) for text in document.dense.values())
    return is_inflected(key, stem(key, document.language or "en"), document)


def _is_named(key: str, document: Document) -> bool:
    if key.startswith(NAMED):
        return key.removeprefix(NAMED) in document.entities
    every = document.names.entities_of(key)
    return bool(every) and not document.entities.isdisjoint(every)


def is_inflected(word: str, root: str, document: Document) -> bool:
    """Whether another form of this folded word, whose stem is `root`, stands in the article."""
    likely = document.stems.get(root)
    if likely is None:
        return False
    if _is_form(word, likely, document):
        return True
    # `stems` keeps one word of each stem: rarely, it is another that meets
    return any(_is_form(word, one.word.folded, document) for one in document.rooted[root])


def _is_form(word: str, other: str, document: Document) -> bool:
    """Whether the article's `other` of the same stem is another form of the query's word."""
    alike = other != word and same_word(word, other)
    return alike and document.names.may_stem(word, other, document.language)


def meets(atom: Atom, document: Document) -> bool:
    """Whether the article meets the atom; reads the text only where that can decide it."""
    if atom.kind is Kind.UNNAMED:  # only where there is no table of names
        return True
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
        case Kind.SOME:
            return next(_by_some(atom, document), None)
        case Kind.SOURCE | Kind.LANGUAGE | Kind.CATEGORY:
            return _marked(atom, document)
        case _:
            return next(_single(atom, document), None)


def word_key(word: str) -> str:
    """The key of a word of an atom."""
    if word.isascii() and word == word.lower():
        return word
    return word if _kind_of(word) is Kind.WORD else acronym_key(word)


def _kind_of(word: str) -> Kind:
    """Among the words of an atom capitals are an acronym's."""
    return Kind.WORD if word == fold(word) else Kind.ACRONYM


def _single(atom: Atom, document: Document) -> Iterator[MatchedWord]:
    for one in _occurrences(atom.kind, atom.words[0], document):
        if atom.field in (None, one.field):
            yield MatchedWord(str(atom), one.word.text, one.field)


def _occurrences(kind: Kind, word: str, document: Document) -> Iterator[Occurrence]:
    known = document.occurrences
    match kind:
        case Kind.PREFIX:
            for form, found in known.items():
                if form.startswith(word):
                    yield from found
        case Kind.NAME:
            yield from document.mentions.get(word, ())
        case Kind.EXACT:
            found = known.get(tokens(word)[0].folded, [])
            yield from (one for one in found if one.word.text == word)
        case Kind.ACRONYM:
            yield from _written(word, document)
            yield from document.named(acronym_key(word))
        case _:
            yield from _written(word, document)
            yield from document.named(word)


def _written(word: str, document: Document) -> Iterator[Occurrence]:
    """Where this word itself stands, inflected too."""
    known = document.occurrences
    if _kind_of(word) is Kind.ACRONYM:
        yield from (one for one in known.get(fold(word), []) if one.word.capital)
        return
    yield from known.get(word, [])
    root = stem(word, document.language or "en")
    for one in document.rooted.get(root, []):
        if _is_form(word, one.word.folded, document):
            yield one


def stands(wanted: str, word: Word, document: Document) -> bool:
    """Whether a word of a phrase meets this word, as a term of its own would."""
    if _kind_of(wanted) is Kind.ACRONYM:
        return word.capital and fold(wanted) in word.forms
    if wanted in word.forms:
        return True
    alike = bool(word.root) and _is_form(wanted, word.folded, document)
    return alike and stem(wanted, document.language or "en") == word.root


def phrase_at(
    phrase: Atom, places: list[Place], start: int, document: Document
) -> tuple[Word, ...]:
    """The words that meet a phrase from this place on; empty: it is not there."""
    there = places[start : start + len(phrase.words)]
    if len(there) < len(phrase.words):
        return ()
    found: list[Word] = []
    signs = ("", *(phrase.signs or repeat("", len(there) - 1)))
    for wanted, sign, place in zip(phrase.words, signs, there, strict=True):
        word = next((one for one in place.words if stands(wanted, one, document)), None)
        if word is None or (found and place.gap and place.gap != sign):
            return ()
        found.append(word)
    return tuple(found)


def phrase_around(phrase: Atom, document: Document, field: MatchField, at: int) -> bool:
    """Whether a phrase begins in this piece of the text.

    Only as much is read as a phrase can take: pieces without words ("-") may stand between.
    """
    words, pieces = phrase.words, dict(document.pieces)[field]
    known = pieces_in(document.language)
    if known.stand(words, pieces[at : at + len(words)]):
        return True
    beginnings = len(known.piece(pieces[at]).places)
    places = places_of(pieces[at:], document.language, beginnings + len(words))
    return any(phrase_at(phrase, places, start, document) for start in range(beginnings))


def _phrase(atom: Atom, document: Document) -> Iterator[MatchedWord]:
    first = atom.words[0]
    for start in _occurrences(_kind_of(first), first, document):
        if atom.field in (None, start.field) and start.position >= 0:
            places = document.sequence[start.field]
            found = phrase_at(atom, places, start.position, document)
            if found:
                yield MatchedWord(str(atom), " ".join(one.text for one in found), start.field)


def _near(atom: Atom, document: Document) -> Iterator[MatchedWord]:
    one, other, *unnamed = atom.words
    for left in _counting(one, unnamed, document):
        for right in _counting(other, unnamed, document):
            apart = abs(left.position - right.position)
            if left.field == right.field and 0 < apart <= atom.distance:
                texts = f"{left.word.text} … {right.word.text}"
                yield MatchedWord(str(atom), texts, left.field)


def _counting(word: str, unnamed: Sequence[str], document: Document) -> Iterator[Occurrence]:
    """Where a word stands, or what it means is named by a name that counts."""
    for one in _occurrences(_kind_of(word), word, document):
        if one.name is None or one.name not in unnamed:
            yield one


def _some_key(atom: Atom) -> str:
    key = atom.words[0]
    return key if key.startswith(NAMED) else word_key(key)


def _by_some(atom: Atom, document: Document) -> Iterator[MatchedWord]:
    """The word as it stands, then what is meant by it, by any name that counts."""
    key, shown, *unnamed = atom.words
    meant = {key.removeprefix(NAMED), *document.names.entities_of(_some_key(atom))}
    for field, text in document.texts:
        if atom.field in (None, field):
            for word in _itself(key, field, document):
                yield MatchedWord(shown, word, field)
            for entity, name, word in _called(field, text, document):
                if entity in meant and name not in unnamed:
                    yield MatchedWord(shown, word, field)


def _itself(key: str, field: MatchField, document: Document) -> Iterator[str]:
    """Where a field has the word, not another name of what it names."""
    if dense_within(key, document.dense.get(field, "")):
        yield key
    yield from (one.word.text for one in _written(key, document) if one.field == field)


def _called(field: MatchField, text: str, document: Document) -> Iterator[tuple[str, str, str]]:
    """What a field names: the entity, the name's key, the words that stand there."""
    for one in document.names.mentions(text, document.language):
        yield one.entity, one.name, one.text
    for entity, name in document.names.all_inside(document.dense.get(field, "")):
        yield entity, name, name


def _dense(atom: Atom, document: Document) -> MatchedWord | None:
    for field, text in document.dense.items():
        if atom.field in (None, field) and dense_within(atom.words[0], text):
            return MatchedWord(str(atom), atom.words[0], field)
    alone = document.occurrences.get(atom.words[0], ())
    every = chain(alone, document.named(atom.words[0]))
    found = (one for one in every if atom.field in (None, one.field))
    return next((MatchedWord(str(atom), one.word.text, one.field) for one in found), None)


def _marked(atom: Atom, document: Document) -> MatchedWord | None:
    if not document.keys.issuperset(keys_of(atom)):
        return None
    return MatchedWord(str(atom), " ".join(atom.words), _MARKS[atom.kind])
