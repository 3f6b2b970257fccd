"""A page instead of a feed: which feeds does it have?"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urljoin

from bot.domain.errors import FeedError, FetchError
from bot.domain.ports import CatalogueEntry, FeedParser, Fetcher
from bot.domain.secrets import masked_text, with_user_of
from bot.services.probe import read_feed

PATHS = ("/feed", "/rss.xml", "/atom.xml", "/feed.xml", "/rss")
"""Where feeds usually are, for pages that name none; five tries, as for pages that do."""


LONGEST = 15.0
"""Seconds for all tries: somebody waits for the answer, and a host's pauses take eight of them."""


async def feeds_of(
    page: str,
    named: Sequence[str],
    fetcher: Fetcher,
    parser: FeedParser,
    longest: float = LONGEST,
) -> list[CatalogueEntry]:
    """The feeds that can be read, of those the page names; else the first at a usual place.

    What was found within `longest` seconds; a slow host's last feeds are not waited for.
    """
    urls = [with_user_of(page, url) for url in named] or [urljoin(page, path) for path in PATHS]
    found: list[CatalogueEntry] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(longest):
            for url in urls:
                entry = await _tried(url, fetcher, parser)
                found += [] if entry is None else [entry]
                if found and not named:
                    break
    return found


async def entry_at(url: str, fetcher: Fetcher, parser: FeedParser) -> CatalogueEntry:
    """The feed at this very address.

    Raises:
        FetchError: the address could not be fetched.
        FeedError: what it holds is no feed.
    """
    fetched, feed = await read_feed(url, fetcher, parser)
    return CatalogueEntry(
        url=fetched.moved_to or url,
        title=masked_text(feed.title or url),
        site=feed.link,
        language=feed.language,
    )


async def _tried(url: str, fetcher: Fetcher, parser: FeedParser) -> CatalogueEntry | None:
    try:
        return await entry_at(url, fetcher, parser)
    except (FetchError, FeedError):
        return None
