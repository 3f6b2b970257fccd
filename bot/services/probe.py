"""One look at an address: is there a feed?"""

from bot.domain.errors import FetchError
from bot.domain.model import Feed
from bot.domain.ports import FeedParser, Fetched, Fetcher


async def read_feed(url: str, fetcher: Fetcher, parser: FeedParser) -> tuple[Fetched, Feed]:
    """Fetch `url` without validators and parse what comes.

    Raises:
        FetchError: the address could not be fetched.
        FeedError: what it holds is no feed.
    """
    fetched = await fetcher.fetch(url)
    if not isinstance(fetched, Fetched):
        raise FetchError("protocol", "the server answered 'not modified' to a first request")
    return fetched, await parser.parse(fetched.body, fetched.content_type, fetched.url)
