"""What a web page says about itself. Runs in the parse worker only: pages are as hostile as feeds.

JSON-LD first (schema.org's *Article types, wherever they are nested), then OpenGraph and the other
meta tags. Libraries that extract articles invent dates and take a consent form for the article
(language.md, section 7); nothing but the head is wanted here.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import regex

from bot.domain.pages import MOST_LEDE, Page, Wall, akin
from bot.domain.sections import section_of
from bot.sources.charsets import as_text
from bot.sources.cleaning import names, plain, plain_title, web_address
from bot.sources.dates import moment

MOST_CHARACTERS = 1_000_000
_MOST_BLOCKS = 50
_MOST_NODES = 2_000
_DEEPEST = 10

_CHARSET = regex.compile(rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", regex.I)
_META = regex.compile(
    r"<meta\s(?:[^<>\"']++|\"[^\"]{0,4000}+\"|'[^']{0,4000}+')*+>", regex.IGNORECASE
)
"""html.parser sees these tags alone: whole pages can stall it."""

_SCRIPT = regex.compile(r"<script\b[^<>]{0,500}ld\+json[^<>]{0,500}>", regex.IGNORECASE)
_SCRIPT_END = regex.compile(r"</script", regex.IGNORECASE)
_PARAGRAPH = regex.compile(r"<p(?:\s[^<>]{0,500})?>((?:[^<]++|<(?!/?p\b)){1,200}+)</p", regex.I)
_TITLE = regex.compile(r"<title[^<>]{0,200}>([^<]{1,1000}+)", regex.IGNORECASE)
_UNSEEN = regex.compile(r"<(script|style|noscript|template|svg|head)\b", regex.IGNORECASE)
_EXACT = regex.compile(r"[T ]\d\d:?\d\d.*(?:z|[+-]\d\d:?\d\d)\s*$", regex.IGNORECASE)

_JSON = json.JSONDecoder(strict=False)
_ELSEWHERE = frozenset(
    {"itemListElement", "isPartOf", "hasPart", "comment", "comments", "citation", "isBasedOn"}
    | {"mentions", "about", "relatedLink", "significantLink", "publisher", "author", "video"}
)
"""Properties whose values are other things than this page's article."""

_FIRST_YEAR = 1990
_LEAST_TEXT = 400
"""Characters of a page that shows an article; a wall has fewer."""

_WALL_WORDS: Mapping[Wall, Any] = {
    "consent": regex.compile(
        r"cookie|consent|gdpr|zustimm|einwillig|datenschutz|consentement|consentimiento"
        r"|privacidad|toestemming|samtykke|suostumus|zgod|согласи|файлы cookie|同意",
        regex.IGNORECASE,
    ),
    "paywall": regex.compile(
        r"subscri|paywall|log ?in|sign ?in|abonn|suscr[ií]|assin(?:e|ante)|prenumer|tilaa"
        r"|подпис|підпис|اشترك|订阅|購読|abbonat",
        regex.IGNORECASE,
    ),
}


def page_of(body: bytes, content_type: str | None, url: str) -> Page:
    """What the page says about itself; an empty `Page` where it says nothing."""
    text = as_text(body, _with_charset(body, content_type))[:MOST_CHARACTERS]
    meta = _meta(text)
    headline = _first(meta, "og:title", "twitter:title") or _title(text)
    node = _article(text, headline)
    says = node is not None or _is_article(meta)
    found = _from_meta(meta, headline, url) | (_from_node(node, url) if node else {})
    if says and not found["lede"]:
        found["lede"] = _first_paragraph(text)
    return Page(**found, is_article=says, wall=_wall(text, node))


def _with_charset(body: bytes, content_type: str | None) -> str | None:
    """The server's word; where it names no charset, the page's own."""
    said = _CHARSET.search(body[:4_096])
    if said is None or "charset" in (content_type or "").lower():
        return content_type
    return f"text/html; charset={said[1].decode()}"


# --- meta tags


class _Tag(HTMLParser):
    """The attributes of the last tag it was shown."""

    attributes: Mapping[str, str]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.attributes = {name: value or "" for name, value in attrs}


def _meta(text: str) -> dict[str, str]:
    """The first value of each property or name, in small letters."""
    parser, found = _Tag(), dict[str, str]()
    for tag in _META.finditer(text):
        parser.attributes = {}
        parser.reset()  # of a tag that has no end for it
        try:
            parser.feed(tag.group())
        except AssertionError:  # html.parser's, for what follows where it sees the tag's end
            continue
        said = parser.attributes
        key = (said.get("property") or said.get("name") or said.get("itemprop") or "").lower()
        if key and said.get("content", "").strip():
            found.setdefault(key.strip(), said["content"])
    return found


def _first(meta: Mapping[str, str], *keys: str) -> str:
    return next((meta[key] for key in keys if key in meta), "")


def _is_article(meta: Mapping[str, str]) -> bool:
    return "article" in meta.get("og:type", "").lower() or "article:published_time" in meta


