"""Why an alert came, and why one did not."""

from dataclasses import replace

from bot.domain.identity import canonical_link
from bot.domain.languages import primary
from bot.domain.model import Article, Place
from bot.domain.names import NO_NAMES, Names
from bot.domain.ports import Storage, Tx
from bot.domain.translating import text_key
from bot.domain.why import Why, why
from bot.rendering.alert import headline_and_lede


class Explainer:
    """Finds what is asked about; the reasons are the domain's (`bot.domain.why`)."""

    def __init__(self, storage: Storage, names: Names = NO_NAMES) -> None:
        self._storage = storage
        self._names = names

    async def of_message(self, place: Place, message_id: int) -> Why | None:
        """Why the alert came that this message told; None: it is none of this place."""
        async with self._storage.read() as tx:
            alert = await tx.alerts.by_message(place.chat, message_id)
            if alert is None or alert.place != place:
                return None
            article = await tx.articles.get(alert.article)
            existing = await tx.subscriptions.of_place(place)
            again = await _translated(tx, place, article)
        return None if article is None else why(article, existing, self._names, again)

    async def of_link(self, place: Place, url: str) -> Why | None:
        """Why the article at this address rang or did not; None: no source brought it."""
        async with self._storage.read() as tx:
            article = await tx.articles.by_link(place.chat, _spellings(url))
            existing = await tx.subscriptions.of_place(place)
            again = await _translated(tx, place, article)
        return None if article is None else why(article, existing, self._names, again)


async def _translated(tx: Tx, place: Place, article: Article | None) -> Article | None:
    """The article in the chat's language, as it was matched there; None: it was not."""
    chat = await tx.chats.get(place.chat)
    source = primary(article.language) if article else None
    target = primary(chat.locale) if chat and chat.pivot else None
    if article is None or source is None or target is None or source == target:
        return None
    keys = [text_key(text) for text in headline_and_lede(article)]
    known = await tx.translations.get(keys, source, target)
    title, lede = (known.get(key, ("", ""))[0] for key in keys)
    return replace(article, title=title, summary=lede, language=target) if title else None


def _spellings(url: str) -> list[str]:
    """The address as pasted, and as a feed may have written it."""
    bare = canonical_link(url)
    forms = [
        f"{scheme}://{www}{bare}{slash}"
        for scheme in ("https", "http")
        for www in ("", "www.")
        for slash in ("", "/")
    ]
    return list(dict.fromkeys([url, *forms]))
