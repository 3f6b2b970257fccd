"""What a query means, spelled out slowly: the yardstick for the index.

One query at a time, one term at a time, over the plain list of an article's words; nothing of the
index, of its keys or of its analysis is used, only the text layer (words, folding, stems).
"""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from bot.domain.endings import INFLECTING
from bot.domain.families import are_apart
from bot.domain.headlines import beginning
from bot.domain.model import Article
from bot.domain.names import NO_NAMES, Names
from bot.domain.particles import forms_of
from bot.domain.query import And, Atom, Kind, Node, Not, Or
from bot.domain.stopwords import is_stop_word
from bot.domain.text import (
    Token,
    base_language,
    dense_within,
    fold,
    same_word,
    spaced,
    stem,
    tokens,
)


@dataclass(frozen=True)
class Text:
    """One field of an article, its words in order."""

    field: str
    text: str
    words: list[Token]


def meets(node: Node, article: Article, names: Names = NO_NAMES) -> bool:
    """Whether an article meets a query."""
    return _meets(node, article, _texts(article), names)


def _unnamed(node: Node) -> frozenset[str]:
    return frozenset(
        one.words[0]
        for one in (node.nodes if isinstance(node, And) else ())
        if isinstance(one, Atom) and one.kind is Kind.UNNAMED
    )


@lru_cache(maxsize=8)
def _texts(article: Article) -> list[Text]:
    title = article.title or beginning(article.summary)
    return [
        Text(name, text, tokens(text))
        for name, text in (("title", title), ("summary", article.summary))
    ]


def _meets(
    node: Node,
    article: Article,
    texts: list[Text],
    names: Names,
    unnamed: frozenset[str] = frozenset(),
) -> bool:
    """`unnamed`: the names that do not count."""
    unnamed |= _unnamed(node)
    match node:
        case Not(inner):
            return not _meets(inner, article, texts, names, unnamed)
        case And():
            left = _rest(node, article, names, unnamed)
            return all(_meets(one, article, texts, names, unnamed) for one in left)
        case Or(nodes):
            return any(_meets(one, article, texts, names, unnamed) for one in nodes)
        case Atom():
            fields = [one for one in texts if node.field in (None, one.field)]
            named = _named(_key(node), fields, article, names, unnamed)
            return named or _atom(node, article, fields, names, unnamed)


def _rest(node: And, article: Article, names: Names, unnamed: frozenset[str]) -> list[Node]:
    """What is left to ask when names of several words are met by another name."""
    left = [one for one in node.nodes if not _is_unnamed(one)]
    atoms = [one for one in left if isinstance(one, Atom) and _is_plain(one)]
    plain = {one.words[0].casefold(): one for one in atoms}
    for words, entity in names.phrases_in(frozenset(plain)):
        there = _entities(_texts(article), article, names, unnamed)
        if words <= plain.keys() and entity in there:
            for word in words:
                left.remove(plain.pop(word))
    return left


def _is_plain(atom: Atom) -> bool:
    return atom.kind in (Kind.WORD, Kind.ACRONYM) and atom.field is None


def _key(atom: Atom) -> str:
    if atom.kind in (Kind.WORD, Kind.ACRONYM, Kind.DENSE):
        return atom.words[0]
    return " ".join(atom.words) if atom.kind is Kind.PHRASE else ""


def _is_unnamed(node: Node) -> bool:
    return isinstance(node, Atom) and node.kind is Kind.UNNAMED


def _named(
    key: str, texts: list[Text], article: Article, names: Names, unnamed: frozenset[str]
) -> bool:
    words = frozenset(key.casefold().split())
    wanted = set(names.entities_of(key))
    if len(words) > 1:
        wanted |= {entity for found, entity in names.phrases_in(words) if found == words}
    return bool(wanted & _entities(texts, article, names, unnamed))


def _entities(
    texts: list[Text], article: Article, names: Names, unnamed: frozenset[str]
) -> set[str]:
    language = base_language(article.language)
    found = [(m.entity, m.name) for one in texts for m in names.mentions(one.text, language)]
    found += [pair for one in texts for pair in names.all_inside(spaced(one.text))]
    return {entity for entity, name in found if name not in unnamed}


