"""Our messages as the arguments of python-telegram-bot's methods."""

import re
from html import unescape
from typing import Any

from telegram import (
    ChatAdministratorRights,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    KeyboardButtonRequestChat,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
)
from telegram.constants import ParseMode

from bot.domain.message import Button, ChatPick, Keyboard, Message
from bot.domain.model import Place

_TAG = re.compile(r"<[^<>]*>")  # in our own HTML every other < and > is escaped
CHANNEL_REQUEST, GROUP_REQUEST = 1, 2
_PLACEHOLDER_CHARS = 64  # Bot API, ForceReply.input_field_placeholder


def plain_text(html: str) -> str:
    """The words of our own Telegram HTML: tags gone, references resolved."""
    return unescape(_TAG.sub("", html))


def inline_keyboard(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """The buttons under a message, None where there are none."""
    rows = [[_button(button) for button in row] for row in keyboard if row]
    return InlineKeyboardMarkup(rows) if rows else None


def send_arguments(message: Message, *, plain: bool = False) -> dict[str, Any]:
    """What `send_message` and `reply_text` need beside the place.

    `plain`: the words alone, without formatting, buttons or preview: nothing that can be refused.
    A message that asks carries no buttons, because Telegram takes one kind of markup only.
    """
    if plain:
        return {
            "text": plain_text(message.text),
            "link_preview_options": LinkPreviewOptions(is_disabled=True),
            "disable_notification": message.silent,
        }
    return {
        "text": message.text,
        "parse_mode": ParseMode.HTML,
        "reply_markup": _markup(message),
        "link_preview_options": _preview(message),
        "disable_notification": message.silent,
    }


def caption_arguments(message: Message) -> dict[str, Any]:
    """What `send_document` needs of a message beside the place and the file."""
    return {
        "caption": message.text,
        "parse_mode": ParseMode.HTML,
        "disable_notification": message.silent,
    }


def edit_arguments(message: Message) -> dict[str, Any]:
    """What `edit_message_text` needs beside the message's id: an edit neither rings nor asks."""
    return {
        "text": message.text,
        "parse_mode": ParseMode.HTML,
        "reply_markup": inline_keyboard(message.keyboard),
        "link_preview_options": _preview(message),
    }


def place_arguments(place: Place) -> dict[str, Any]:
    """Where: General has no thread id to Telegram ("message thread not found" for 1)."""
    if place.topic == 0:
        return {"chat_id": place.chat}
    return {"chat_id": place.chat, "message_thread_id": place.topic}


def _button(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(
        button.text,
        callback_data=button.data,
        url=button.url,
        switch_inline_query=button.switch_inline,
    )


def _markup(message: Message) -> InlineKeyboardMarkup | ForceReply | ReplyKeyboardMarkup | None:
    if message.ask is not None:
        return _question(message.ask)
    return _pickers(message.picks) if message.picks else inline_keyboard(message.keyboard)


def _pickers(picks: tuple[ChatPick, ...]) -> ReplyKeyboardMarkup:
    keys = [
        [KeyboardButton(one.text, request_chat=_request(channel=one.channel))] for one in picks
    ]
    return ReplyKeyboardMarkup(keys, resize_keyboard=True, one_time_keyboard=True)


def _request(*, channel: bool) -> KeyboardButtonRequestChat:
    """Chats that the person administers; Telegram offers to add the bot where it is missing.

    In a channel both must be allowed to post: the bot's rights are part of the person's (Bot API,
    KeyboardButtonRequestChat.bot_administrator_rights).
    """
    rights = _rights(posting=channel)
    return KeyboardButtonRequestChat(
        CHANNEL_REQUEST if channel else GROUP_REQUEST,
        chat_is_channel=channel,
        user_administrator_rights=rights,
        bot_administrator_rights=rights if channel else None,
        bot_is_member=True,
        request_title=True,
    )


def _rights(*, posting: bool) -> ChatAdministratorRights:
    return ChatAdministratorRights(
        is_anonymous=False,
        can_manage_chat=True,
        can_delete_messages=False,
        can_manage_video_chats=False,
        can_restrict_members=False,
        can_promote_members=False,
        can_change_info=False,
        can_invite_users=False,
        can_post_stories=False,
        can_edit_stories=False,
        can_delete_stories=False,
        can_post_messages=posting or None,
    )


def _question(placeholder: str) -> ForceReply:
    hint = placeholder[:_PLACEHOLDER_CHARS] or None
    return ForceReply(selective=True, input_field_placeholder=hint)


def _preview(message: Message) -> LinkPreviewOptions:
    if not message.preview:
        return LinkPreviewOptions(is_disabled=True)
    if message.large:
        return LinkPreviewOptions(url=message.preview, prefer_large_media=True)
    return LinkPreviewOptions(url=message.preview, prefer_small_media=True)
