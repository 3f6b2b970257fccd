"""Who may change things in a chat."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from telegram import ChatMember
from telegram.error import TelegramError

from bot.domain.model import ChatKind
from handlers.turn import Turn

AskAdministrators = Callable[[int], Awaitable[Sequence[ChatMember]]]
"""`Bot.get_chat_administrators`: who administers the chat with this id."""

REMEMBERED = 60.0
"""Seconds a chat's list of administrators is believed (PRODUCT.md: at most 60)."""


@dataclass(frozen=True, slots=True)
class _Seen:
    administrators: frozenset[int]
    anonymous: frozenset[int]
    at: float


class Guard:
    """Asks Telegram who administers a chat, and remembers it for a minute."""

    def __init__(self, ask: AskAdministrators, monotonic: Callable[[], float]) -> None:
        self._ask = ask
        self._monotonic = monotonic
        self._seen: dict[int, _Seen] = {}

    async def may_change(self, turn: Turn) -> bool:
        """Whether the person of this turn may change subscriptions and settings here.

        In one's own private chat always. What the chat itself writes (channel posts, anonymous
        administrators) is an administrator's; but buttons are pressed by persons, so there the
        person decides.
        """
        if turn.kind is ChatKind.PRIVATE:
            return not turn.remote
        if turn.press is None and turn.anonymous:
            return True
        if turn.user is None:
            return False
        return turn.user.id in (await self._administrators(turn.place.chat)).administrators

    async def nameable(self, turn: Turn) -> tuple[int, str] | None:
        """Who pressed in a group, so that a question finds them; not who wants to be anonymous."""
        if turn.user is None or turn.kind is ChatKind.PRIVATE or turn.remote:
            return None
        if turn.user.id in (await self._administrators(turn.place.chat)).anonymous:
            return None
        return turn.user.id, turn.user.full_name

    def forget(self, chat: int) -> None:
        """Somebody's rights changed there: ask again next time."""
        self._seen.pop(chat, None)

    async def _administrators(self, chat: int) -> _Seen:
        now = self._monotonic()
        self._seen = {key: seen for key, seen in self._seen.items() if now - seen.at < REMEMBERED}
        seen = self._seen.get(chat)
        if seen is None:
            try:
                members = await self._ask(chat)
            except TelegramError:  # we cannot know: nobody may
                return _Seen(frozenset(), frozenset(), now)
            anonymous = [one for one in members if getattr(one, "is_anonymous", False)]
            seen = _Seen(_ids(members), _ids(anonymous), now)
            self._seen[chat] = seen
        return seen


def _ids(members: Sequence[ChatMember]) -> frozenset[int]:
    return frozenset(member.user.id for member in members)
