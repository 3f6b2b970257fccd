"""What can be wrong with what people type and send, each with its sentence in English.

The other languages have theirs in `bot/rendering/locales`. English is here, because the command
line, the web, and the log say it too, where no chat has a language.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

Value = str | int


class Fault(Enum):
    """A fault, and what is said about it; where a number decides the plural it is `count`."""

    # a query
    QUERY_TOO_LONG = "a query has at most {count} characters, this one {length}"
    QUERY_EMPTY = "the query is empty"
    TOO_MANY_TERMS = "a query has at most {count} terms"
    OPEN_QUOTE = "the quote opened at character {at} is never closed"
    OPEN_BRACKET = "the bracket opened at character {at} is never closed"
    LONE_BRACKET = "this bracket closes nothing"
    ODD_CHARACTER = "this character cannot stand here"
    NESTED_TOO_DEEP = "brackets and exclusions stand too deep inside one another"
    WORD_MISSING = "a word is missing here"
    NAME_ALONE = "“!=” stands beside the word whose name it is"
    NAME_LEFT_OUT = "“!=” cannot be left out"
    NAME_MISSING = "a name follows “!=”"
    EXCLUSION_MISSING = "what is to be left out is missing"
    NEARNESS_RANGE = "nearness is a number of words from 1 to {most}"
    NEARNESS_OPEN = "a word is missing after the nearness"
    NEARNESS_WORDS = "nearness joins two single words"
    BETWEEN_WORDS = "“{text}” stands between two words"
    VALUE_MISSING = "“{name}:” needs a value behind it"
    LANGUAGE_CODE = "a language is a code such as de or pt-BR"
    SOURCE_NUMBER = "a source's number follows the #"
    SOURCE_WORD = "there is no word in this source"
    TITLE_WORDS = "the title takes one word or a phrase"
    CATEGORIES = "the categories are {names}"
    EXACT_WORD = "“=” takes one word"
    PREFIX_WORD = "“*” follows the beginning of one word, two letters or more"
    EMPTY_QUOTES = "there is no word between these quotes"
    NOTHING_TO_FIND = "“{text}” has no letter or digit to look for"
    ONLY_EXCLUSIONS = (
        "a query with only exclusions would ring for everything: add a word to look for"
    )
    LANGUAGE_ALONE = "a language alone would ring for everything in it: add a word"
    EVERYWHERE = "“{word}” stands in nearly every article: add a word that does not"

    # a file
    FILE_TOO_LARGE = "the file is larger than {size} kB"
    FILE_EMPTY = "there is nothing in it"
    FILE_TOO_SLOW = "reading it takes too long"
    FILE_TOO_HEAVY = "reading it takes too much memory"
    FILE_ENDLESS = "its elements are nested without end"
    TOO_MANY_ENTRIES = "the file has {count} entries; {most} are the most"
    NO_UTF8 = "byte {at} is no UTF-8 text"
    LONG_LINE = "line {line} is longer than {count} characters"
    NO_EXPORT = "this is no export of version {version}"
    NO_JSON = "line {line}, column {column} is no proper JSON"
    JSON_TOO_DEEP = "its lists are nested too deep, or a number is too long"
    JSON_NUMBER = "{name} is no number of JSON"
    NO_OBJECT = "{where} is no object"
    NO_LIST = "{where} is no list"
    NO_TEXT = "{where} is no text"
    LONG_TEXT = "{where} is longer than {count} characters"
    NO_FLAG = "{where} is neither true nor false"
    NO_CHOICE = "{where} is none of {allowed}"
    NO_MOMENT = "{where} is no moment (ISO 8601)"
    NO_TOPIC = "{where} is no topic's number"

    # a list of sources
    LIST_TOO_LARGE = "the list is larger than {size} kB"
    LIST_EMPTY = "the list is empty"
    NO_OPML = "this is XML, but no OPML"
    NO_XML = "line {line}, column {column} is no proper XML"
    DOCTYPE = "the list has a DOCTYPE, which is not accepted"
    ENCODING = "its encoding is none that is read here; UTF-8 is"
    TOO_MANY_SOURCES = "the list has {count} sources; {most} are the most"
    DEEP_FOLDERS = "folders are nested more than {count} deep"

    @property
    def key(self) -> str:
        """What its sentence is called in a locale."""
        return f"fault_{self.name.lower()}"


@dataclass(frozen=True, slots=True)
class Complaint:
    """A fault with the values of its sentence; as text the English one."""

    fault: Fault
    values: Mapping[str, Value]

    def __str__(self) -> str:
        return self.fault.value.format(**self.values)


def packed(one: Complaint) -> str:
    """A complaint as a text that is stored until it is told, in whichever language."""
    return json.dumps([one.fault.name, dict(one.values)], ensure_ascii=False)


def unpacked(text: str) -> Complaint | None:
    """The complaint behind `packed`; None: another version stored it, which said it otherwise."""
    try:
        name, values = json.loads(text)
        return Complaint(Fault[name], values)
    except (ValueError, KeyError):
        return None
