"""A chat's subscriptions and sources as a document that leaves and comes back (PRODUCT, /export).

The format is ours: JSON with `"newsbell": 1`. A subscription to a source names the source by its
address, because numbers mean nothing elsewhere. What is read comes from strangers: every fault is
a PortableError that says where.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

import regex

from bot.domain.errors import PortableError
from bot.domain.faults import Complaint, Fault
from bot.domain.model import ChatKind, Form, Section, Subscription, When
from bot.domain.ports import CatalogueEntry

VERSION = 1
MOST_BYTES = 1_000_000
MOST_ITEMS = 5_000
"""Subscriptions and sources in one file; each of them is a row until it is worked off."""

MOST_TEXT = 4_096
"""Characters of one text: no message that made a query was longer (Bot API, sendMessage)."""

_DOCUMENT = "document"

Records = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by table: column and value."""

_UNSTORABLE = regex.compile(r"[\p{Cs}\uFFFE\uFFFF]|(?![\n\t])\p{Cc}")
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A subscription without its place: `source` is the address where it is all of a source."""

    query: str
    typed: str
    source: str | None = None
    when: When = When.INSTANT
    sound: bool = True
    form: Form = Form.FULL
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """The subscriptions of one place: the forum topic's number, 0 outside topics."""

    number: int
    subscriptions: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portable:
    """All that a chat has: settings, subscriptions by topic, the sources it added.

    `records` are all rows of the chat as they are stored, settings and sent alerts among them;
    they are for people to read and are not read back.
    """

    exported: datetime
    kind: ChatKind
    title: str
    locale: str
    timezone: str
    topics: tuple[Topic, ...]
    sources: tuple[CatalogueEntry, ...]
    records: Records = field(default_factory=dict)


Item = Wanted | CatalogueEntry
"""What an import adds, one at a time."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a file adds, or why it cannot be read: what a parse worker answers."""

    items: tuple[Item, ...]
    fault: Complaint | None = None


class ListReader(Protocol):
    """Files that people send, read in a process that can be killed."""

    async def read_list(self, data: bytes) -> tuple[Item, ...]:
        """What the file adds.

        Raises:
            PortableError: it cannot be read; the sentence says where and why.
        """
        ...


def wanted(one: Subscription, source: str | None) -> Wanted:
    """A subscription as it is exported; `source` is the address where it is all of a source."""
    return Wanted(
        query=one.query,
        typed=one.typed,
        source=source,
        when=one.when,
        sound=not one.silent,
        form=one.form,
        urgent=one.urgent,
    )


def items_of(document: Portable) -> tuple[Item, ...]:
    """What an import of the document adds, sources first, since subscriptions name them."""
    subscriptions = (one for topic in document.topics for one in topic.subscriptions)
    return (*document.sources, *dict.fromkeys(subscriptions))


def write_portable(document: Portable) -> bytes:
    """The document as JSON, UTF-8, which `read_portable` reads back."""
    facts = {
        "newsbell": VERSION,
        "exported": document.exported.astimezone(UTC).isoformat(),
        "chat": {
            "kind": document.kind,
            "title": document.title,
            "locale": document.locale,
            "timezone": document.timezone,
        },
        "topics": [
            {"topic": one.number, "subscriptions": [facts_of(each) for each in one.subscriptions]}
            for one in document.topics
        ],
        "sources": [facts_of(one) for one in document.sources],
        "records": document.records,
    }
    return json.dumps(facts, ensure_ascii=False, indent=2, default=_plain).encode()


