"""What is done to a document before it is parsed, so that a small fault costs little."""

import re
from html import entities

_DECLARATION = re.compile(r"(?:<\?xml\s[^>]{0,300}>\s*)+")
_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_JUNK = 4_096
"""Characters before the document that a server may have put there: warnings, blank lines."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_NUMBER = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,64})|([0-9]{1,64}));")
_NAME = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_BARE = re.compile(r"&(?![A-Za-z][A-Za-z0-9._-]{0,63};|#[0-9]{1,64};|#[xX][0-9a-fA-F]{1,64};)")
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)


def mended(text: str) -> str:
    """The document as XML 1.0 wants it: nothing before it, no control characters, no `&` alone.

    Its declaration goes: it is text by now, whatever was declared. References to numbers that are
    no characters go too; HTML's names become numbers.
    """
    return "".join(
        part if part.startswith("<![CDATA[") else _references(part)
        for part in _CDATA.split(_CONTROLS.sub("", _from_its_start(text)))
    )


def _from_its_start(text: str) -> str:
    found = _DECLARATION.search(text, 0, _JUNK)
    if found and not _ROOT.search(text, 0, found.start()):  # one within an entry is its text
        return text[found.end() :]
    return text[max(text.find("<", 0, _JUNK), 0) :]


def _references(text: str) -> str:
    if "&" not in text:
        return text
    return _BARE.sub("&amp;", _NAME.sub(_named, _NUMBER.sub(_numbered, text)))


def _named(found: re.Match[str]) -> str:
    name = found[1]
    character = entities.html5.get(f"{name};")
    if name in _OF_XML or character is None:
        return found[0]
    return "".join(f"&#{ord(one)};" for one in character)


def _numbered(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else int(found[2])
    fine = number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE
    return found[0] if fine or 0x10000 <= number <= 0x10FFFF else ""
