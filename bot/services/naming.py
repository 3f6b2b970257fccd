"""What the words of a subscription are called in all languages, and editing that."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.documents import document_of
from bot.domain.grammar import Limits, parse
from bot.domain.matching import is_met
from bot.domain.model import Place, Subscription
from bot.domain.names import NO_NAMES, Names
from bot.domain.naming import Thing, things_of, toggled, with_name, without_own
from bot.domain.narrowing import Narrowed, language_toggled, narrowed
from bot.domain.ports import Clock, Storage, Tx
from bot.domain.query import Node, Query, query_of
from bot.domain.stored import stored_query
from bot.services.live_index import LiveIndex

WAITING = 1_000
"""Alerts that wait, the newest of a place, stay those of a subscription that is edited."""

SENT = 200
"""So do as many that were sent."""

SLICE = 25
"""Articles looked at before others may run: some 2 ms. Not one by one, as the writer is held."""


@dataclass(frozen=True, slots=True)
class Named:
    """A subscription with its number in the place's list, and what its words are called.

    `twin`: the number of another that asks the same already, so that nothing was changed.
    """

    subscription: Subscription
    number: int
    things: tuple[Thing, ...]
    twin: int | None = None


class Naming:
    """Names of subscriptions; an edit is effective for the next article."""

    def __init__(
        self,
        storage: Storage,
        index: LiveIndex,
        clock: Clock,
        names: Names = NO_NAMES,
        limits: Limits = Limits(),  # noqa: B008 - a frozen value
    ) -> None:
        self._storage = storage
        self._index = index
        self._clock = clock
        self._names = names
        self._limits = limits

    def things(self, one: Subscription) -> tuple[Thing, ...]:
        """What its words are called."""
        return things_of(stored_query(one.query_id, one.query).node, self._names)

    async def of(self, place: Place, subscription_id: int) -> Named | None:
        """One of the place's subscriptions; None: it is gone."""
        async with self._storage.read() as tx:
            existing = await tx.subscriptions.of_place(place)
        found = next((one for one in existing if one.id == subscription_id), None)
        return None if found is None else self._named(found, existing)

    async def add(self, place: Place, subscription_id: int, thing: int, text: str) -> Named | None:
        """One name more for one of the things it asks for.

        Raises:
            QueryError: the text is no name, or the query would be larger than the operator allows.
        """
        return await self._change(
            place, subscription_id, lambda node: with_name(node, thing, text, self._names)
        )

    async def remove(self, place: Place, subscription_id: int, own: str) -> Named | None:
        """Without an alternative that the query spells out."""
        return await self._change(place, subscription_id, lambda node: without_own(node, own))

    async def toggle(self, place: Place, subscription_id: int, name: str) -> Named | None:
        """A known name does not count any more, or counts again.

        Raises:
            QueryError: the query would be larger than the operator allows.
        """
        return await self._change(place, subscription_id, lambda node: toggled(node, name))

    def narrowed(self, one: Subscription) -> Narrowed:
        """Which languages and sources its query names beside the words."""
        return narrowed(stored_query(one.query_id, one.query).node)

    async def toggle_language(self, place: Place, subscription_id: int, code: str) -> Named | None:
        """It rings in this language, too, or not any more; in no chosen one: as its chat does.

        Raises:
            QueryError: the query would be larger than the operator allows.
        """
        return await self._change(
            place, subscription_id, lambda node: language_toggled(node, code)
        )

    async def _change(
        self, place: Place, subscription_id: int, change: Callable[[Node], Node]
    ) -> Named | None:
        found = await self.of(place, subscription_id)
        if found is None:
            return None
        before = found.subscription
        node = stored_query(before.query_id, before.query).node
        query = parse(query_of(change(node)).text, self._limits)
        if query.id == before.query_id:
            return found
        with self._index.leaving() as discard:
            async with self._storage.write() as tx:
                existing = await tx.subscriptions.of_place(place)
                twins = [n for n, one in enumerate(existing, 1) if one.query_id == query.id]
                if twins:
                    return Named(before, found.number, found.things, twins[0])
                await tx.subscriptions.ask_instead(before, query, self._clock())
                await self._carry_over(tx, before, query)
                if not await tx.subscriptions.wanted([before.query_id]):
                    discard(before.query_id, before.query)
        self._index.add(query)
        return await self.of(place, subscription_id)

    async def _carry_over(self, tx: Tx, before: Subscription, query: Query) -> None:
        """Alerts stay its own, where the new query would ring them too.

        What waits is looked at whatever rang it: of two edits, the second may want again what the
        first did not (all languages, then German, then German or French).
        """
        met = []
        told = await tx.articles.rung(before, waiting=WAITING, sent=SENT)
        for count, one in enumerate(told, start=1):
            if is_met(query.node, document_of(one, self._names)):
                met.append(one.id)
            if count % SLICE == 0:
                await asyncio.sleep(0)
        await tx.articles.record_hits({one: [query.id] for one in met})

    def _named(self, one: Subscription, existing: list[Subscription]) -> Named:
        return Named(one, existing.index(one) + 1, self.things(one))