def _atom(  # noqa: PLR0911 - a table: one line a kind
    atom: Atom, article: Article, texts: list[Text], names: Names, unnamed: frozenset[str]
) -> bool:
    language = base_language(article.language)
    match atom.kind:
        case Kind.LANGUAGE:
            return language == atom.words[0]
        case Kind.CATEGORY:
            return article.section is not None and article.section.casefold() == atom.words[0]
        case Kind.SOURCE:
            return _source(atom.words, article)
        case Kind.DENSE:
            return any(_dense(atom.words[0], one) for one in texts)
        case Kind.PHRASE:
            return any(_phrase(atom, one, language, names) for one in texts)
        case Kind.NEAR:
            return any(_near(atom, one, language, names, unnamed) for one in texts)
        case _:
            return any(_word(atom, one, language, names) for text in texts for one in text.words)


def _source(words: tuple[str, ...], article: Article) -> bool:
    if words[0].startswith("#"):
        return words[0] == f"#{article.source}"
    host = (urlsplit(article.link or "").hostname or "").removeprefix("www.")
    named = {token.folded for token in tokens(f"{article.source_title} {host.replace('.', ' ')}")}
    return named.issuperset(words)


def _word(atom: Atom, token: Token, language: str | None, names: Names) -> bool:
    wanted = atom.words[0]
    match atom.kind:
        case Kind.PREFIX:
            return any(one.startswith(wanted) for one in forms_of(token.folded, language))
        case Kind.EXACT:
            return token.text == wanted
        case _:
            return _same(wanted, token, language, names)


def _same(wanted: str, token: Token, language: str | None, names: Names) -> bool:
    """As a word of a query meets a word of a text."""
    if wanted != fold(wanted):
        return fold(wanted) in forms_of(token.folded, language) and _shouts(token, language)
    if wanted in forms_of(token.folded, language):
        return True
    root = stem(wanted, language or "en")
    return (
        bool(root)
        and _may_stem(wanted, token.folded, language, names)
        and root == stem(token.folded, language or "en")
        and same_word(wanted, token.folded)
    )


def _may_stem(wanted: str, word: str, language: str | None, names: Names) -> bool:
    """Names have endings of their own, are never stemmed into one another, and lose no letter."""
    longer = max(wanted, word, key=len)
    peoples = ("houthis", "huthis", "kurds", "kurdes", "kurdos", "uyghurs", "uighurs")
    if are_apart(wanted, word, language) or (names.entities_of(longer) and longer not in peoples):
        return False
    if not names.entities_of(wanted):
        return True
    return language not in INFLECTING and not names.entities_of(word)


def _shouts(token: Token, language: str | None) -> bool:
    text = token.text
    if text == text.lower():
        return False
    only_first = text[1:] == text[1:].lower()
    return not (only_first and is_stop_word(token.folded, language))


def _phrase(atom: Atom, text: Text, language: str | None, names: Names) -> bool:
    signs = atom.signs or ("",) * len(atom.words)
    places: dict[int, list[Token]] = {}
    for token in text.words:
        places.setdefault(token.position, []).append(token)
    return any(
        all(
            any(_same(word, token, language, names) for token in places.get(start + step, []))
            and (step == 0 or places[start + step][0].gap in ("", signs[step - 1]))
            for step, word in enumerate(atom.words)
        )
        for start in places
    )


def _near(
    atom: Atom, text: Text, language: str | None, names: Names, unnamed: frozenset[str]
) -> bool:
    places = [_places(word, text, language, names, unnamed) for word in atom.words]
    return any(0 < abs(a - b) <= atom.distance for a in places[0] for b in places[1])


def _places(
    word: str, text: Text, language: str | None, names: Names, unnamed: frozenset[str]
) -> list[int]:
    """Where a word stands, or another name of what it names, if it counts."""
    meant = names.entities_of(word)
    every = names.mentions(text.text, language)
    named = [one.start for one in every if one.entity in meant and one.name not in unnamed]
    return [one.position for one in text.words if _same(word, one, language, names)] + named


def _dense(word: str, text: Text) -> bool:
    return dense_within(word, spaced(text.text)) or word in [one.folded for one in text.words]
