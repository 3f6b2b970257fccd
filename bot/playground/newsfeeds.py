"""How the demo newsroom looks over HTTP: RSS, Atom, JSON Feed, and a page for each article."""

import json
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from bot.playground.schedule import Item, Outlet

Writer = Callable[[Outlet, Sequence[Item], str], str]
"""Writes a feed of items, newest first; addresses begin with the third argument."""

MEDIA_TYPES: Mapping[str, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


def write_feed(outlet: Outlet, items: Sequence[Item], base: str) -> bytes:
    """An outlet's feed in its own format; `base` is scheme and host."""
    return _WRITERS[outlet.format](outlet, items, base).encode()


def write_page(item: Item) -> str:
    """The article as a web page, so that a link in an alert leads somewhere."""
    draft, title = item.draft, escape(item.title)
    return (
        f"<!doctype html><html lang={quoteattr(draft.outlet.language)}><meta charset='utf-8'>"
        f"<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<meta name='color-scheme' content='light dark'><title>{title}</title>"
        f"<link rel='stylesheet' href='/newsroom/article.css'>"
        f"<main dir='auto'><p class='outlet'>{escape(draft.outlet.name)} · "
        f"{escape(draft.section)}</p><h1>{title}</h1><p>{escape(draft.summary)}</p>"
        f"<footer dir='ltr'>{item.published:%Y-%m-%d %H:%M:%S} UTC · an invented newspaper "
        f"in Newsbell's playground</footer></main></html>"
    )


STYLE = (
    "body{margin:0;font:1.1rem/1.6 Georgia,'Noto Serif',serif}"
    "main{max-width:38rem;margin:auto;padding:3rem 1.2rem}h1{line-height:1.25}"
    ".outlet,footer{font:.9rem system-ui,'Noto Sans',sans-serif;opacity:.7}footer{margin-top:3rem}"
)


def _link(item: Item, base: str) -> str:
    return f"{base}/newsroom/{item.draft.outlet.slug}/{item.number}"


def _rss(outlet: Outlet, items: Sequence[Item], base: str) -> str:
    entries = "".join(
        f"<item><guid isPermaLink='false'>newsroom-{one.number}</guid>"
        f"<title>{escape(one.title)}</title><link>{_link(one, base)}</link>"
        f"<description>{escape(one.draft.summary)}</description>"
        f"<category>{escape(one.draft.section)}</category>"
        f"<pubDate>{one.published:%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>"
        for one in items
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>"
        f"<title>{escape(outlet.name)}</title><link>{base}/newsroom/{outlet.slug}</link>"
        f"<description>An invented newspaper</description>"
        f"<language>{outlet.language}</language>{entries}</channel></rss>"
    )


def _atom(outlet: Outlet, items: Sequence[Item], base: str) -> str:
    entries = "".join(
        f"<entry><id>urn:newsroom:{one.number}</id><title>{escape(one.title)}</title>"
        f"<link href='{_link(one, base)}'/><summary>{escape(one.draft.summary)}</summary>"
        f"<category term={quoteattr(one.draft.section)}/>"
        f"<published>{one.published:%Y-%m-%dT%H:%M:%SZ}</published>"
        f"<updated>{one.published:%Y-%m-%dT%H:%M:%SZ}</updated></entry>"
        for one in items
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?>"
        f"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang={quoteattr(outlet.language)}>"
        f"<id>urn:newsroom:{outlet.slug}</id><title>{escape(outlet.name)}</title>"
        f"<link href='{base}/newsroom/{outlet.slug}'/>{entries}</feed>"
    )


def _json(outlet: Outlet, items: Sequence[Item], base: str) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{base}/newsroom/{outlet.slug}",
        "language": outlet.language,
        "items": [
            {
                "id": f"newsroom-{one.number}",
                "url": _link(one, base),
                "title": one.title,
                "summary": one.draft.summary,
                "tags": [one.draft.section],
                "date_published": one.published.isoformat(),
            }
            for one in items
        ],
    }
    return json.dumps(feed, ensure_ascii=False)


_WRITERS: Mapping[str, Writer] = {"rss": _rss, "atom": _atom, "json": _json}
