"""A real PTB bot with our limiter, before a Telegram that notes when it was asked."""

from collections.abc import Callable
from typing import Any

from telegram.ext import ExtBot

from bot.domain.message import Message
from bot.domain.model import Place
from bot.domain.outcomes import Outcome
from bot.domain.pacing import Pace
from bot.sending.flight import Flight
from bot.sending.limiter import PacedRequests
from bot.sending.sender import TelegramSender
from tests.fakes import VirtualTime
from tests.telegram_script import ScriptedRequest


class TimedRequest(ScriptedRequest):
    """Notes when each request was made, in seconds from the start."""

    def __init__(self, time: VirtualTime) -> None:
        super().__init__()
        self._time, self._start = time, time.now
        self.moments: list[tuple[int, float]] = []

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        answer = await super().do_request(*args, **kwargs)
        chat = self.calls[-1][1].get("chat_id", 0)
        self.moments.append((chat, round(self._time.now - self._start, 6)))
        return answer

    def of(self, chat: int) -> list[float]:
        return [moment for key, moment in self.moments if key == chat]


class Wire:
    """A real PTB bot with our limiter, in virtual time."""

    def __init__(self, telegram: Callable[[VirtualTime], TimedRequest] = TimedRequest) -> None:
        self.time = VirtualTime()
        self.telegram = telegram(self.time)
        self.flight = Flight(self.time)
        limiter = PacedRequests(Pace(30), self.time, self.time.sleep, self.flight)
        self.bot: ExtBot[Any] = ExtBot(
            "1:a", request=self.telegram, get_updates_request=self.telegram, rate_limiter=limiter
        )
        self.sender = TelegramSender(self.bot)

    async def alert(self, chat: int) -> Outcome:
        return await self.sender.send(Place(chat), Message(text="alert"))

    async def answer(self, chat: int, after: float = 0.0) -> None:
        if after:
            await self.time.sleep(after)
        await self.bot.send_message(chat, "answer")
