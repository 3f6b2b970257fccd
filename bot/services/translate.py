"""Translating what is sent, never at the price of an alert.

An alert waits ten seconds; what comes later is shown by an edit.
"""

import asyncio
from dataclasses import replace

from bot.domain.languages import primary
from bot.domain.model import Chat, Delivery, Translation
from bot.domain.ports import Clock, Storage
from bot.domain.translating import Translated, wanted
from bot.rendering.alert import headline_and_lede
from bot.services.engines import Engines

PATIENCE = 10.0
"""Seconds that an alert waits for its translation (PRODUCT: the original goes out then)."""

HURRY = 1.0
"""Seconds while an earlier translation is late: alerts of one chat wait one after the other."""

LATE_TRIES = 8
PAUSE = 2.0
"""Seconds between looks whether an alert was sent, to be edited: its own sending may take some."""


class Translating:
    """Puts translations into what is about to be said, or said again."""

    def __init__(
        self,
        storage: Storage,
        engines: Engines,
        clock: Clock,
        *,
        patience: float = PATIENCE,
        hurry: float = HURRY,
    ) -> None:
        self._storage = storage
        self._engines = engines
        self._clock = clock
        self._patience = patience
        self._hurry = hurry
        self._late: set[asyncio.Task[None]] = set()

    async def prepare(self, delivery: Delivery, chat: Chat) -> Delivery:
        """The delivery with what came within the patience; the rest is shown by an edit."""
        if not self._engines:
            return delivery
        every = [self._one(one, chat) for one in (delivery, *delivery.rest)]
        first, *rest = await asyncio.gather(*every)
        return replace(first, rest=tuple(rest))

    async def close(self) -> None:
        """Stop waiting for late ones."""
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    async def _one(self, delivery: Delivery, chat: Chat) -> Delivery:
        article = delivery.article
        source, target = primary(article.language), primary(chat.locale)
        if source is None or target is None or not wanted(source, target, chat.translate):
            return delivery
        texts = headline_and_lede(article)
        asked = asyncio.create_task(self._engines.translate(texts, source, target))
        patience = self._hurry if self._late else self._patience
        done, _ = await asyncio.wait({asked}, timeout=patience)
        if not done:
            late = asyncio.create_task(self._show_late(delivery, asked))
            self._late.add(late)
            late.add_done_callback(self._late.discard)
            return delivery
        found = asked.result()
        return delivery if found is None else replace(delivery, translation=_of(found, source))

    async def _show_late(
        self, delivery: Delivery, asked: "asyncio.Task[Translated | None]"
    ) -> None:
        """When the translation comes after the alert: have it edited."""
        if await asked is None:
            return
        for _ in range(LATE_TRIES):
            async with self._storage.write() as tx:
                if await tx.stories.rewrite(delivery.alert, self._clock()):
                    return
            await asyncio.sleep(PAUSE)


def _of(found: Translated, source: str) -> Translation:
    title, lede = found.texts
    return Translation(title=title, lede=lede, language=source, engine=found.engine)
