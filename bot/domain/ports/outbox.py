"""What waits to be sent, and who may send it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.languages import NewsLanguages
from bot.domain.model import (
    Alert,
    Article,
    Broadcast,
    Delivery,
    Lane,
    Place,
    Receipt,
    Subscription,
)
from bot.domain.places import Gather


class Alerts(Protocol):
    async def enqueue(
        self,
        article: Article,
        query_ids: Sequence[int],
        now: datetime,
        news: NewsLanguages = NewsLanguages(),  # noqa: B008 - a frozen value
        *,
        pivot: str | None = None,
    ) -> int:
        """One alert per place that subscribes to any of these queries and may see the article.

        Chats whose news languages (`news`: the operator's default) are others get none, unless
        the query names its language itself. `pivot`: the article's translation into this language
        met them, which concerns chats alone that speak it and want translations matched.

        A place that was told of this story within 12 h gets none, unless it has tripled since.
        Wakes the lanes. Returns how many alerts are new.
        """
        ...

    async def claim_lanes(self, now: datetime, limit: int, seconds: float) -> list[Lane]:
        """Take up to `limit` chats with something to send, longest due first."""
        ...

    async def hasten(self, lanes: Sequence[Lane], now: datetime) -> None:
        """These lanes were handed back to wait; they need not, unless somebody took them since."""
        ...

    async def next_of(self, lanes: Sequence[Lane], now: datetime) -> dict[int, Delivery]:
        """The oldest unsent alert of each chat that need not wait, with all that rendering needs.

        By chat; chats with nothing to say now are left out. An alert that was gathered brings
        along what was gathered with it: what the message lists, and what it only counts.
        """
        ...

    async def hold(self, alert: Alert, until: datetime, gather: Gather) -> None:
        """Not before `until`, and then together with what waits for the same reason."""
        ...

    async def take_apart(self, alerts: Sequence[Alert]) -> None:
        """These waited together; each goes alone now, in the order that they have."""
        ...

    async def hold_topic(self, place: Place, until: datetime) -> None:
        """Nothing of this place before `until`."""
        ...

    async def reconsider(self, place: Place, now: datetime) -> None:
        """The place has changed its mind: what waits is decided anew."""
        ...

    async def reconsider_chat(self, chat: int, now: datetime) -> None:
        """The same for every place of a chat."""
        ...

    async def settle(self, receipts: Sequence[Receipt]) -> None:
        """Telegram accepted these: one statement for all of them."""
        ...

    async def settle_lost(self, receipts: Sequence[Receipt]) -> None:
        """Telegram accepted these, though their lane is another worker's by now."""
        ...

    async def retry(
        self, alert: Alert, *, attempts: int, plain: bool = False, unanswered: bool = False
    ) -> None:
        """It stays unsent; the next try knows how those before it went."""
        ...

    async def recount(self, chats: Sequence[int], attempts: int) -> None:
        """Of all that was tried so often there and waits, the last try does not count."""
        ...

    async def bury(self, alert: Alert, reason: str, now: datetime) -> None:
        """It will never be sent: to the dead-letter list (`reason`), or dropped as pointless."""
        ...

    async def release_lanes(self, dues: Mapping[Lane, datetime | None]) -> bool:
        """Hand chats back, all or none; False when a lease was lost: roll back.

        Of several chats False also where another transaction holds one just now: hand each back
        alone then, which waits for it.

        A lane is not due before its moment, if anything is left to send; None: at once if anything
        is left. Where all that is left is held, the lane sleeps until the first of it is ready.
        With nothing left the lane sleeps until an alert wakes it (decided with the rows locked,
        so no wake-up is lost).
        """
        ...

    async def by_message(self, chat: int, message_id: int) -> Alert | None:
        """The alert that this message of the bot told."""
        ...

    async def subscriptions_of(self, alert: Alert) -> list[Subscription]:
        """This place's subscriptions that the alert's article met."""
        ...


class Broadcasts(Protocol):
    async def add(self, chat_id: int, text: str, now: datetime) -> None: ...

    async def claim(self, now: datetime, seconds: float) -> Broadcast | None:
        """Take the one that is due longest."""
        ...

    async def next_chat(self, after: int | None) -> int | None:
        """The reachable chat with the next higher id."""
        ...

    async def save(self, one: Broadcast, due: datetime) -> bool:
        """Write how far it is; False when the lease was lost."""
        ...

    async def done(self, one: Broadcast) -> None: ...


class Incoming(Protocol):
    """Updates that Telegram brought."""

    async def note(self, number: int, content: str, now: datetime) -> bool:
        """Write an update down; False: we had it before."""
        ...

    async def done(self, number: int) -> None:
        """Its content is needed no more; its number is."""
        ...

    async def left(self, before: datetime, now: datetime) -> list[tuple[int, str]]:
        """Numbers and contents of those that came before that and are not done, in their order.

        They count as having come now.
        """
        ...

    async def forget(self, before: datetime) -> None:
        """Those that came before that; Telegram keeps updates for a day."""
        ...


class Leases(Protocol):
    async def switch(self, name: str, *, on: bool) -> None:
        """A switch that holds until it is turned off; "sending" stops the claiming of lanes."""
        ...

    async def present(self, holder: str, now: datetime, seconds: float) -> int:
        """This process lives, for so long; returns how many do, this one included."""
        ...

    async def leave(self, holder: str) -> None:
        """It does not any more."""
        ...

    async def take(self, name: str, holder: str, now: datetime, seconds: float) -> bool:
        """Take or renew the lease `name` for `holder`; False while another holds it."""
        ...
