"""OPML, the way lists of feeds are passed on (OPML 2.0, "Subscription lists")."""

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, ParseError, SubElement, TreeBuilder, XMLParser, tostring

from bot.domain.errors import OpmlError
from bot.domain.faults import Fault
from bot.domain.model import Section
from bot.domain.portable import stored_text
from bot.domain.ports import CatalogueEntry
from bot.domain.secrets import masked_text

MOST_BYTES = 1_000_000
MOST_SOURCES = 2_000
MOST_DEPTH = 10


def read_opml(data: bytes, most: int = MOST_SOURCES) -> tuple[CatalogueEntry, ...]:
    """The feeds of a list, folders opened, each address once.

    Raises:
        OpmlError: it is too large, no OPML, or declares entities.
    """
    if len(data) > MOST_BYTES:
        raise OpmlError(Fault.LIST_TOO_LARGE, size=MOST_BYTES // 1_000)
    root = _parsed(data)
    if root.tag.rpartition("}")[2] != "opml":
        raise OpmlError(Fault.NO_OPML)
    found: dict[str, CatalogueEntry] = {}
    for outline in _outlines(root, 0):
        entry = _entry(outline)
        if entry is not None:
            found.setdefault(entry.url, entry)
    if len(found) > most:
        raise OpmlError(Fault.TOO_MANY_SOURCES, count=len(found), most=most)
    return tuple(found.values())


def write_opml(title: str, entries: Iterable[CatalogueEntry]) -> bytes:
    """A list that `read_opml` reads back."""
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = stored_text(title)
    body = SubElement(root, "body")
    for one in entries:
        facts = {
            "type": "rss",
            "text": one.title,
            "xmlUrl": one.url,
            "htmlUrl": one.site,
            "category": one.section,
            "language": one.language,
        }
        SubElement(
            body,
            "outline",
            {name: stored_text(str(v)) for name, v in facts.items() if v is not None},
        )
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


class _NoDoctype(TreeBuilder):
    """A DOCTYPE can declare entities that grow without end, or name files: none is taken."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        del name, pubid, system
        raise OpmlError(Fault.DOCTYPE)


def _parsed(data: bytes) -> Element:
    parser = XMLParser(target=_NoDoctype())  # noqa: S314 - a DOCTYPE is refused, so no entities
    try:
        parser.feed(data)
        root = parser.close()
    except ParseError as error:
        line, column = error.position
        raise OpmlError(Fault.NO_XML, line=line, column=column + 1) from error
    except (ValueError, LookupError) as error:  # it declares an encoding that expat cannot take
        raise OpmlError(Fault.ENCODING) from error
    if not isinstance(root, Element):
        raise OpmlError(Fault.LIST_EMPTY)
    return root


def _outlines(parent: Element, depth: int) -> Iterator[Element]:
    if depth > MOST_DEPTH:
        raise OpmlError(Fault.DEEP_FOLDERS, count=MOST_DEPTH)
    for child in parent:
        if child.tag.rpartition("}")[2] == "outline":
            yield child
        yield from _outlines(child, depth + 1)


def _entry(outline: Element) -> CatalogueEntry | None:
    facts = {name.casefold(): value.strip() for name, value in outline.attrib.items()}
    url = facts.get("xmlurl", "")
    if not url.startswith(("http://", "https://")):
        return None
    return CatalogueEntry(
        url=url,
        title=masked_text(facts.get("text") or facts.get("title") or url),
        site=facts.get("htmlurl") or None,
        section=_section(facts.get("category", "")),
        language=facts.get("language") or None,
    )


def _section(category: str) -> Section | None:
    return next((one for one in Section if one.casefold() == category.casefold()), None)
