"""What is done to a document before it is parsed, so that a small fault costs little."""

import re
from collections.abc import Mapping
from html import entities

_DECLARATION = re.compile(r"(?:<\?xml\s[^>]{0,300}>\s*)+")
_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_JUNK = 4_096
"""Characters before the document that a server may have put there: warnings, blank lines."""

_SUBSET = 20_000
"""Characters in which a document type must end to be understood here."""

_DOCTYPE = re.compile(
    r"<!DOCTYPE\b[^\[>]{0,1000}(?:\[(.*?)\]\s{0,99})?>", re.DOTALL | re.IGNORECASE
)
_VALUE = r"(?:&#[0-9a-fA-FxX]{1,8};|[^'\"&<%]){0,64}"
_ENTITY = re.compile(rf"<!ENTITY\s+([A-Za-z][\w.-]{{0,63}})\s+(?:\"({_VALUE})\"|'({_VALUE})')\s*>")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_NUMBER = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,64})|([0-9]{1,64}));")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_NAME = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][\w.-]{0,63});")
_BARE = re.compile(r"&(?![A-Za-z][A-Za-z0-9._-]{0,63};|#[0-9]{1,64};|#[xX][0-9a-fA-F]{1,64};)")
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)


def mended(text: str) -> str:
    """The document as XML 1.0 wants it: nothing before it, no control characters, no `&` alone.

    Its declaration goes: it is text by now, whatever was declared. Its document type goes: no file
    and no server is ever asked for (reliability P2), nothing grows. Short entities it declares are
    put in, HTML's names become numbers; numbers that are no characters go.
    """
    whole, declared = _without_doctype(_CONTROLS.sub("", _from_its_start(text)))
    return "".join(
        part if part.startswith("<![CDATA[") else _references(part, declared)
        for part in _CDATA.split(whole)
    )


def _from_its_start(text: str) -> str:
    found = _DECLARATION.search(text, 0, _JUNK)
    if found and not _ROOT.search(text, 0, found.start()):  # one within an entry is its text
        return text[found.end() :]
    return text[max(text.find("<", 0, _JUNK), 0) :]


def _without_doctype(text: str) -> tuple[str, Mapping[str, str]]:
    """The rest, and what its document type declares by name: text of at most 64 characters."""
    found = _DOCTYPE.search(text, 0, _SUBSET)
    if not found or _ROOT.search(text, 0, found.start()):
        return text, {}
    pairs = _ENTITY.findall(found[1] or "")
    declared = {name: one or two for name, one, two in pairs if name not in _OF_XML}
    return text[: found.start()] + text[found.end() :], declared


def _references(text: str, declared: Mapping[str, str]) -> str:
    if "&" not in text:
        return text
    put_in = _NAME.sub(lambda found: _named(found, declared), text)
    return _BARE.sub("&amp;", _NUMBER.sub(_numbered, put_in))


def _named(found: re.Match[str], declared: Mapping[str, str]) -> str:
    name = found[1]
    if name in declared:
        return declared[name]
    characters = entities.html5.get(f"{name};")
    if characters is None:  # nobody knows it: it is what somebody wrote
        return f"&amp;{name};"
    return "".join(f"&#{ord(one)};" for one in characters)


def _numbered(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else int(found[2])
    fine = number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE
    return found[0] if fine or 0x10000 <= number <= 0x10FFFF else ""
