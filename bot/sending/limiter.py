"""All that we say shares one budget: answers before alerts, and one chat's 429 stops that chat.

python-telegram-bot's own AIORateLimiter knows no limit per private chat and halts every chat for
one chat's flood wait; hence this one, over `bot.domain.pacing`.
"""

from bisect import insort
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import IntEnum
from itertools import count
from math import ceil
from typing import Any, NamedTuple

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.domain.pacing import ChatKey, Pace
from bot.sending.flight import Flight

Answer = bool | dict[str, Any] | list[dict[str, Any]]
Request = Callable[..., Coroutine[Any, Any, Answer]]


class Rank(IntEnum):
    """Who goes first: `rate_limit_args` of a request; without it, it is an answer."""

    ANSWER = 0
    ALERT = 1


PATIENCE = {Rank.ANSWER: 60.0, Rank.ALERT: 5.0}
"""Seconds a request waits here at most. An alert's lease must outlive its wait, so that it goes
back to storage instead; an answer after more than a minute helps nobody."""


LOOK_AGAIN = 0.25
"""Of the usual space between two, where one has to wait until the last is written down."""


class _Ticket(NamedTuple):
    """A request in the queue, sorted by rank, then by arrival."""

    rank: Rank
    number: int
    chat: ChatKey
    edit: bool


def seconds_of(flood: RetryAfter) -> float:
    """The wait in seconds: PTB gives an int, or a timedelta under PTB_TIMEDELTA=1."""
    wait = flood.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


class PacedRequests(BaseRateLimiter[Rank]):
    """Lets each message wait for its moment, and remembers the flood waits Telegram gives.

    Messages (send, copy, forward) count in their chat and overall; edits count overall and heed
    their chat's flood wait; all else (answers to presses, chat actions, reads) goes at once.

    Raises RetryAfter, without asking Telegram, where the wait would exceed PATIENCE.
    """

    def __init__(
        self,
        pace: Pace,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        flight: Flight | None = None,
    ) -> None:
        """`clock` is monotonic seconds; `sleep` waits that many of them.

        With a `flight`, alerts also wait until those before them are written down.
        """
        self.flight = flight
        self._pace = pace
        self._clock = clock
        self._sleep = sleep
        self._numbers = count()
        self._waiting: list[_Ticket] = []

    def share(self, processes: int) -> None:
        """Take one part of the rate that so many have together."""
        self._pace.share(processes)

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close: who waits here is cancelled by who asked."""

    async def process_request(
        self,
        callback: Request,
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Rank | None,
    ) -> Answer:
        chat = _chat_of(data)
        if chat is None or not _is_paced(endpoint):
            return await callback(*args, **kwargs)
        rank = Rank.ANSWER if rate_limit_args is None else rate_limit_args
        ticket = _Ticket(rank, next(self._numbers), chat, endpoint.startswith("edit"))
        await self._turn(ticket)
        try:
            with self._flying(ticket):
                return await callback(*args, **kwargs)
        except RetryAfter as flood:
            now = self._clock()
            self._pace.hold(chat, now + seconds_of(flood), now)
            raise

    async def _turn(self, ticket: _Ticket) -> None:
        """Wait until `ticket` may go, and book its moment."""
        latest = self._clock() + PATIENCE[ticket.rank]
        insort(self._waiting, ticket)
        try:
            while (wait := self._wait(ticket)) > 0:
                if self._clock() + wait > latest:
                    raise RetryAfter(timedelta(seconds=ceil(wait)))
                await self._sleep(wait)
            self._book(ticket)
        finally:
            self._waiting.remove(ticket)

    def _wait(self, ticket: _Ticket) -> float:
        """Seconds until it is worth looking again; 0: go.

        Everybody ahead whose chat is free takes one slot, so that each waiter wakes for its own.
        """
        now = self._clock()
        ahead = sum(
            1 for other in self._waiting if other < ticket and self._free(other, now) <= now
        )
        slot = self._pace.overall_free(now) + ahead * self._pace.spacing
        wait = max(self._free(ticket, now), slot) - now
        if wait <= 0 and self._full(ticket):
            return self._pace.spacing * LOOK_AGAIN
        return wait

    def _full(self, ticket: _Ticket) -> bool:
        flight = self.flight if _flies(ticket) else None
        return flight is not None and flight.full(self._pace.spacing, len(self._waiting))

    @contextmanager
    def _flying(self, ticket: _Ticket) -> Iterator[None]:
        """From the request to its answer, where a kill would double it."""
        if self.flight is None or not _flies(ticket):
            yield
            return
        number = self.flight.begin()
        try:
            yield
        finally:
            self.flight.land(number)

    def _free(self, ticket: _Ticket, now: float) -> float:
        look = self._pace.held if ticket.edit else self._pace.chat_free
        return look(ticket.chat, now)

    def _book(self, ticket: _Ticket) -> None:
        if ticket.edit:
            self._pace.book_overall(self._clock())
        else:
            self._pace.book(ticket.chat, self._clock())


def _flies(ticket: _Ticket) -> bool:
    """Whether it would be said again after a kill: an edit may be made twice, nobody sees it."""
    return ticket.rank is Rank.ALERT and not ticket.edit


def _is_paced(endpoint: str) -> bool:
    verbs = ("send", "copy", "forward", "edit")
    return endpoint.startswith(verbs) and endpoint != "sendChatAction"


def _chat_of(data: dict[str, Any]) -> ChatKey | None:
    """The chat of a request, if any; an id may come as a number in a string."""
    chat = data.get("chat_id")
    if not isinstance(chat, str):
        return chat
    return int(chat) if chat.lstrip("-").isdigit() else chat
