"""Translating what is sent, never at the price of an alert.

An alert waits ten seconds; what comes later is shown by an edit (`retouch`), which is written down
with the alert, so that a restart loses none.
"""

import asyncio
from dataclasses import replace

from bot.domain.languages import primary
from bot.domain.model import Chat, Delivery, Translation
from bot.domain.translating import Translated, wanted
from bot.rendering.alert import told_of
from bot.services.engines import Engines

PATIENCE = 10.0
"""Seconds that an alert waits for its translation (PRODUCT: the original goes out then)."""

HURRY = 1.0
"""Seconds while an earlier translation is late: alerts of one chat wait one after the other."""


class Translating:
    """Puts translations into what is about to be said, or said again."""

    def __init__(
        self, engines: Engines, *, patience: float = PATIENCE, hurry: float = HURRY
    ) -> None:
        self._engines = engines
        self._patience = patience
        self._hurry = hurry
        self._late: set[asyncio.Task[Translated | None]] = set()

    async def prepare(self, delivery: Delivery, chat: Chat) -> Delivery:
        """The delivery with what came within the patience; what did not is marked as late."""
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
        asked = asyncio.create_task(self._engines.translate(told_of(delivery), source, target))
        patience = self._hurry if self._late else self._patience
        done, _ = await asyncio.wait({asked}, timeout=patience)
        if not done:
            self._late.add(asked)
            asked.add_done_callback(self._late.discard)
            return replace(delivery, late=True)
        found = asked.result()
        return delivery if found is None else replace(delivery, translation=_of(found, source))


def _of(found: Translated, source: str) -> Translation:
    title, lede = found.texts
    return Translation(title=title, lede=lede, language=source, engine=found.engine)
