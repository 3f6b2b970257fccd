"""A page instead of a feed: which feeds does it have?"""

from collections.abc import Sequence
from urllib.parse import urljoin

from bot.domain.errors import FeedError, FetchError
from bot.domain.ports import CatalogueEntry, FeedParser, Fetcher
from bot.domain.secrets import masked_text, with_user_of
from bot.services.probe import read_feed

PATHS = ("/feed", "/rss.xml", "/atom.xml", "/feed.xml", "/rss")
"""Where feeds usually are, for pages that name none; five tries, as for pages that do."""


async def feeds_of(
    page: str, named: Sequence[str], fetcher: Fetcher, parser: FeedParser
) -> list[CatalogueEntry]:
    """The feeds that can be read, of those the page names; else the first at a usual place."""
    urls = [with_user_of(page, url) for url in named]
    found = [one for url in urls if (one := await _tried(url, fetcher, parser)) is not None]
    if found or named:
        return found
    for path in PATHS:
        entry = await _tried(urljoin(page, path), fetcher, parser)
        if entry is not None:
            return [entry]
    return []


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
