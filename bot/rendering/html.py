"""Telegram's HTML: an `Html` is a string that only escaping can have built.

Telegram decodes `&lt; &gt; &amp; &quot;` alone and refuses a message for one unknown `<`. Lengths
count UTF-16 units after parsing (Bot API, "Formatting options"; evidence: reliability R2).
"""

import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

import regex


class Html(str):
    """Telegram HTML: text that has been escaped, and tags of ours."""

    __slots__ = ()


FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
_UNSHOWN = regex.compile(r"[\p{Cc}\p{Cs}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
_ZALGO = regex.compile(r"(\p{M}{3})\p{M}+")
_GRAPHEME = regex.compile(r"\X")
_RIGHT_TO_LEFT = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}]")
_HOST = regex.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+\.?", regex.IGNORECASE)


def escape(text: str) -> Html:
    """Text as itself."""
    return Html(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def clean(text: str) -> str:
    """A stranger's text on one line: no controls, no direction tricks, no towers of marks."""
    flat = " ".join(text.split())
    # Most texts have nothing to take away, and each pattern costs 10 µs to say so.
    shown = flat if flat.isprintable() else _UNSHOWN.sub("", flat).strip()
    return shown if shown.isascii() else _ZALGO.sub(r"\1", shown)


def isolated(text: str) -> str:
    """Text whose direction cannot change the line around it (UAX #9, isolates)."""
    if _RIGHT_TO_LEFT.search(text) is None:
        return text
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"


def units(text: str) -> int:
    """The length of a visible text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, most: int) -> str:
    """At most `most` UTF-16 units, whole graphemes, cut at a word's end if there is one."""
    if units(text) <= most:
        return text
    kept, left = [], most - 1
    for found in _GRAPHEME.finditer(text):  # not findall: a stranger's text may be long
        grapheme = found.group()
        left -= units(grapheme)
        if left < 0:
            break
        kept.append(grapheme)
    cut = "".join(kept)
    at_word = cut.rpartition(" ")[0]
    return (at_word if len(at_word) > len(cut) // 2 else cut).rstrip(" ,;:–-") + "…"


def linkable(url: str | None) -> str | None:
    """The address if Telegram takes it in a link and a button: http(s), a host with a dot.

    Other links are silently dropped from a text, and refuse the whole message from a button.
    """
    if not url or len(url) > 2_048 or any(ch.isspace() or ch in '"<>\\' for ch in url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.username or port == 0:
        return None
    ascii_host = _ascii_host(host or "")
    return url if _HOST.fullmatch(ascii_host) else None


def bold(text: Html) -> Html:
    """Bold."""
    return Html(f"<b>{text}</b>")


def code(text: str) -> Html:
    """Monospaced, copied by a tap."""
    return Html(f"<code>{escape(text)}</code>")


def block(text: str) -> Html:
    """Monospaced lines."""
    return Html(f"<pre>{escape(text)}</pre>")


def folded(text: Html) -> Html:
    """A quotation that shows its first lines and opens at a tap."""
    return Html(f"<blockquote expandable>{text}</blockquote>")


def link(text: Html, url: str | None) -> Html:
    """A link where the address is one Telegram takes, else the text alone."""
    good = linkable(url)
    return text if good is None else Html(f'<a href="{_quoted(good)}">{text}</a>')


def mention(user: int, name: str) -> Html:
    """A person, who is told of it; never made of what a feed says."""
    return Html(f'<a href="tg://user?id={user}">{escape(isolated(shorten(clean(name), 64)))}</a>')


def join(parts: Iterable[Html], separator: str = "") -> Html:
    """Parts one after the other; the separator is text."""
    return Html(escape(separator).join(parts))


def lines(*parts: Html | None) -> Html:
    """The parts that are there, a line each."""
    return join([part for part in parts if part], "\n")


def _quoted(url: str) -> str:
    return escape(url).replace('"', "&quot;")


def _ascii_host(host: str) -> str:
    try:
        return unicodedata.normalize("NFKC", host).encode("idna").decode()
    except UnicodeError:
        return ""
