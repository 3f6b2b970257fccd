"""Whether words are what a source is called."""

from collections.abc import Iterable

from bot.domain.polling import host_of
from bot.domain.text import compact

_NOT_ITS_NAME = frozenset({"www", "feeds", "rss", "news", "com", "org", "net", "co"})


def source_query(text: str, sources: Iterable[tuple[str, str]]) -> str | None:
    """The query for all of a source, given by its whole title or a label of its host.

    `sources` are titles and addresses. None: no source is called so.
    """
    wanted = compact(text)
    for title, url in sources:
        labels = set(host_of(url).split(".")[:-1]) - _NOT_ITS_NAME
        if wanted and (wanted == compact(title) or wanted in labels):
            return f'source:"{text}"' if " " in text else f"source:{text}"
    return None
