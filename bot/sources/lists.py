"""Files that people send to be imported: OPML, JSON, or a text with one query a line."""

from bot.domain.errors import OpmlError, PortableError
from bot.domain.faults import Fault
from bot.domain.portable import Item, read_keywords, read_lines
from bot.sources.opml import read_opml

MOST_SOURCES = 500

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read_list(data: bytes) -> tuple[Item, ...]:
    """What the file adds. It is told by its first character, since names and types lie.

    Raises:
        PortableError: it cannot be read; the sentence says where and why.
    """
    found = _read(data)
    if not found:
        raise PortableError(Fault.FILE_EMPTY)
    return found


def _read(data: bytes) -> tuple[Item, ...]:
    start = data[:256].replace(b"\0", b"")
    for mark in _MARKS:
        start = start.removeprefix(mark)
    start = start.lstrip()
    if start.startswith(b"<"):
        return _opml(data)
    return read_keywords(data) if start.startswith((b"{", b"[")) else read_lines(data)


def _opml(data: bytes) -> tuple[Item, ...]:
    try:
        return read_opml(data, MOST_SOURCES)
    except OpmlError as error:
        raise PortableError(error.complaint.fault, **error.complaint.values) from error
