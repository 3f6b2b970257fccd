"""The bot is added, removed, blocked; rights change; groups move."""

from contextlib import suppress

from telegram import ChatMemberUpdated, Message, Update
from telegram.error import TelegramError

from bot.domain.errors import LimitReached
from bot.domain.model import ChatKind
from bot.rendering import answers
from bot.sending.markup import send_arguments
from handlers.deps import Deps

PRESENT = {"creator", "administrator", "member", "restricted"}
"""ChatMember.status of those who are in the chat (Bot API, ChatMember)."""


async def left_or_joined(deps: Deps, update: Update) -> None:
    """Ours: the chat is gone or back. Anybody's: ask again who administers it."""
    changed = update.my_chat_member or update.chat_member
    if changed is None:
        return
    deps.guard.forget(changed.chat.id)
    if update.my_chat_member is not None:
        await _ours(deps, update.my_chat_member)


async def _ours(deps: Deps, changed: ChatMemberUpdated) -> None:
    chat, user = changed.chat, changed.from_user
    if changed.new_chat_member.status not in PRESENT:
        await deps.chats.gone(chat.id)
        return
    if deps.access.refused(chat.id, user.id) is not None:
        return
    kind = ChatKind(chat.type)
    counted = kind is not ChatKind.PRIVATE and user.id not in deps.operators
    mark = deps.access.mark(user.id) if counted and not deps.access.invited(chat.id) else None
    try:
        await deps.chats.arrive(chat.id, kind, chat.title or "", user.language_code, mark)
    except LimitReached as error:
        await _leave(deps, changed, error)


async def _leave(deps: Deps, changed: ChatMemberUpdated, error: LimitReached) -> None:
    """Say why, where we may speak at all, and go: nothing of this chat is stored."""
    texts = deps.locales.of(changed.from_user.language_code)
    refused = send_arguments(answers.limit_reached(error, texts))
    with suppress(TelegramError):
        await changed.chat.send_message(**refused)
    await changed.chat.leave()


async def migrated(deps: Deps, message: Message) -> None:
    """The service message names the other id: the new one in the old chat, and the reverse."""
    if message.migrate_to_chat_id is not None:
        await deps.chats.move(message.chat.id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id is not None:
        await deps.chats.move(message.migrate_from_chat_id, message.chat.id)
