"""The chain of translation engines: each text once, checked, within the month's characters.

Cache → the engines in their order, those that are healthy, do this pair and are within the month's
characters → checks → cache.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.errors import EngineReason, TranslationError
from bot.domain.ports import Clock, Engine, Storage
from bot.domain.translating import (
    UNSUPPORTED_FOR,
    Health,
    Translated,
    after_trouble,
    fault_of,
    text_key,
)

log = logging.getLogger(__name__)

SHARE_TO_MATCH = 0.5
"""Of the month's characters, what matching translations may take: the rest is for alerts."""

A_MOMENT = 0.5
"""Seconds before an engine that was just out of reach is asked once more."""

Alarm = Callable[[str, EngineReason, str], Awaitable[None]]
"""Tells the operators about an engine: its name, why it rests, its server's own words."""


@dataclass(frozen=True, slots=True)
class _Request:
    texts: tuple[str, ...]
    source: str
    target: str
    free: bool

    @property
    def characters(self) -> int:
        return sum(map(len, self.texts))


class Engines:
    """The engines, with their health; known by their place in the chain: names may be equal."""

    def __init__(
        self,
        storage: Storage,
        engines: Sequence[Engine],
        clock: Clock,
        alarm: Alarm,
        *,
        budget: int | None = None,
        moment: float = A_MOMENT,
    ) -> None:
        self._storage = storage
        self._engines = tuple(engines)
        self._clock = clock
        self._alarm = alarm
        self._budget = budget
        self._moment = moment
        self._health: dict[int, Health] = {}
        self._unsupported: dict[tuple[int, str, str], datetime] = {}
        self._flights: dict[_Request, asyncio.Task[Translated | None]] = {}

    def __bool__(self) -> bool:
        return bool(self._engines)

    @property
    def matching(self) -> bool:
        """Whether one is free, so that all news may be translated to be matched."""
        return any(one.free for one in self._engines)

    async def translate(
        self, texts: tuple[str, ...], source: str, target: str, *, free: bool = False
    ) -> Translated | None:
        """The texts in `target`; None: no engine could. The same request runs only once.

        `free`: by engines that cost nothing, and within their share of the month's characters.
        """
        request = _Request(texts, source, target, free)
        if request not in self._flights:
            flight = asyncio.create_task(self._cached(request))
            self._flights[request] = flight
            flight.add_done_callback(lambda _: self._flights.pop(request, None))
        return await asyncio.shield(self._flights[request])

    async def close(self) -> None:
        """Stop what is under way."""
        flights = tuple(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    async def _cached(self, request: _Request) -> Translated | None:
        source, target = request.source, request.target
        keys = {text_key(text): text for text in request.texts if text}
        async with self._storage.read() as tx:
            known = await tx.translations.get(keys, source, target)
        missing = tuple(text for key, text in keys.items() if key not in known)
        if missing:
            found = await self._asked(replace(request, texts=missing))
            if found is None:
                return None
            fresh = {text_key(one): done for one, done in zip(missing, found.texts, strict=True)}
            async with self._storage.write() as tx:
                await tx.translations.put(fresh, source, target, found.engine, self._clock())
            known |= {key: (text, found.engine) for key, text in fresh.items()}
        if not known:
            return None
        engine = known[text_key(next(filter(None, request.texts)))][1]
        texts = tuple(known[text_key(one)][0] if one else "" for one in request.texts)
        return Translated(texts, engine)

    async def _asked(self, request: _Request) -> Translated | None:
        for number, engine in enumerate(self._engines):
            if self._is_passed_over(number, request):
                continue
            if not await self._spend(number, request):
                continue
            try:
                found = await self._tried(engine, request)
            except TranslationError as error:
                await self._troubled(number, error, request)
                continue
            self._health[number] = Health()
            return Translated(found, engine.name)
        return None

    async def _tried(self, engine: Engine, request: _Request) -> tuple[str, ...]:
        """Ask, and once more where a moment may help.

        Raises:
            TranslationError: see `_translated`.
        """
        try:
            return await _translated(engine, request)
        except TranslationError as error:
            if not error.passing:
                raise
        await asyncio.sleep(self._moment)
        return await _translated(engine, request)

    def _is_passed_over(self, number: int, request: _Request) -> bool:
        """Whether the engine rests, is none for this, or said lately that it lacks this pair."""
        now = self._clock()
        if self._health.get(number, Health()).rests(now):
            return True
        until = self._unsupported.get((number, request.source, request.target))
        return (request.free and not self._engines[number].free) or (
            until is not None and now < until
        )

    async def _spend(self, number: int, request: _Request) -> bool:
        """Count characters before they are sent: a limit that is found afterwards is none.

        Those of engines without a price do not count.
        """
        if not self._engines[number].metered:
            return True
        month = f"{self._clock():%Y-%m}"
        share = SHARE_TO_MATCH if request.free else 1.0
        async with self._storage.write() as tx:
            spent = await tx.translations.spent(month) + request.characters
            if self._budget is None or spent <= self._budget * share:
                name = self._engines[number].name
                await tx.translations.spend(month, name, request.characters)
                return True
        if not request.free:
            await self._tell(number, "budget")
        return False

    async def _troubled(self, number: int, trouble: TranslationError, request: _Request) -> None:
        name, source, target = self._engines[number].name, request.source, request.target
        log.info("%s, %s to %s: %s", name, source, target, trouble)
        if trouble.kind == "unsupported":
            self._unsupported[number, source, target] = self._clock() + UNSUPPORTED_FOR
            return
        before = self._health.get(number, Health())
        after = after_trouble(before, trouble.kind, trouble.wait, self._clock())
        self._health[number] = after
        if after.until is not None and trouble.kind != "busy":
            await self._tell(number, trouble.reason, trouble.words)

    async def _tell(self, number: int, why: EngineReason, words: str = "") -> None:
        """Once, until it works again."""
        health, name = self._health.get(number, Health()), self._engines[number].name
        if not health.told:
            self._health[number] = replace(health, told=True)
            log.warning("%s rests (%s): %s", name, why, words)
            await self._alarm(name, why, words)


async def _translated(engine: Engine, request: _Request) -> tuple[str, ...]:
    """The checked translations; one after the other where they are too much together.

    Raises:
        TranslationError: the engine could not, or its answer must not be shown.
    """
    texts, source, target = request.texts, request.source, request.target
    try:
        found = await engine.translate(texts, source, target)
    except TranslationError as error:
        if error.kind != "too-large" or len(texts) == 1:
            raise
        single = [await engine.translate((text,), source, target) for text in texts]
        found = tuple(one for (one,) in single)
    for text, translated in zip(texts, found, strict=True):
        fault = fault_of(text, translated, source, target)
        if fault is not None:
            raise TranslationError(
                "failed", f"its answer cannot be used: {fault}", reason="unusable"
            )
    return found
