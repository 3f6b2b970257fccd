"""Which chats wait because Telegram could not be reached, and when they need wait no longer."""

from bot.domain.model import Lane

OUTAGE = 3
"""From so many chats in a row that could not be reached, it is no single chat's affair."""


class Silence:
    """Failures to reach Telegram, by chat.

    A chat's wait doubles up to a quarter of an hour; after an outage of hours all of them would
    wait on though Telegram is back. So the first answer ends the waiting of all.
    """

    def __init__(self) -> None:
        self._failures: dict[int, int] = {}
        self._since_answer: dict[int, Lane] = {}

    def missed(self, lane: Lane) -> int:
        """Telegram could not be reached for this chat; returns how often that was in a row."""
        chat = lane.chat.id
        self._failures[chat] = self._failures.get(chat, 0) + 1
        self._since_answer[chat] = lane
        return self._failures[chat]

    def answered(self, chat: int) -> tuple[Lane, ...]:
        """Telegram has answered for this chat; returns the lanes that need wait no longer."""
        self._failures.pop(chat, None)
        waiting = tuple(self._since_answer.values())
        self._since_answer.clear()
        return waiting if len(waiting) >= OUTAGE else ()
