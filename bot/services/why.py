"""Why an alert came, and why one did not."""

from bot.domain.identity import canonical_link
from bot.domain.model import Place
from bot.domain.names import NO_NAMES, Names
from bot.domain.ports import Storage
from bot.domain.why import Why, why


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
        return None if article is None else why(article, existing, self._names)

    async def of_link(self, place: Place, url: str) -> Why | None:
        """Why the article at this address rang or did not; None: no source brought it."""
        async with self._storage.read() as tx:
            article = await tx.articles.by_link(place.chat, _spellings(url))
            existing = await tx.subscriptions.of_place(place)
        return None if article is None else why(article, existing, self._names)


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