def _plain(value: object) -> str:
    """Moments in ISO 8601; SQL knows nothing else that JSON does not."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def facts_of(item: Item) -> dict[str, object]:
    """One item as the values of a JSON object; what is not set is left out."""
    found = {one.name: getattr(item, one.name) for one in fields(item)}
    return {name: value for name, value in found.items() if value is not None}


def item_of(facts: Mapping[str, Any]) -> Item:
    """The item behind `facts_of`.

    Raises:
        PortableError: they are none.
    """
    node = _Node(facts, "item")
    return _source(node) if "url" in facts else _wanted(node)


def read_portable(data: bytes) -> Portable:
    """The document behind these bytes.

    Raises:
        PortableError: it is none, or holds what no chat has; the sentence says where.
    """
    root = _Node(_json(data), _DOCUMENT)
    if root.get("newsbell").value != VERSION:
        raise PortableError(Fault.NO_EXPORT, version=VERSION)
    chat = root.get("chat")
    return Portable(
        exported=_moment(root.get("exported")),
        kind=_choice(ChatKind, chat.get("kind")),
        title=_text(chat.get("title")),
        locale=_text(chat.get("locale")),
        timezone=_text(chat.get("timezone")),
        topics=tuple(_topic(one) for one in root.get("topics").items()),
        sources=tuple(_source(one) for one in root.get("sources").items()),
    )


def read_keywords(data: bytes) -> tuple[Item, ...]:
    """What a JSON file adds: our own document, or a plain list of queries.

    Raises:
        PortableError: it is neither; the sentence says where.
    """
    found = _json(data)
    if isinstance(found, dict):
        return _few(items_of(read_portable(data)))
    queries = (_text(one) for one in _Node(found, "list").items())
    return _few(dict.fromkeys(Wanted(query=one, typed=one) for one in queries if one))


def read_lines(data: bytes) -> tuple[Item, ...]:
    """What a text file adds: one query a line; empty lines and those that begin with # do not.

    Raises:
        PortableError: it is no text.
    """
    lines = [stored_text(line).strip() for line in _decoded(data).splitlines()]
    for number, line in enumerate(lines, start=1):
        if len(line) > MOST_TEXT:
            raise PortableError(Fault.LONG_LINE, line=number, count=MOST_TEXT)
    queries = dict.fromkeys(line for line in lines if line and not line.startswith("#"))
    return _few(Wanted(query=one, typed=one) for one in queries)


def stored_text(text: str) -> str:
    """Text that every database and XML take: no controls but line ends and tabs, no surrogates."""
    return str(_UNSTORABLE.sub("", text))


@dataclass(frozen=True, slots=True)
class _Node:
    """A JSON value and where it stands."""

    value: Any
    where: str

    def get(self, name: str) -> "_Node":
        if not isinstance(self.value, dict):
            raise PortableError(Fault.NO_OBJECT, where=self.where)
        return _Node(self.value.get(name), name if self.where == _DOCUMENT else self._at(name))

    def items(self) -> "list[_Node]":
        if not isinstance(self.value, list):
            raise PortableError(Fault.NO_LIST, where=self.where)
        return [_Node(one, f"{self.where}[{index}]") for index, one in enumerate(self.value)]

    def _at(self, name: str) -> str:
        return f"{self.where}.{name}"


def _json(data: bytes) -> Any:
    try:
        return json.loads(_decoded(data), parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise PortableError(Fault.NO_JSON, line=error.lineno, column=error.colno) from error
    except (RecursionError, ValueError) as error:  # the latter: a number of thousands of digits
        raise PortableError(Fault.JSON_TOO_DEEP) from error


def _no_number(name: str) -> None:
    raise PortableError(Fault.JSON_NUMBER, name=name)


def _decoded(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise PortableError(Fault.FILE_TOO_LARGE, size=MOST_BYTES // 1_000)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PortableError(Fault.NO_UTF8, at=error.start + 1) from error


def _few(found: Iterable[Item]) -> tuple[Item, ...]:
    items = tuple(found)
    if len(items) > MOST_ITEMS:
        raise PortableError(Fault.TOO_MANY_ENTRIES, count=len(items), most=MOST_ITEMS)
    return items


def _topic(node: _Node) -> Topic:
    number = node.get("topic")
    if type(number.value) is not int or not 0 <= number.value < 2**31:
        raise PortableError(Fault.NO_TOPIC, where=number.where)
    found = tuple(_wanted(one) for one in node.get("subscriptions").items())
    return Topic(number=number.value, subscriptions=found)


def _wanted(node: _Node) -> Wanted:
    query = _text(node.get("query"))
    return Wanted(
        query=query,
        typed=_maybe(_text, node.get("typed")) or query,
        source=_maybe(_text, node.get("source")),
        when=_maybe(lambda one: _choice(When, one), node.get("when")) or When.INSTANT,
        sound=_flag(node.get("sound"), default=True),
        form=_maybe(lambda one: _choice(Form, one), node.get("form")) or Form.FULL,
        urgent=_flag(node.get("urgent"), default=False),
    )


def _source(node: _Node) -> CatalogueEntry:
    url = _text(node.get("url"))
    return CatalogueEntry(
        url=url,
        title=_maybe(_text, node.get("title")) or url,
        site=_maybe(_text, node.get("site")),
        section=_maybe(lambda one: _choice(Section, one), node.get("section")),
        language=_maybe(_text, node.get("language")),
    )


_Read = TypeVar("_Read")


def _maybe(read: Callable[[_Node], _Read], node: _Node) -> _Read | None:
    return None if node.value is None else read(node)


def _text(node: _Node) -> str:
    if not isinstance(node.value, str):
        raise PortableError(Fault.NO_TEXT, where=node.where)
    if len(node.value) > MOST_TEXT:
        raise PortableError(Fault.LONG_TEXT, where=node.where, count=MOST_TEXT)
    return stored_text(node.value)


def _flag(node: _Node, *, default: bool) -> bool:
    if node.value is None:
        return default
    if not isinstance(node.value, bool):
        raise PortableError(Fault.NO_FLAG, where=node.where)
    return node.value


def _choice(choices: type[_Choice], node: _Node) -> _Choice:
    try:
        return choices(node.value)
    except ValueError as error:
        allowed = ", ".join(choices)
        raise PortableError(Fault.NO_CHOICE, where=node.where, allowed=allowed) from error


def _moment(node: _Node) -> datetime:
    try:
        found = datetime.fromisoformat(_text(node))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise PortableError(Fault.NO_MOMENT, where=node.where) from error
