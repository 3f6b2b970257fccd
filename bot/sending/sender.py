"""The one place that turns python-telegram-bot's errors into outcomes."""

from typing import Any

import httpx
from telegram import Bot, ChatMemberAdministrator
from telegram.constants import ChatAction
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    PassportDecryptionError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import ExtBot

from bot.domain.message import Message
from bot.domain.model import Chat, ChatKind, Place
from bot.domain.outcomes import (
    Ambiguous,
    ChatGone,
    ChatMoved,
    Flooded,
    NoRights,
    Outcome,
    Rejected,
    Sent,
    TokenRevoked,
    TopicClosed,
    TopicGone,
    Unreachable,
)
from bot.sending.limiter import Rank, seconds_of
from bot.sending.markup import edit_arguments, place_arguments, send_arguments

# Fragments of Telegram's sentences, in small letters: PTB changes the case of what it passes on.
_RIGHTS = (
    "chat not found",
    "not enough rights",
    "need administrator rights",
    "have no rights",
    "chat_write_forbidden",
    "chat_admin_required",
    "chat_restricted",
    "chat_send_plain_forbidden",
    "user_banned_in_channel",
    "upgraded to a supergroup",  # without the new id: the service message will bring it
)
_GONE = ("blocked", "deactivated", "kicked", "not a member", "was deleted")
_TOPIC_GONE = ("thread not found", "topic_deleted", "topic_id_invalid")
_TOPIC_CLOSED = ("topic_closed", "topic is closed")
_FLOOD = "too many requests"
_FLOOD_SECONDS = 5.0  # for a 429 that names no wait

_NEVER_WRITTEN = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class TelegramSender:
    """`ports.Screen` and `ports.Scout` over a PTB bot.

    With a rate limiter in it, alerts wait behind answers, and for those before them to be written
    down; what must be said even while nothing can be written ranks as an answer.
    """

    def __init__(self, bot: Bot, rank: Rank = Rank.ALERT) -> None:
        self._bot = bot
        paced = isinstance(bot, ExtBot) and bot.rate_limiter is not None
        self._extra: dict[str, Any] = {"rate_limit_args": rank} if paced else {}

    async def send(self, place: Place, message: Message, *, plain: bool = False) -> Outcome:
        """Say `message` in `place`; every answer of Telegram, and none, is a value."""
        arguments = place_arguments(place) | send_arguments(message, plain=plain) | self._extra
        try:
            sent = await self._bot.send_message(**arguments)
        except TelegramError as error:
            return outcome_of(error)
        except KeyError as error:  # PTB reads "result" unchecked from a 200 that has none
            return Ambiguous(f"an answer without {error}")
        return Sent(sent.message_id)

    async def edit(self, place: Place, message_id: int, message: Message) -> Outcome:
        """See `ports.Screen`; edits come after answers, like alerts."""
        arguments = {"chat_id": place.chat} | edit_arguments(message) | self._extra
        try:
            await self._bot.edit_message_text(message_id=message_id, **arguments)
        except BadRequest as error:
            if _has(error.message, ("not modified",)):
                return Sent(message_id)
            return outcome_of(error)
        except TelegramError as error:
            return outcome_of(error)
        return Sent(message_id)

    async def look(self, chat: Chat) -> Outcome:
        """See `ports.Scout`: "typing …" is refused where a message would be.

        In a channel nobody types (Bot API, sendChatAction); there our own rights tell.
        """
        try:
            if chat.kind is not ChatKind.CHANNEL:
                await self._bot.send_chat_action(chat.id, ChatAction.TYPING)
                return Sent(0)
            member = await self._bot.get_chat_member(chat.id, self._bot.id)
        except TelegramError as error:
            return outcome_of(error)
        posts = isinstance(member, ChatMemberAdministrator) and member.can_post_messages
        return Sent(0) if posts else NoRights("may not post in the channel")


def outcome_of(error: TelegramError) -> Outcome:  # noqa: C901, PLR0911 - a table: one line a class
    """What an error of `send_message` means for the message."""
    match error:
        case RetryAfter():
            return Flooded(seconds_of(error))
        case ChatMigrated():
            return ChatMoved(error.new_chat_id)
        case InvalidToken():
            return TokenRevoked()
        case Forbidden():
            return _forbidden(error.message)
        case BadRequest():  # before NetworkError, whose child it is
            return _bad_request(error.message)
        case NetworkError():  # TimedOut is one
            return _network(error)
        case Conflict():  # another poller's affair, and passing
            return Unreachable(error.message)
        case EndPointNotFound() | PassportDecryptionError():
            return Rejected(error.message)
        case _:  # the plain TelegramError: a 200 whose body PTB could not read
            return Ambiguous(error.message)


def _forbidden(text: str) -> Outcome:
    return NoRights(text) if _has(text, _RIGHTS) else ChatGone(text)


def _bad_request(text: str) -> Outcome:
    if _has(text, _TOPIC_CLOSED):
        return TopicClosed()
    if _has(text, _TOPIC_GONE):
        return TopicGone()
    if _has(text, _RIGHTS):
        return NoRights(text)
    return ChatGone(text) if _has(text, _GONE) else Rejected(text)


def _network(error: NetworkError) -> Outcome:
    """Was the request written? Only then may the message be there.

    PTB raises from httpx's error, and from none for an HTTP status (a 5xx, mostly) that came.
    """
    cause = error.__cause__
    if isinstance(cause, _NEVER_WRITTEN):
        return Unreachable(error.message)
    if isinstance(error, TimedOut) or not (cause is None or isinstance(cause, TelegramError)):
        return Ambiguous(error.message)
    if _has(error.message, (_FLOOD,)):
        return Flooded(_FLOOD_SECONDS)
    return Unreachable(error.message)


def _has(text: str, fragments: tuple[str, ...]) -> bool:
    return any(fragment in text.lower() for fragment in fragments)
