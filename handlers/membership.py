"""The bot is added, removed, blocked; rights change; groups move."""

from telegram import ChatMemberUpdated, Message, Update

from bot.domain.model import ChatKind
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
    chat = changed.chat
    if changed.new_chat_member.status not in PRESENT:
        await deps.chats.gone(chat.id)
        return
    await deps.chats.ensure(
        chat.id,
        ChatKind(chat.type),
        chat.title or "",
        changed.from_user.language_code,
    )


async def migrated(deps: Deps, message: Message) -> None:
    """The service message names the other id: the new one in the old chat, and the reverse."""
    if message.migrate_to_chat_id is not None:
        await deps.chats.move(message.chat.id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id is not None:
        await deps.chats.move(message.migrate_from_chat_id, message.chat.id)
