"""All atoms of all queries, and which of them an article meets.

Each atom is decided once per article, however many queries hold it. Words are found by look-up in
the smaller of two sets, so that the cost follows the article's length, not the number of atoms.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from bot.domain.documents import Document, Occurrence
from bot.domain.model import MatchedWord
from bot.domain.query import Atom, Kind
from bot.domain.stopwords import is_stop_word
from bot.domain.text import Token, dense_within, fold, same_word, stem

Met = dict[str, MatchedWord]
"""Atoms met, by canonical text, each with its first reason."""


class Vocabulary:
    """The distinct atoms of a set of queries, counted, filed under what finds them."""

    def __init__(self) -> None:
        self._uses: dict[str, int] = {}
        self._by_word: dict[str, list[Atom]] = {}
        self._by_prefix: dict[str, list[Atom]] = {}
        self._prefix_lengths: dict[int, int] = {}
        self._by_dense: dict[str, list[Atom]] = {}
        self._listed: dict[str, list[Atom]] = {}
        self._stems: dict[str, dict[str, list[str]]] = {}

    def add(self, atom: Atom) -> None:
        """Count one more use of the atom; file it at the first."""
        name = str(atom)
        self._uses[name] = self._uses.get(name, 0) + 1
        if self._uses[name] == 1:
            for table, key in self._places(atom):
                if table is self._by_word and key not in table:
                    self._file_stems(key)
                if table is self._by_prefix:
                    self._prefix_lengths[len(key)] = self._prefix_lengths.get(len(key), 0) + 1
                table.setdefault(key, []).append(atom)

    def discard(self, atom: Atom) -> None:
        """Count one use less; forget the atom at the last."""
        name = str(atom)
        self._uses[name] = self._uses.get(name, 0) - 1
        if self._uses[name] > 0:
            return
        del self._uses[name]
        for table, key in self._places(atom):
            table[key].remove(atom)
            if not table[key]:
                del table[key]

    def met(self, document: Document) -> Met:
        """Which atoms this article meets, and by which of its words."""
        found: Met = {}
        for atom in self._candidates(document):
            name = str(atom)
            if name not in found:
                reason = reason_of(atom, document)
                if reason is not None:
                    found[name] = reason
        return found

    def _candidates(self, document: Document) -> Iterator[Atom]:
        for word in self._by_word.keys() & self._known_words(document):
            yield from self._by_word[word]
        yield from self._prefixed(document)
        yield from self._dense(document)
        for table in self._listed.values():
            yield from table

    def _known_words(self, document: Document) -> set[str]:
        """The article's words, and the words of queries that share a stem with one of them."""
        known = set(document.words)
        language = document.language or "en"
        table = self._stems.get(language)
        if table is None:
            table = self._stems[language] = self._stem_table(language)
        for one in document.stems.keys() & table.keys():
            known.update(table[one])
        return known

    def _prefixed(self, document: Document) -> Iterator[Atom]:
        for length in self._prefix_lengths:
            beginnings = {word[:length] for word in document.words if len(word) >= length}
            for beginning in beginnings & self._by_prefix.keys():
                yield from self._by_prefix[beginning]

    def _dense(self, document: Document) -> Iterator[Atom]:
        if not self._by_dense or not document.dense:
            return
        grams: set[str] = set()
        for text in document.dense.values():
            grams.update(text)
            grams.update(map("".join, pairwise(text)))
        for gram in grams & self._by_dense.keys():
            yield from self._by_dense[gram]

    def _places(self, atom: Atom) -> list[tuple[dict[str, list[Atom]], str]]:
        """Where an atom is filed: under the one feature that every article it meets has."""
        match atom.kind:
            case Kind.PREFIX:
                return [(self._by_prefix, atom.words[0])]
            case Kind.DENSE:
                return [(self._by_dense, atom.words[0][:2])]
            case Kind.SOURCE | Kind.LANGUAGE | Kind.CATEGORY:
                return [(self._listed, str(atom))]
            case Kind.PHRASE | Kind.NEAR:
                return [(self._by_word, max(map(fold, atom.words), key=len))]
            case _:
                return [(self._by_word, fold(atom.words[0]))]

    def _file_stems(self, word: str) -> None:
        for language, table in self._stems.items():
            root = stem(word, language)
            if root:
                table.setdefault(root, []).append(word)

    def _stem_table(self, language: str) -> dict[str, list[str]]:
        table: dict[str, list[str]] = defaultdict(list)
        for word in self._by_word:
            root = stem(word, language)
            if root:
                table[root].append(word)
        return dict(table)


