"""Telegram's HTML to text and entities, with Telegram's refusals in Telegram's words."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.playground.refusal import Refusal

Entity = dict[str, object]
"""A MessageEntity of the Bot API: type, offset and length in UTF-16 units, url …"""

MOST_ENTITIES = 100
_TYPES = {
    "a": "text_link", "b": "bold", "strong": "bold", "i": "italic", "em": "italic",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "u": "underline",
    "ins": "underline", "tg-spoiler": "spoiler", "span": "spoiler", "pre": "pre", "code": "code",
    "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));?")
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z-]*)?")
_ATTRIBUTE = re.compile(r"""\s+([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([a-zA-Z0-9.-]+)))?""")
_REMOVED = re.compile("[\u2028-\u202e\r]")
_BLANKED = re.compile("[\x00-\x09\x0b-\x1f]")


@dataclass(slots=True)
class _Open:
    tag: str
    start: int  # UTF-16 units
    attributes: dict[str, str]


def utf16(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """The text and entities that Telegram makes of `source`.

    Raises:
        Refusal: 400 with Telegram's sentence; byte offsets are UTF-8.
    """
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._text: list[str] = []
        self._units = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        while self._at < len(self._source):
            character = self._source[self._at]
            if character == "&":
                self._reference()
            elif character == "<":
                self._tag()
            else:
                self._add(character)
                self._at += 1
        if self._open:
            tag = self._open[-1].tag
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return _trimmed("".join(self._text), self._entities)

    def _add(self, text: str) -> None:
        kept = _BLANKED.sub(" ", _REMOVED.sub("", text))
        self._text.append(kept)
        self._units += utf16(kept)

    def _reference(self) -> None:
        match = _REFERENCE.match(self._source, self._at)
        if match is None:
            self._add("&")
            self._at += 1
            return
        name, decimal, hexadecimal = match.groups()
        code = int(decimal) if decimal else int(hexadecimal or "0", 16)
        known = name is not None or 0 < code < 0x10FFFF
        self._add((_NAMED[name] if name else chr(code)) if known else match.group())
        self._at = match.end()

    def _offset(self, at: int) -> int:
        return len(self._source[:at].encode("utf-8", "surrogatepass"))

    def _tag(self) -> None:
        begin = self._at
        match = _TAG.match(self._source, begin)
        name = (match[1] or "").lower() if match else ""
        after = match.end() if match else begin + 1
        if self._source.startswith("</", begin):
            self._close(name, begin, after)
        else:
            self._start(name, begin, after)

    def _start(self, tag: str, begin: int, after: int) -> None:
        if tag not in _TYPES:
            raise _cannot(f'Unsupported start tag "{tag}" at byte offset {self._offset(begin)}')
        attributes: dict[str, str] = {}
        while (match := _ATTRIBUTE.match(self._source, after)) is not None:
            attributes[match[1].lower()] = _decoded(match[2] or match[3] or match[4] or "")
            after = match.end()
        rest = re.compile(r"\s*/?>").match(self._source, after)
        if rest is None:
            raise _cannot(f"Unclosed start tag at byte offset {self._offset(begin)}")
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            offset = self._offset(begin)
            raise _cannot(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
        self._open.append(_Open(tag, self._units, attributes))
        self._at = rest.end()

    def _close(self, tag: str, begin: int, after: int) -> None:
        if not self._open:
            raise _cannot(f"Unexpected end tag at byte offset {self._offset(begin)}")
        opened = self._open.pop()
        if tag and tag != opened.tag:
            raise _cannot(
                f"Unmatched end tag at byte offset {self._offset(begin)}, "
                f'expected "</{opened.tag}>", found "</{tag}>"'
            )
        end = self._source.find(">", after)
        if end < 0 or self._source[after:end].strip():
            raise _cannot(f"Unclosed end tag at byte offset {self._offset(begin)}")
        self._at = end + 1
        self._entity(opened)

    def _entity(self, opened: _Open) -> None:
        length = self._units - opened.start
        if length == 0:
            return
        entity: Entity = {"type": _TYPES[opened.tag], "offset": opened.start, "length": length}
        if opened.tag == "a":
            url = opened.attributes.get("href", "")
            if not is_web_link(url):
                return  # Telegram drops such a link from the text without a word
            entity["url"] = url
        if opened.tag == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        self._entities.append(entity)


def is_web_link(url: str) -> bool:
    """Whether Telegram takes the address in a link: known scheme, a host with a dot."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme in ("tg", "ton"):
        return True
    dotted = "." in host.strip(".") and not re.search(r"[\s\"<>\\]", url)
    return parts.scheme in ("http", "https") and dotted and port != 0


def found_in(text: str) -> list[Entity]:
    """What Telegram finds in a person's plain text: commands, mentions, addresses."""
    patterns = (
        ("bot_command", r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])"),
        ("mention", r"(?<![\w/])@[A-Za-z0-9_]{4,32}\b"),
        ("url", r"https?://[^\s<>\"]+"),
    )
    return [
        {
            "type": kind,
            "offset": utf16(text[: match.start()]),
            "length": utf16(match.group()),
        }
        for kind, pattern in patterns
        for match in re.finditer(pattern, text)
    ]


def _decoded(value: str) -> str:
    return _REFERENCE.sub(
        lambda m: _NAMED[m[1]] if m[1] else chr(int(m[2]) if m[2] else int(m[3], 16)), value
    )


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    lead = utf16(text) - utf16(text.lstrip())
    kept = text.strip()
    most = utf16(kept)
    moved: list[Entity] = []
    for entity in sorted(
        entities, key=lambda one: (int(str(one["offset"])), -int(str(one["length"])))
    ):
        start = max(int(str(entity["offset"])) - lead, 0)
        end = min(int(str(entity["offset"])) + int(str(entity["length"])) - lead, most)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return kept, moved[:MOST_ENTITIES]


def _cannot(reason: str) -> Refusal:
    return Refusal(400, f"Bad Request: can't parse entities: {reason}")
