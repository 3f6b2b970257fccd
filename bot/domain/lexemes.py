"""A query's text cut into pieces: words, quotes, signs, each with its place."""

from dataclasses import dataclass

import regex

from bot.domain.errors import QueryError
from bot.domain.faults import Fault
from bot.domain.query import OPERATORS

FIELDS = ("title", "source", "lang", "category")
UNNAMED = "!="
OPENING = '"“„«'
_CLOSING = {'"': '"”“', "“": '”"“', "„": '“”"', "«": '»"'}
_LEXEME = regex.compile(
    r"""(?P<space>(?:\s|\p{Cf})+) | (?P<open>\() | (?P<close>\)) | (?P<or>\|+)
      | (?P<near>~\d*) | (?P<not>[-−–](?=[^\s)|])) | (?P<quote>["“„«])
      | (?P<word>(?:[^\s()|"“„«]|(?<=[א-ת])["“](?=[א-ת]))+)
    """,
    regex.VERBOSE,
)
_GERSHAYIM = regex.compile(r"""(?<=[א-ת])["”“](?=[א-ת])""")
"""A quotation mark inside a Hebrew word makes it an acronym (נאט"ו)."""


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of the query: its kind, text, and position counted from 1."""

    kind: str
    text: str
    at: int


def lexemes(text: str) -> list[Lexeme]:
    """The pieces of a query, blanks left out.

    Raises:
        QueryError: a quote is never closed.
    """
    found: list[Lexeme] = []
    at = 0
    while at < len(text):
        match = _LEXEME.match(text, at)
        if match is None:  # cannot be: the last alternative takes what is left
            raise QueryError(Fault.ODD_CHARACTER, at + 1)
        kind = str(match.lastgroup)
        end = match.end()
        if kind == "quote":
            end = _quoted(text, at)
        if kind == "word" and match.group().casefold().rstrip(":") in FIELDS:
            end = _field_end(text, end)
        if kind == "word" and match.group() == UNNAMED and text[end : end + 1] in _CLOSING:
            end = _quoted(text, end)
        if kind != "space":
            found.append(_lexeme(kind, text[at:end], at + 1))
        at = end
    return found


def _quoted(text: str, at: int) -> int:
    closing = _CLOSING[text[at]]
    for place in range(at + 1, len(text)):
        if text[place] in closing and not _GERSHAYIM.match(text, place):
            return place + 1
    raise QueryError(Fault.OPEN_QUOTE, at + 1, at=at + 1)


def _field_end(text: str, end: int) -> int:
    """`title:"a b"` is one piece."""
    if text[end - 1] == ":" and end < len(text) and text[end] in OPENING:
        return _quoted(text, end)
    return end


def _lexeme(kind: str, text: str, at: int) -> Lexeme:
    if kind == "word" and text in OPERATORS:
        return Lexeme(text.lower(), text, at)
    return Lexeme(kind, text, at)