def _from_meta(meta: Mapping[str, str], headline: str, url: str) -> dict[str, Any]:
    said = _first(meta, "article:published_time", "og:article:published_time", "datepublished")
    writer = _first(meta, "author", "article:author", "parsely-author")
    image = _first(meta, "og:image:secure_url", "og:image", "og:image:url", "twitter:image")
    return {
        "headline": plain_title(headline),
        "lede": _short(_first(meta, "og:description", "description", "twitter:description")),
        "published": _exact(said),
        "section": section_of([_first(meta, "article:section", "og:article:section")]),
        "image": web_address(image, url),
        "authors": () if "://" in writer else names([writer]),
    }


# --- JSON-LD


def _article(text: str, headline: str) -> Mapping[str, Any] | None:
    """The article that the page is about: the one with its headline, else the first."""
    found = [node for block in _blocks(text) for node in _articles(block)]
    own = (node for node in found if akin(_text(node.get("headline"))[:500], headline))
    return next(own, found[0] if found else None)


def _blocks(text: str) -> Iterator[object]:
    """The page's JSON-LD; what is no JSON is as if it were not there."""
    for _, start in zip(range(_MOST_BLOCKS), _SCRIPT.finditer(text), strict=False):
        end = _SCRIPT_END.search(text, start.end())
        if end is None:
            return
        inside = text[start.end() : end.start()].replace("<![CDATA[", "")
        first = min((at for mark in "{[" if (at := inside.find(mark)) >= 0), default=0)
        try:
            yield _JSON.raw_decode(inside, first)[0]  # whatever follows: "-->", ";", "]]>"
        except (ValueError, RecursionError):
            continue


def _articles(block: object) -> Iterator[dict[str, Any]]:
    """Every article in it, the outer ones first."""
    level: list[Any] = [block]
    seen = 0
    for _ in range(_DEEPEST):
        below: list[Any] = []
        for one in level:
            seen += 1
            if isinstance(one, dict):
                if _is_an_article(one.get("@type")):
                    yield one
                below += [value for key, value in one.items() if key not in _ELSEWHERE]
            elif isinstance(one, list):
                below += one
        level = [one for one in below if isinstance(one, dict | list)][: _MOST_NODES - seen]


def _is_an_article(kind: object) -> bool:
    """NewsArticle, ReportageNewsArticle, LiveBlogPosting …, alone or among others, or an IRI."""
    kinds = kind if isinstance(kind, list) else [kind]
    return any(str(one).endswith(("Article", "BlogPosting")) for one in kinds)


def _from_node(node: Mapping[str, Any], url: str) -> dict[str, Any]:
    """What the article's node says; what it does not say is left to the meta tags."""
    writers = _each(node.get("author")) or _each(node.get("creator"))
    found = {
        "headline": plain_title(_text(node.get("headline"))),
        "lede": _short(_text(node.get("description"))),
        "published": _exact(_text(node.get("datePublished"))),
        "section": section_of(map(_text, _each(node.get("articleSection")))),
        "image": next(filter(None, (_image(one, url) for one in _each(node.get("image")))), None),
        "authors": names(name for one in writers if "://" not in (name := _name(one))),
    }
    return {key: value for key, value in found.items() if value}


def _each(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _name(value: object) -> str:
    return _text(value.get("name")) if isinstance(value, dict) else _text(value)


def _image(value: object, url: str) -> str | None:
    said = (value.get("url") or value.get("contentUrl")) if isinstance(value, dict) else value
    return web_address(_text(said), url)


# --- both


def _exact(said: str) -> datetime | None:
    """A moment with time and zone; a day alone is what the feed knows too.

    Before the web there were no pages: some write their empty date as 1970.
    """
    found = moment(said) if _EXACT.search(said[:60]) else None
    return found if found and found.year >= _FIRST_YEAR else None


def _short(text: str) -> str:
    """A description on one line, cut at a word's end if it is the article itself."""
    whole = _one_line(text)
    if len(whole) <= MOST_LEDE:
        return whole
    return whole[: MOST_LEDE - 1].rpartition(" ")[0].rstrip(" ,;:–-") + "…"


def _one_line(text: str) -> str:
    return " ".join(plain(text[: 4 * MOST_LEDE]).split())


def _title(text: str) -> str:
    found = _TITLE.search(text)
    return found[1] if found else ""


def _first_paragraph(text: str) -> str:
    """The first paragraph of 60 to 400 characters."""
    for _, found in zip(range(100), _PARAGRAPH.finditer(text), strict=False):
        said = _one_line(found[1])
        if 60 <= len(said) <= MOST_LEDE:
            return said
    return ""


def _wall(text: str, node: Mapping[str, Any] | None) -> Wall | None:
    """What stands before the text, if anything; a page that names its article is no consent."""
    if node is not None and str(node.get("isAccessibleForFree")).lower() in ("false", "no"):
        return "paywall"
    shown = _shown(text)
    if len(shown) >= _LEAST_TEXT or node is not None:
        return None
    return next((wall for wall, words in _WALL_WORDS.items() if words.search(shown)), None)


def _shown(text: str) -> str:
    """The text that people see, as far as it tells a wall from an article."""
    parts, at = [], 0
    while (hidden := _UNSEEN.search(text, at)) is not None:
        parts.append(text[at : hidden.start()])
        end = text.find(f"</{hidden[1].lower()}", hidden.end())
        at = len(text) if end < 0 else end
    seen = plain("".join([*parts, text[at:]]))
    return " ".join(seen.split())
