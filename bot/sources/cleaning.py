"""From what feeds write to plain text and plain addresses."""

import unicodedata
from hashlib import blake2b
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import regex

MOST_TITLE = 512
MOST_SUMMARY = 16_000
MOST_LINK = 2_048
MOST_ID = 1_024
_RAW = 4 * MOST_SUMMARY
"""Characters of a summary that are looked at: beyond them nothing is shown."""

_CONTROLS = regex.compile(r"[\p{Cs}\uFFFE\uFFFF]|(?![\n\t])\p{Cc}")
_MARKUP = regex.compile(r"<[a-zA-Z/!]|&[a-zA-Z#]")
_BLANKS = regex.compile(r"[ \t\u00a0]+")
_HIDDEN = frozenset({"script", "style", "template", "noscript", "iframe"})
_BLOCKS = frozenset(
    {"p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "td", "hr"}
    | {"table", "blockquote", "figure", "figcaption", "section", "article", "header", "pre"}
)

_INLINE = frozenset(
    {"a", "abbr", "acronym", "address", "audio", "b", "big", "button", "center", "cite", "code"}
    | {"dd", "del", "dfn", "dl", "dt", "em", "embed", "font", "form", "i", "img", "input", "ins"}
    | {"kbd", "label", "mark", "main", "nav", "object", "param", "picture", "q", "s", "samp"}
    | {"select", "small", "source", "span", "strike", "strong", "sub", "sup", "svg", "tbody"}
    | {"textarea", "tfoot", "th", "thead", "time", "tt", "u", "var", "video", "wbr", "html"}
    | {"head", "body", "meta", "link", "title", "aside", "details", "summary", "caption"}
)
_KNOWN = _INLINE | _BLOCKS | _HIDDEN


def plain(text: str) -> str:
    """Text of markup: tags dropped, references decoded once, no controls, NFC, at most 16,000."""
    shown = _without_tags(text[:_RAW]) if _MARKUP.search(text) else text[:_RAW]
    bare = unicodedata.normalize("NFC", _CONTROLS.sub("", shown.replace("\r\n", "\n")))
    rows = (_BLANKS.sub(" ", row).strip() for row in bare.split("\n"))
    return "\n".join(row for row in rows if row)[:MOST_SUMMARY]


def plain_title(text: str) -> str:
    """The same on one line, at most 512 characters."""
    return " ".join(plain(text).split())[:MOST_TITLE]


def web_address(url: object, base: str) -> str | None:
    """An absolute http(s) address, or None."""
    text = _CONTROLS.sub("", str(url or "")).strip()
    if not text:
        return None
    try:
        absolute = urljoin(base, text) if base else text
        parts = urlsplit(absolute)
    except ValueError:
        return None
    good = parts.scheme in ("http", "https") and parts.netloc and len(absolute) <= MOST_LINK
    return absolute if good else None


def entry_id(given: object, link: str | None, title: str, summary: str) -> str:
    """The feed's own id, else the link, else a digest of the entry: never empty."""
    own = plain(str(given or ""))[:MOST_ID].strip()
    if own:
        return own
    digest = blake2b(f"{title}\0{summary}".encode(), digest_size=16).hexdigest()
    return link or f"newsbell:1:{digest}"


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in _KNOWN:  # "<meet>" is what somebody wrote, not markup
            self.handle_data(self.get_starttag_text() or "")
        self._hidden += tag in _HIDDEN
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _KNOWN:
            self.handle_data(f"</{tag}>")
        if tag in _HIDDEN and self._hidden:
            self._hidden -= 1
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _without_tags(text: str) -> str:
    parser = _Text()
    try:
        parser.feed(text)
        parser.close()
    except AssertionError:  # html.parser's way to refuse odd declarations (CPython #77057)
        return unescape(text)
    return "".join(parser.parts)
