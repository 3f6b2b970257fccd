"""From what feeds write to plain text and plain addresses."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from html import unescape
from urllib.parse import urljoin, urlsplit

import regex

from bot.domain.model import Entry

MOST_TITLE = 512
MOST_SUMMARY = 16_000
MOST_LINK = 2_048
MOST_ID = 1_024
MOST_NAME = 128
MOST_NAMES = 20
_RAW = 4 * MOST_SUMMARY
"""Characters of a summary that are looked at: beyond them nothing is shown."""

# A class of `re` takes a quarter of the time that `\p{Cc}` of `regex` does.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#]")
_TAG = regex.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:_.-]{0,40})(?=[\s/>])"
    r"(?:(?:[^<>\"']++|\"[^\"]{0,2000}\"|'[^']{0,2000}'){0,200}+>|[^<>]*+>)"
    r"|<[!?/](?:[^<>]*+)>"
)
"""A tag ends at its ">" and holds a "<" only in quotes, of which it has few: no input is slow."""

_HIDDEN = frozenset({"script", "style", "template", "noscript", "iframe"})
_BLOCKS = frozenset(
    {"p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "td", "hr"}
    | {"table", "blockquote", "figure", "figcaption", "section", "article", "header", "pre"}
)

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}")
_COMMENT = re.compile(r"<!--(?:.*?-->|.*\Z)", re.DOTALL)
_INSIDE = str.maketrans({"\n": None, "\r": None, "\t": None, " ": "%20"})

_INLINE = frozenset(
    {"a", "abbr", "acronym", "address", "audio", "b", "big", "button", "center", "cite", "code"}
    | {"dd", "del", "dfn", "dl", "dt", "em", "embed", "font", "form", "i", "img", "input", "ins"}
    | {"kbd", "label", "mark", "main", "nav", "object", "param", "picture", "q", "s", "samp"}
    | {"select", "small", "source", "span", "strike", "strong", "sub", "sup", "svg", "tbody"}
    | {"textarea", "tfoot", "th", "thead", "time", "tt", "u", "var", "video", "wbr", "html"}
    | {"head", "body", "meta", "link", "title", "aside", "details", "summary", "caption"}
    | {"applet", "area", "base", "bdi", "bdo", "blink", "canvas", "col", "colgroup", "data"}
    | {"datalist", "dialog", "dir", "fieldset", "footer", "frame", "frameset", "hgroup", "image"}
    | {"legend", "map", "marquee", "math", "menu", "meter", "nobr", "noframes", "optgroup"}
    | {"option", "output", "progress", "rb", "rp", "rt", "rtc", "ruby", "search", "slot", "track"}
)
_KNOWN = _INLINE | _BLOCKS | _HIDDEN


def plain(text: str) -> str:
    """Text of markup: tags dropped, references decoded once, no controls, NFC, at most 16,000."""
    raw = _COMMENT.sub("", text[:_RAW])
    shown = _without_tags(raw) if _MARKUP.search(raw) else raw
    bare = unicodedata.normalize("NFC", _CONTROLS.sub("", shown.replace("\r\n", "\n")))
    rows = (_squeezed(row).strip() for row in bare.split("\n"))
    return "\n".join(row for row in rows if row)[:MOST_SUMMARY]


def _squeezed(row: str) -> str:
    """Blanks side by side made one; a pattern would stop at each of them, forty times as slow."""
    row = row.replace("\t", " ").replace("\u00a0", " ")
    while "  " in row:  # halves them each time
        row = row.replace("  ", " ")
    return row


def plain_title(text: str) -> str:
    """The same on one line, at most 512 characters."""
    return " ".join(plain(text).split())[:MOST_TITLE]


def names(values: Iterable[object]) -> tuple[str, ...]:
    """People or categories: each once, at most 20 of 128 characters."""
    found = (plain_title(str(value))[:MOST_NAME].rstrip() for value in values if value)
    return tuple(dict.fromkeys(name for name in found if name))[:MOST_NAMES]


def language_tag(value: object) -> str | None:
    """A language as BCP 47 writes it, or None."""
    text = str(value or "").strip().replace("_", "-")
    return text if _LANGUAGE.fullmatch(text) else None


def web_address(url: object, base: str) -> str | None:
    """An absolute http(s) address, or None: also over 2,048 characters, half of one is none."""
    text = _CONTROLS.sub("", str(url or "")).strip().translate(_INSIDE)
    if not text:
        return None
    try:
        absolute = urljoin(base, text) if base else text
        parts = urlsplit(absolute)
    except ValueError:
        return None
    good = parts.scheme in ("http", "https") and parts.hostname and len(absolute) <= MOST_LINK
    return absolute if good else None


def entry_id(given: object, link: str | None, title: str, summary: str) -> str:
    """The feed's own id, else the link, else a digest of the entry: never empty.

    An id is no text: references in it stay. One of more than 1,024 characters ends in its digest,
    because ids may differ in their last character alone.
    """
    own = " ".join(unicodedata.normalize("NFC", _CONTROLS.sub("", str(given or ""))).split())
    if len(own) > MOST_ID:
        return f"{own[: MOST_ID - 33]}#{_digest(own)}"
    return own or link or "newsbell:1:" + _digest(f"{title}\0{summary}")


def cuts(
    entries: Sequence[Entry], links: Iterable[Iterable[object]], came: int
) -> tuple[str, ...]:
    """What of a feed was too long: fields of its entries, links, or all beyond the last entry.

    `links` are each entry's addresses as written, `came` is how many entries there were. A
    field of exactly the cap's length counts as cut: one in a million is not.
    """
    found = {
        "titles": sum(len(one.title) == MOST_TITLE for one in entries),
        "summaries": sum(len(one.summary) == MOST_SUMMARY for one in entries),
        "ids": sum(len(one.id) == MOST_ID for one in entries),
        "links": sum(any(len(str(one or "")) > MOST_LINK for one in some) for some in links),
        "entries": came - len(entries),
    }
    return tuple(f"{count} {what}" for what, count in found.items() if count)


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _without_tags(text: str) -> str:
    """Markup to text in one pass: html.parser takes 40 seconds for 64 kB of "<a ".

    What an element of `_HIDDEN` holds is not shown, from its start to its end.
    """
    parts: list[str] = []
    hidden, end = "", 0
    for tag in _TAG.finditer(text):
        whole, slash, name = tag.group(0, "end", "name")
        name = (name or "").lower()
        if hidden:
            hidden = "" if slash and name == hidden else hidden
        else:
            parts += (unescape(text[end : tag.start()]), _instead(name, whole))
            if name in _HIDDEN and not slash and not whole.endswith("/>"):
                hidden = name
        end = tag.end()
    return "".join(parts) if hidden else "".join([*parts, unescape(text[end:])])


def _instead(name: str, tag: str) -> str:
    """A line break for a block; "<meet>" is what somebody wrote, "<o:p>" and "<amp-img>" not."""
    if name in _BLOCKS:
        return "\n"
    markup = name in _KNOWN or not name or ":" in name or "-" in name
    return "" if markup else tag
