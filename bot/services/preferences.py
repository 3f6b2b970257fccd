"""What chats and places choose: language, time zone, quiet hours, digests, mutes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.choices import READ, Offer
from bot.domain.languages import News
from bot.domain.model import Chat, Place, Subscription, When
from bot.domain.places import PlaceSettings
from bot.domain.ports import Clock, Storage
from bot.domain.translating import NEVER, toggled
from bot.services.zones import find_zone


@dataclass(frozen=True, slots=True)
class Chosen:
    """A place's choices and its chat's, at this moment."""

    chat: Chat
    settings: PlaceSettings
    now: datetime
    offer: Offer = Offer()  # noqa: RUF009 - a frozen value


class Preferences:
    """Choices; a change is effective for what waits, too."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        offer: Offer = Offer(),  # noqa: B008 - a frozen value
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._offer = offer

    async def of(self, place: Place) -> Chosen:
        """What is chosen here.

        Raises:
            LookupError: nobody has ever talked to us in this chat.
        """
        async with self._storage.read() as tx:
            chat = await tx.chats.get(place.chat)
            settings = await tx.places.get(place)
        if chat is None:
            raise LookupError("nobody has talked to us there")
        return Chosen(chat, settings, self._clock(), self._offer)

    async def change(self, place: Place, **values: Any) -> Chosen:
        """Change a place's settings (fields of `PlaceSettings`)."""
        async with self._storage.write() as tx:
            before = await tx.places.get(place)
            await tx.places.put(place, replace(before, **values))
            await tx.alerts.reconsider(place, self._clock())
        return await self.of(place)

    async def mute(self, place: Place, span: timedelta) -> Chosen:
        """Drop what comes within `span`."""
        return await self.change(place, muted_until=self._clock() + span)

    async def resume(self, place: Place) -> Chosen:
        """End a pause and a mute."""
        return await self.change(place, paused=False, muted_until=None)

    async def toggle_source(self, place: Place, source_id: int) -> bool | None:
        """Mute a source here, or hear it again; True: it is muted now, None: no such source."""
        async with self._storage.write() as tx:
            source = await tx.sources.get(source_id)
            if source is None or source.owner not in (None, place.chat):
                return None
            if source_id in await tx.places.muted_sources(place):
                await tx.places.unmute_source(place, source_id)
                return False
            await tx.places.mute_source(place, source_id)
            return True

    async def muted_sources(self, place: Place) -> set[int]:
        """Sources that this place does not want to hear from."""
        async with self._storage.read() as tx:
            return await tx.places.muted_sources(place)

    async def set_language(self, place: Place, locale: str) -> Chosen:
        """The language of the bot's own sentences in this chat."""
        async with self._storage.write() as tx:
            await tx.chats.set_locale(place.chat, locale)
        return await self.of(place)

    async def set_news(self, place: Place, news: News) -> Chosen:
        """Which languages' news this chat receives."""
        async with self._storage.write() as tx:
            await tx.chats.set_news(place.chat, news)
        return await self.of(place)

    async def set_translate(self, place: Place, number: int) -> Chosen:
        """Translate always (0), never (1), or leave one more language as it is, or one less."""
        async with self._storage.write() as tx:
            chat = await tx.chats.get(place.chat)
            now = chat.translate if chat else ""
            choice = ("", NEVER)[number] if number < 2 else toggled(now, READ[number - 2])
            await tx.chats.set_translate(place.chat, choice)
        return await self.of(place)

    async def set_pivot(self, place: Place, chosen: bool) -> Chosen:
        """Whether articles ring here by the words of their translation, too."""
        async with self._storage.write() as tx:
            await tx.chats.set_pivot(place.chat, chosen and self._offer.matching)
        return await self.of(place)

    async def set_zone(self, place: Place, text: str) -> Chosen | None:
        """The chat's time zone by a city's name or an offset; None: nobody knows that name."""
        zone = find_zone(text)
        if zone is None:
            return None
        async with self._storage.write() as tx:
            await tx.chats.set_timezone(place.chat, zone)
            await tx.alerts.reconsider_chat(place.chat, self._clock())
        return await self.of(place)

    async def set_when(self, place: Place, when: When) -> Sequence[Subscription]:
        """Make all subscriptions of a place ring then; returns them."""
        async with self._storage.write() as tx:
            changed = [replace(one, when=when) for one in await tx.subscriptions.of_place(place)]
            for one in changed:
                await tx.subscriptions.update(one)
            await tx.alerts.reconsider(place, self._clock())
        return changed
