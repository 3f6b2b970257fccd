"""Bytes to text, when the server, the document and the bytes tell different stories.

The order of belief: a byte order mark, the pattern of UTF-16 and UTF-32, bytes that are UTF-8,
what the document declares, what the server says. RFC 7303 believes the server before the document;
in practice servers send one default for all their files.
"""

import codecs
import re
from email.message import Message

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PATTERNS = (
    (re.compile(rb"\0\0\0[^\0]"), "utf-32-be"),
    (re.compile(rb"[^\0]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0[^\0]\0[^\0]"), "utf-16-be"),
    (re.compile(rb"[^\0]\0[^\0]\0"), "utf-16-le"),
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_HEAD = 2_000
"""Bytes in which the XML declaration is looked for, after whatever a server put before it."""

_MEANT = {
    **dict.fromkeys(("iso8859-1", "ascii", "latin_1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk"), "gb18030"),
    **dict.fromkeys(("shift_jis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc_kr", "ks_c_5601-1987"), "cp949"),
    **dict.fromkeys(("big5", "x-x-big5"), "big5hkscs"),
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
    "x-euc-jp": "euc_jp",
}
"""Names that are used for a wider charset, as the WHATWG Encoding Standard has it."""

_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_SEVEN_BITS = frozenset({"iso2022_jp", "iso2022_jp_2", "iso2022_kr", "hz", "utf-7"})
"""Charsets that look like ASCII and are not."""

_FORGIVEN = 50
"""One broken character in so many that are not ASCII does not refute a charset."""


def as_text(body: bytes, content_type: str | None = None) -> str:
    """The document's text; bytes that mean nothing become U+FFFD."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    for pattern, name in _PATTERNS:
        if pattern.match(body):
            return body.decode(name, "replace")
    return _eight_bits(body, _names(body, content_type))


def _names(body: bytes, content_type: str | None) -> list[str]:
    """Charsets that are claimed, the more credible first, by the name of what is meant."""
    declared = _DECLARED.search(body[:_HEAD])
    header = Message()
    header["content-type"] = content_type or ""
    claims = (declared[1].decode() if declared else None, header.get_content_charset())
    return [name for claim in claims if claim and (name := _codec(claim))]


def _codec(claim: str) -> str | None:
    """Python's name of a text charset that may be used, else None."""
    meant = _MEANT.get(claim.lower(), claim)
    try:
        name = codecs.lookup(meant).name
        "".encode(name)
    except (LookupError, ValueError):  # not known, not of text, or no name at all
        return None
    name = _MEANT.get(name, name)
    return None if name in _NO_CHARSETS or name.startswith(("utf-16", "utf-32")) else name


def _eight_bits(body: bytes, claims: list[str]) -> str:
    if body.isascii() and not _SEVEN_BITS.intersection(claims[:1]):
        return body.decode("ascii")
    as_utf8 = _utf8(body)
    if _fits(as_utf8) and not body.isascii():
        return as_utf8
    for name in claims:
        if name != "utf-8" and _fits(text := body.decode(name, "replace")):
            return text
    return body.decode("cp1252", "replace")


def _utf8(body: bytes) -> str:
    """UTF-8, also with the halves of a character written one by one (CESU-8); one alone goes."""
    try:
        halves = body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace")
    return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def _fits(text: str) -> bool:
    """Nearly all that is not ASCII is readable."""
    broken = text.count("\ufffd")
    if not broken:
        return True
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return broken * _FORGIVEN <= foreign
