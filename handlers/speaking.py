"""Our answers on their way out to Telegram: said, edited, handed over."""

import logging
from collections.abc import Awaitable

from telegram import Bot, CallbackQuery, ReplyParameters
from telegram.error import BadRequest

from bot.domain.message import Keyboard, Message
from bot.sending.markup import (
    caption_arguments,
    edit_arguments,
    inline_keyboard,
    place_arguments,
    send_arguments,
)
from handlers.turn import Turn

log = logging.getLogger(__name__)

NO_FAULT = ("not modified", "message to edit not found")


async def say(bot: Bot, turn: Turn, message: Message) -> int:
    """Answer where the turn was taken; returns the (last) message's number."""
    if message.documents:
        return await _hand_over(bot, turn, message)
    if message.photo is not None:
        return await _picture(bot, turn, message, message.photo)
    sent = await bot.send_message(
        **place_arguments(turn.here),
        **send_arguments(message),
        reply_parameters=_quoting(turn),
    )
    return sent.message_id


async def _picture(bot: Bot, turn: Turn, message: Message, photo: bytes) -> int:
    sent = await bot.send_photo(
        **place_arguments(turn.here),
        photo=photo,
        filename="newsbell.png",
        reply_parameters=_quoting(turn),
        reply_markup=inline_keyboard(message.keyboard),
        **caption_arguments(message),
    )
    return sent.message_id


async def _hand_over(bot: Bot, turn: Turn, message: Message) -> int:
    """The files of a message, the first with its words; returns the last one's number."""
    number = 0
    for index, one in enumerate(message.documents):
        sent = await bot.send_document(
            **place_arguments(turn.here),
            document=one.data,
            filename=one.name,
            reply_parameters=_quoting(turn),
            **(caption_arguments(message) if index == 0 else {}),
        )
        number = sent.message_id
    return number


def _quoting(turn: Turn) -> ReplyParameters | None:
    """In groups the answer quotes the question, so that a selective ForceReply finds its asker."""
    if turn.private or turn.press is not None:
        return None
    return ReplyParameters(turn.message.message_id, allow_sending_without_reply=True)


async def edit(bot: Bot, turn: Turn, message: Message) -> None:
    """Change the pressed message in place."""
    await _changed(
        bot.edit_message_text(
            chat_id=turn.here.chat,
            message_id=turn.message.message_id,
            **edit_arguments(message),
        )
    )


async def rebutton(bot: Bot, turn: Turn, keyboard: Keyboard) -> None:
    """Change the pressed message's buttons alone."""
    await _changed(
        bot.edit_message_reply_markup(
            chat_id=turn.here.chat,
            message_id=turn.message.message_id,
            reply_markup=inline_keyboard(keyboard),
        )
    )


async def _changed(change: Awaitable[object]) -> None:
    """A second press that changes nothing, or one on a message deleted meanwhile, is no fault."""
    try:
        await change
    except BadRequest as error:
        if not any(fragment in str(error).casefold() for fragment in NO_FAULT):
            raise


async def answer(query: CallbackQuery, toast: str | None) -> None:
    """Every press is answered, or the button spins; an old press cannot be answered any more."""
    try:
        await query.answer(toast)
    except BadRequest as error:
        log.info("a press could not be answered: %s", error)
