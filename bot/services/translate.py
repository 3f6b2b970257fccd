"""Translating what is sent: once per text and language, never at the price of an alert.

Cache → the engines in their order, those that are healthy and within the month's characters →
checks → cache. An alert waits ten seconds; what comes later is shown by an edit.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b

from bot.domain.errors import TranslationError
from bot.domain.languages import primary
from bot.domain.model import Chat, Delivery, Translation
from bot.domain.ports import Clock, Engine, Storage
from bot.domain.translating import (
    UNSUPPORTED_FOR,
    Health,
    Translated,
    after_trouble,
    fault_of,
    wanted,
)
from bot.rendering.alert import lede_of

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds that an alert waits for its translation (PRODUCT: the original goes out then)."""

LATE_TRIES = 8
PAUSE = 2.0
"""Seconds between looks whether an alert was sent, to be edited: its own sending may take some."""

Alarm = Callable[[str, str], Awaitable[None]]
"""Tells the operators about an engine: its name, and what is the matter."""


class Engines:
    """The chain of engines, with their health and the month's characters."""

    def __init__(
        self,
        storage: Storage,
        engines: Sequence[Engine],
        clock: Clock,
        alarm: Alarm,
        *,
        budget: int | None = None,
    ) -> None:
        self._storage = storage
        self._engines = tuple(engines)
        self._clock = clock
        self._alarm = alarm
        self._budget = budget
        self._health: dict[str, Health] = {}
        self._unsupported: dict[tuple[str, str, str], datetime] = {}
        self._flights: dict[tuple[str, str, tuple[str, ...]], asyncio.Task[Translated | None]] = {}

    def __bool__(self) -> bool:
        return bool(self._engines)

    async def translate(
        self, texts: tuple[str, ...], source: str, target: str
    ) -> Translated | None:
        """The texts in `target`; None: no engine could. The same request runs only once."""
        key = (source, target, texts)
        if key not in self._flights:
            flight = asyncio.create_task(self._cached(texts, source, target))
            self._flights[key] = flight
            flight.add_done_callback(lambda _: self._flights.pop(key, None))
        return await asyncio.shield(self._flights[key])

    async def close(self) -> None:
        """Stop what is under way."""
        flights = tuple(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    async def _cached(self, texts: tuple[str, ...], source: str, target: str) -> Translated | None:
        keys = {_key(text): text for text in texts if text}
        async with self._storage.read() as tx:
            known = await tx.translations.get(keys, source, target)
        missing = tuple(text for key, text in keys.items() if key not in known)
        if missing:
            found = await self._asked(missing, source, target)
            if found is None:
                return None
            fresh = {_key(one): done for one, done in zip(missing, found.texts, strict=True)}
            async with self._storage.write() as tx:
                await tx.translations.put(fresh, source, target, found.engine, self._clock())
            known |= {key: (text, found.engine) for key, text in fresh.items()}
        if not known:
            return None
        engine = known[_key(next(filter(None, texts)))][1]
        return Translated(tuple(known[_key(one)][0] if one else "" for one in texts), engine)

    async def _asked(self, texts: tuple[str, ...], source: str, target: str) -> Translated | None:
        for engine in self._engines:
            now = self._clock()
            pair = (engine.name, source, target)
            if self._health.get(engine.name, Health()).rests(now) or self._lacks(pair):
                continue
            if not await self._spend(engine, sum(map(len, texts))):
                return None
            try:
                found = await engine.translate(texts, source, target)
                _check(texts, found, source, target)
            except TranslationError as error:
                await self._troubled(engine, error, source, target)
                continue
            self._health[engine.name] = Health()
            return Translated(found, engine.name)
        return None

    def _lacks(self, pair: tuple[str, str, str]) -> bool:
        """Whether the engine said lately that it does not do this pair."""
        until = self._unsupported.get(pair)
        return until is not None and self._clock() < until

    async def _spend(self, engine: Engine, characters: int) -> bool:
        """Count characters before they are sent: a limit that is found afterwards is none."""
        now = self._clock()
        month = f"{now:%Y-%m}"
        async with self._storage.write() as tx:
            spent = await tx.translations.spent(month)
            if self._budget is None or spent + characters <= self._budget:
                await tx.translations.spend(month, engine.name, characters)
                return True
        await self._tell(engine.name, "TRANSLATE_MAX_CHARS_PER_MONTH is reached")
        return False

    async def _troubled(
        self, engine: Engine, trouble: TranslationError, source: str, target: str
    ) -> None:
        log.info("%s, %s to %s: %s", engine.name, source, target, trouble)
        if trouble.kind == "unsupported":
            until = self._clock() + UNSUPPORTED_FOR
            self._unsupported[engine.name, source, target] = until
            return
        before = self._health.get(engine.name, Health())
        after = after_trouble(before, trouble.kind, trouble.wait, self._clock())
        self._health[engine.name] = after
        if after.until is not None and trouble.kind != "busy":
            await self._tell(engine.name, trouble.message)

    async def _tell(self, engine: str, what: str) -> None:
        """Once, until it works again."""
        health = self._health.get(engine, Health())
        if not health.told:
            self._health[engine] = replace(health, told=True)
            log.warning("%s rests: %s", engine, what)
            await self._alarm(engine, what)


class Translating:
    """Puts translations into what is about to be said, or said again."""

    def __init__(
        self, storage: Storage, engines: Engines, clock: Clock, *, patience: float = PATIENCE
    ) -> None:
        self._storage = storage
        self._engines = engines
        self._clock = clock
        self._patience = patience
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
        texts = (article.title, lede_of(article))
        asked = asyncio.create_task(self._engines.translate(texts, source, target))
        done, _ = await asyncio.wait({asked}, timeout=self._patience)
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


def _check(texts: Sequence[str], found: Sequence[str], source: str, target: str) -> None:
    for text, translated in zip(texts, found, strict=True):
        fault = fault_of(text, translated, source, target)
        if fault is not None:
            raise TranslationError("failed", f"its answer cannot be used: {fault}")


def _key(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()