def vocabulary_of(atoms: Iterable[Atom]) -> Vocabulary:
    """The vocabulary of a few atoms."""
    made = Vocabulary()
    for atom in atoms:
        made.add(atom)
    return made


def reason_of(  # noqa: PLR0911 - a table: one line a kind
    atom: Atom, document: Document
) -> MatchedWord | None:
    """Why the article meets the atom: the first word that does; None: it does not."""
    match atom.kind:
        case Kind.WORD | Kind.ACRONYM | Kind.EXACT | Kind.PREFIX:
            return next(_single(atom, document), None)
        case Kind.PHRASE:
            return next(_phrase(atom, document), None)
        case Kind.NEAR:
            return next(_near(atom, document), None)
        case Kind.DENSE:
            return _dense(atom, document)
        case Kind.SOURCE:
            return _source(atom, document)
        case Kind.LANGUAGE:
            met = document.language == atom.words[0]
            return MatchedWord(str(atom), atom.words[0], "language") if met else None
        case Kind.CATEGORY:
            met = document.section == atom.words[0]
            return MatchedWord(str(atom), atom.words[0], "category") if met else None


def _single(atom: Atom, document: Document) -> Iterator[MatchedWord]:
    for one in _occurrences(atom.kind, atom.words[0], document):
        if atom.field in (None, one.field):
            yield MatchedWord(str(atom), one.token.text, one.field)


def _occurrences(kind: Kind, word: str, document: Document) -> Iterator[Occurrence]:
    if kind is Kind.PREFIX:
        for folded, found in document.words.items():
            if folded.startswith(word):
                yield from found
        return
    exact = document.words.get(fold(word), [])
    match kind:
        case Kind.EXACT:
            yield from (one for one in exact if one.token.text == word)
        case Kind.ACRONYM:
            language = document.language
            yield from (one for one in exact if _is_capital(one.token, language))
        case _:
            yield from exact
            yield from _inflected(word, document)


def _inflected(word: str, document: Document) -> Iterator[Occurrence]:
    folded = fold(word)
    for one in document.stems.get(stem(folded, document.language or "en"), []):
        if one.token.folded != folded and same_word(folded, one.token.folded):
            yield one


def _is_capital(token: Token, language: str | None) -> bool:
    """An acronym never meets an all-lower-case word, nor a capitalised stop word ("Who knew")."""
    text = token.text
    if text == text.lower():
        return False
    return not (text[1:] == text[1:].lower() and is_stop_word(token.folded, language))


def _kind_of(word: str) -> Kind:
    """Inside a phrase: capitals are an acronym's."""
    return Kind.WORD if word == fold(word) else Kind.ACRONYM


def _phrase(atom: Atom, document: Document) -> Iterator[MatchedWord]:
    first, *rest = atom.words
    for start in _occurrences(_kind_of(first), first, document):
        if atom.field not in (None, start.field):
            continue
        found = [start.token]
        for step, word in enumerate(rest, start=1):
            pieces = document.positions.get((start.field, start.token.position + step), [])
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


def _source(atom: Atom, document: Document) -> MatchedWord | None:
    name = atom.words[0]
    met = (
        name == f"#{document.source_id}"
        if name.startswith("#")
        else document.source_words.issuperset(atom.words)
    )
    return MatchedWord(str(atom), " ".join(atom.words), "source") if met else None
