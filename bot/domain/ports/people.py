"""What is remembered of chats, their places, and what they subscribe to."""

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Any, Protocol

from bot.domain.model import (
    Chat,
    ChatKind,
    Lane,
    Place,
    Subscription,
)
from bot.domain.places import PlaceSettings
from bot.domain.query import Query


class Subscriptions(Protocol):
    async def add(
        self, place: Place, typed: str, query: Query, now: datetime
    ) -> tuple[Subscription, bool]:
        """Subscribe; the existing one and False where the place already has this query."""
        ...

    async def get(self, place: Place, subscription_id: int) -> Subscription | None: ...

    async def of_chat(self, chat: int) -> list[Subscription]:
        """Of all places of a chat, in the order they were made."""
        ...

    async def of_place(self, place: Place) -> list[Subscription]:
        """In the order they were made: the number a person sees is the position, from 1."""
        ...

    async def update(self, subscription: Subscription) -> bool:
        """Write its options; False when it is gone."""
        ...

    async def ask_instead(self, one: Subscription, query: Query, now: datetime) -> None:
        """Let this subscription ask another query, which its place does not have yet."""
        ...

    async def remove(self, place: Place, subscription_id: int) -> Subscription | None: ...

    async def remove_all(self, place: Place) -> int: ...

    def queries(self, batch: int = ...) -> AsyncIterator[list[tuple[int, str]]]:
        """(query id, canonical text) of every query that has a subscriber, in slices."""
        ...

    async def queries_since(self, moment: datetime) -> list[tuple[int, str]]:
        """Queries made at or after `moment`, also by other processes."""
        ...

    async def wanted(self, query_ids: Collection[int]) -> set[int]:
        """Which of these queries have a subscriber."""
        ...

    async def keep_query(self, query: Query, now: datetime) -> None:
        """Store a query that nobody subscribes to, so that its id can be looked up."""
        ...

    async def query_text(self, query_id: int) -> str | None:
        """The canonical text of a stored query (for shared `q_…` links)."""
        ...


class Chats(Protocol):
    async def ensure(self, chat: int, kind: ChatKind, title: str, locale: str | None) -> Chat:
        """Know this chat from now on; a chat that was gone is back, its alerts due again.

        `locale` is only used for a chat that is new.
        """
        ...

    async def get(self, chat: int) -> Chat | None: ...

    async def brought_by(self, inviter: str) -> int:
        """How many chats this person, a keyed hash, has brought the bot into, that it is in."""
        ...

    async def set_inviter(self, chat: int, inviter: str) -> None: ...

    async def keeper(self, chat: int) -> int | None:
        """Whom we tell, in their private chat, that we lost our rights in this one."""
        ...

    async def set_keeper(self, chat: int, person: int) -> None:
        """Tell this person, if they have a private chat with us; else who it was before."""
        ...

    async def set_locale(self, chat: int, locale: str) -> None: ...

    async def set_timezone(self, chat: int, timezone: str) -> None: ...

    async def set_news(self, chat: int, news: str) -> None: ...

    async def set_translate(self, chat: int, choice: str) -> None: ...

    async def set_pivot(self, chat: int, chosen: bool) -> None: ...

    async def set_gone(self, chat: int, now: datetime) -> None:
        """Telegram refuses us there: stop sending, keep the data, look again now and then."""
        ...

    async def claim_gone(self, now: datetime, limit: int, seconds: float) -> list[Lane]:
        """Take chats that refuse us and should be looked at again."""
        ...

    async def still_gone(self, lane: Lane, due: datetime) -> None:
        """It still refuses us; the next look is at `due`."""
        ...

    async def set_back(self, lane: Lane, now: datetime) -> None:
        """It takes messages again: what waits there is due."""
        ...

    async def move(self, old: int, new: int) -> None:
        """A group became a supergroup: everything of `old` belongs to `new`, in this transaction.

        Works in both orders and when both are known: then they are merged.
        """
        ...

    async def move_topic(self, place: Place, now: datetime) -> None:
        """The topic is no more: all that was bound to it belongs to General, where it has none."""
        ...

    async def forget(self, chat: int) -> None:
        """Remove the chat and everything that is its own, its private sources included."""
        ...

    async def ask(self, chat: int, message_id: int, verb: str, now: datetime) -> None:
        """Remember that the bot's message asks for the argument of `verb`."""
        ...

    async def asked(self, chat: int, message_id: int, now: datetime) -> str | None:
        """The verb asked for by this message within the last hour."""
        ...


class Belongings(Protocol):
    async def of(self, chat: int) -> dict[str, list[dict[str, Any]]]:
        """Every row that is this chat's own, as column and value, by table."""
        ...


class Cards(Protocol):
    async def put(self, chat: int, message_id: int, about: int) -> None:
        """Our message in the private chat `chat` manages the chat `about`."""
        ...

    async def about(self, chat: int, message_id: int) -> int | None:
        """The chat that this message manages; None: its own; 0: one that was forgotten."""
        ...

    async def turn_to(self, new: int, old: int) -> None:
        """What managed `old` manages `new`."""
        ...


class Places(Protocol):
    async def get(self, place: Place) -> PlaceSettings:
        """What this place has chosen; the defaults where it has chosen nothing."""
        ...

    async def put(self, place: Place, settings: PlaceSettings) -> None: ...

    async def muted_sources(self, place: Place) -> set[int]:
        """Sources that this place does not want to hear from."""
        ...

    async def mute_source(self, place: Place, source_id: int) -> None: ...

    async def unmute_source(self, place: Place, source_id: int) -> None: ...


class Access(Protocol):
    async def all(self) -> dict[str, bool]:
        """Who was let in (True) or shut out, by a keyed hash of the id."""
        ...

    async def put(self, key: str, *, allowed: bool) -> None: ...

    async def keep(self, name: str, value: str) -> str:
        """The value kept under this name; `value`, if there was none."""
        ...
