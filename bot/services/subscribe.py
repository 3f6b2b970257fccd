"""Subscribe and unsubscribe: what a chat cares about."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from bot.domain.errors import LimitReached
from bot.domain.figures import Preview
from bot.domain.grammar import parse
from bot.domain.model import Delivery, Form, Place, Subscription
from bot.domain.ports import Clock, Storage, Tx
from bot.domain.query import Query
from bot.domain.quotas import Quotas
from bot.domain.stored import stored_query
from bot.services.catalogue import Catalogue
from bot.services.live_index import LiveIndex
from bot.services.read import Reader


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What `/subscribe` did: the subscription, its number in the place's list, and the dry run."""

    subscription: Subscription
    number: int
    created: bool
    preview: Preview


class Subscriptions:
    """The subscriptions of places; a change is effective for the next article."""

    def __init__(
        self,
        storage: Storage,
        index: LiveIndex,
        reader: Reader,
        catalogue: Catalogue,
        clock: Clock,
        quotas: Quotas,
    ) -> None:
        self._storage = storage
        self._index = index
        self._reader = reader
        self._catalogue = catalogue
        self._clock = clock
        self._quotas = quotas

    async def add(self, place: Place, text: str) -> Subscribed:
        """Subscribe `place` to the query `text`, with a dry run over the last 24 h.

        Raises:
            QueryError: the text is no query.
            LimitReached: the place has as many subscriptions as the operator allows.
        """
        return await self._save(place, text, parse(text, self._quotas.query))

    async def add_source(self, place: Place, url: str) -> Subscribed:
        """Subscribe to everything the feed at `url` publishes.

        Raises:
            FetchError: the address could not be fetched.
            FeedError: what it holds is no feed.
            LimitReached: as for `add`, and where the chat may have no more sources.
        """
        source = (await self._catalogue.add(url, place.chat)).source
        return await self._save(place, source.title, parse(f"source:#{source.id}"))

    async def add_shared(self, place: Place, query_id: int) -> Subscribed | None:
        """Subscribe to a query known by its id (Undo, a shared link); None: nobody knows it."""
        async with self._storage.read() as tx:
            text = await tx.subscriptions.query_text(query_id)
        if text is None:
            return None
        return await self._save(place, text, stored_query(query_id, text))

    async def _save(self, place: Place, typed: str, query: Query) -> Subscribed:
        preview = await self._reader.preview(place.chat, query)
        async with self._storage.write() as tx:
            existing = await tx.subscriptions.of_place(place)
            known = query.id in {one.query_id for one in existing}
            if not known and len(existing) >= self._quotas.subscriptions:
                raise LimitReached("subscriptions", self._quotas.subscriptions)
            subscription, created = await tx.subscriptions.add(place, typed, query, self._clock())
            existing = await tx.subscriptions.of_place(place)
        self._index.add(query)
        return Subscribed(subscription, _number(existing, subscription), created, preview)

    async def of_place(self, place: Place) -> list[Subscription]:
        """In the order they were made; the number a person sees is the position, from 1."""
        async with self._storage.read() as tx:
            return await tx.subscriptions.of_place(place)

    async def of_chat(self, chat: int) -> list[Subscription]:
        """Those of all places of a chat."""
        async with self._storage.read() as tx:
            return await tx.subscriptions.of_chat(chat)

    async def get(self, place: Place, subscription_id: int) -> Subscription | None:
        """One subscription of this place."""
        async with self._storage.read() as tx:
            return await tx.subscriptions.get(place, subscription_id)

    async def find(self, place: Place, text: str) -> list[Subscription]:
        """Those that a person means by a number of the list, or by the words of the query.

        Raises:
            QueryError: neither a number nor a query.
        """
        existing = await self.of_place(place)
        if text.isdecimal() and 1 <= int(text) <= len(existing):
            return [existing[int(text) - 1]]
        query = parse(text, self._quotas.query)
        asked = [one for one in existing if one.query_id == query.id]
        # Where names were edited, the query is no longer what its owner typed.
        return asked or [one for one in existing if one.typed == text]

    async def met_by_message(self, place: Place, message_id: int) -> list[Subscription]:
        """The subscriptions of this place behind the alert that this message told."""
        async with self._storage.read() as tx:
            alert = await tx.alerts.by_message(place.chat, message_id)
            if alert is None or alert.place != place:
                return []
            return await tx.alerts.subscriptions_of(alert)

    async def told_by(self, place: Place, message_id: int) -> Delivery | None:
        """The alert that this message told, with what rang it; None: it is no alert of ours."""
        async with self._storage.read() as tx:
            alert = await tx.alerts.by_message(place.chat, message_id)
            article = await tx.articles.get(alert.article) if alert else None
            if alert is None or article is None or alert.place != place:
                return None
            met = tuple(await tx.alerts.subscriptions_of(alert))
            settings = await tx.places.get(place)
        return Delivery(alert=alert, article=article, subscriptions=met, settings=settings)

    async def remove(self, place: Place, ids: Sequence[int]) -> list[Subscription]:
        """Remove these of the place's subscriptions; returns those that were there."""

        async def remove(tx: Tx) -> list[Subscription]:
            removed = [await tx.subscriptions.remove(place, one) for one in ids]
            return [one for one in removed if one is not None]

        return await self._removed(remove)

    async def remove_all(self, place: Place) -> int:
        """Remove all subscriptions of the place; returns how many there were."""

        async def remove(tx: Tx) -> list[Subscription]:
            gone = await tx.subscriptions.of_place(place)
            await tx.subscriptions.remove_all(place)
            return gone

        return len(await self._removed(remove))

    async def _removed(
        self, remove: Callable[[Tx], Awaitable[list[Subscription]]]
    ) -> list[Subscription]:
        """Queries that nobody subscribes to any more leave the index."""
        with self._index.leaving() as discard:
            async with self._storage.write() as tx:
                gone = await remove(tx)
                wanted = await tx.subscriptions.wanted([one.query_id for one in gone])
                for one in gone:
                    if one.query_id not in wanted:
                        discard(one.query_id, one.query)
        return gone

    async def vary(
        self, place: Place, subscription_id: int, change: Callable[[Subscription], Subscription]
    ) -> tuple[Subscription, int] | None:
        """Change one's options; returns it with its number, None when it is gone."""
        async with self._storage.write() as tx:
            existing = await tx.subscriptions.of_place(place)
            found = next((one for one in existing if one.id == subscription_id), None)
            if found is None:
                return None
            changed = change(found)
            await tx.subscriptions.update(changed)
            await tx.alerts.reconsider(place, self._clock())
        return changed, existing.index(found) + 1

    async def toggle_form(self, place: Place, subscription_id: int) -> Subscription | None:
        """Headline and summary, or headline only; None when the subscription is gone."""
        async with self._storage.write() as tx:
            subscription = await tx.subscriptions.get(place, subscription_id)
            if subscription is None:
                return None
            form = Form.FULL if subscription.form is Form.HEADLINE else Form.HEADLINE
            changed = replace(subscription, form=form)
            await tx.subscriptions.update(changed)
        return changed


def _number(existing: Sequence[Subscription], subscription: Subscription) -> int:
    return [one.id for one in existing].index(subscription.id) + 1
