"""From PTB's updates to our handlers and back: every command, answer, press and change of a chat.

PTB's own default takes edited messages and no channel posts; here commands come from messages and
channel posts only, never from edits, forwards or other bots (reliability: A7).
"""

import logging
from typing import Any

from telegram import Bot, CallbackQuery, ReplyParameters, Update
from telegram.error import BadRequest
from telegram.ext import (
    Application,
    CallbackContext,
    CallbackQueryHandler,
    ChatMemberHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.domain.callbacks import decode
from bot.domain.message import Keyboard, Message
from bot.domain.model import ChatKind
from bot.rendering import answers, transfers
from bot.sending.markup import (
    caption_arguments,
    edit_arguments,
    inline_keyboard,
    place_arguments,
    send_arguments,
)
from handlers import (
    alerting,
    asking,
    inline,
    papers,
    porting,
    reading,
    settings,
    subscribing,
    trending,
)
from handlers.commands import Command, command_named, nearest_name
from handlers.deps import Deps, Pressed
from handlers.membership import left_or_joined, migrated
from handlers.turn import Turn, accessible, argument_of, is_anonymous, kind_of, place_of, title_of

log = logging.getLogger(__name__)

ALLOWED_UPDATES = [
    Update.MESSAGE,
    Update.CHANNEL_POST,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.MY_CHAT_MEMBER,
    Update.CHAT_MEMBER,
]

WRITTEN = (
    (filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST)
    & ~filters.FORWARDED
    & ~filters.VIA_BOT
)
TEXTS = WRITTEN & filters.TEXT

CHANGES = {
    **subscribing.PRESSES,
    **porting.PRESSES,
    **settings.PRESSES,
    **alerting.PRESSES,
}
PRESSES = {**CHANGES, **reading.PRESSES, **asking.PRESSES, **papers.PRESSES, **trending.PRESSES}

Context = CallbackContext[Any, Any, Any, Any]  # # PTB's default context; we keep nothing in it


class Routing:
    """Binds updates to handlers; the only place here that talks to Telegram."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def register(self, application: Application) -> None:  # type: ignore[type-arg] # six parameters nobody here uses
        """Take the updates of this application."""
        add = application.add_handler
        add(MessageHandler(TEXTS & filters.COMMAND, self.on_command))
        add(MessageHandler(TEXTS & filters.REPLY, self.on_answer))
        add(MessageHandler(TEXTS & filters.ChatType.PRIVATE, self.on_words))
        add(MessageHandler(WRITTEN & filters.Document.ALL, self.on_document))
        add(CallbackQueryHandler(self.on_press))
        add(InlineQueryHandler(self.on_inline))
        add(MessageHandler(filters.StatusUpdate.MIGRATE, self.on_migration))
        add(ChatMemberHandler(self.on_member, ChatMemberHandler.ANY_CHAT_MEMBER))

    async def on_command(self, update: Update, context: Context) -> None:
        """`/name`, `/name@bot`, with or without an argument."""
        turn = await self._turn(update)
        if turn is None:
            return
        name, _, addressee = (turn.message.text or "").split()[0][1:].casefold().partition("@")
        if addressee and addressee != context.bot.username.casefold():
            return
        command = command_named(name)
        if command is not None and (not command.operators or self._operates(turn)):
            await self._run(context.bot, turn, command)
        elif turn.private or addressee:
            unknown = answers.unknown_command(name, nearest_name(name), turn.sentences)
            await _say(context.bot, turn, unknown)

    async def on_answer(self, update: Update, context: Context) -> None:
        """A reply to a question of ours is that command's argument."""
        turn = await self._turn(update, whole_text=True)
        if turn is None or turn.replied_to is None:
            return
        verb = await self._deps.chats.asked(turn.place.chat, turn.replied_to)
        command = command_named(verb or "")
        if command is not None:
            await self._run(context.bot, turn, command)
        elif turn.private:
            await self.on_words(update, context)

    async def on_document(self, update: Update, context: Context) -> None:
        """A file with /import as its caption, or in reply to our question for one."""
        turn = await self._turn(update)
        if turn is None:
            return
        words = (turn.message.caption or "").split()
        name, _, addressee = (words[0] if words else "").casefold().partition("@")
        if addressee and addressee != context.bot.username.casefold():
            return
        command = command_named(name[1:]) if name.startswith("/") else None
        if command is None and turn.replied_to is not None:
            verb = await self._deps.chats.asked(turn.place.chat, turn.replied_to)
            command = command_named(verb or "")
        if command is not None and command.handler is porting.import_:
            await self._run(context.bot, turn, command)
        elif turn.private:
            await _say(context.bot, turn, transfers.import_hint(turn.sentences))

    async def on_words(self, update: Update, context: Context) -> None:
        """A bare address in a private chat subscribes to it; bare words get told how."""
        turn = await self._turn(update, whole_text=True)
        if turn is None:
            return
        if subscribing.is_address(turn.argument):
            await _say(context.bot, turn, await subscribing.subscribe(self._deps, turn))
        else:
            await _say(context.bot, turn, answers.words_alone(turn.argument, turn.sentences))

    async def on_press(self, update: Update, context: Context) -> None:
        """A button: rights are checked now, and every press is answered once."""
        query = update.callback_query
        turn = await self._turn(update)
        if query is None:
            return
        pressed = Pressed() if turn is None else await self._pressed(turn)
        if turn is not None and pressed.edit is not None:
            await _edit(context.bot, turn, pressed.edit)
        if turn is not None and pressed.keyboard is not None:
            await _rebutton(context.bot, turn, pressed.keyboard)
        if turn is not None and pressed.say is not None:
            await _say(context.bot, turn, pressed.say)
        await _answer(query, pressed.toast)

    async def on_inline(self, update: Update, _context: Context) -> None:
        """`@bot NATO`, typed in any chat."""
        if update.inline_query is not None:
            await inline.answer(self._deps, update.inline_query)

    async def on_migration(self, update: Update, _context: Context) -> None:
        """A group became a supergroup; both chats say so, in either order."""
        if update.message is not None:
            await migrated(self._deps, update.message)

    async def on_member(self, update: Update, _context: Context) -> None:
        """Somebody's rights changed, perhaps ours."""
        await left_or_joined(self._deps, update)

    async def _pressed(self, turn: Turn) -> Pressed:
        callback = decode(turn.press.data if turn.press else None)
        handler = PRESSES.get(callback.verb) if callback else None
        if callback is None or handler is None:
            return Pressed(toast=answers.toast("toast_old", turn.sentences))
        changes = callback.verb in CHANGES
        if changes and not await self._deps.guard.may_change(turn):
            return Pressed(toast=answers.toast("toast_admins_only", turn.sentences))
        return await handler(self._deps, turn, callback)

    def _operates(self, turn: Turn) -> bool:
        return turn.user is not None and turn.user.id in self._deps.operators

    async def _run(self, bot: Bot, turn: Turn, command: Command) -> None:
        if command.changes and not await self._deps.guard.may_change(turn):
            await _say(bot, turn, answers.admins_only(turn.sentences))
            return
        message = await command.handler(self._deps, turn)
        if message is None:
            return
        message_id = await _say(bot, turn, message)
        if message.ask is not None:
            await self._deps.chats.ask(turn.place.chat, message_id, command.names[0])

    async def _turn(self, update: Update, *, whole_text: bool = False) -> Turn | None:
        message = accessible(update)
        if message is None:
            return None
        user = update.effective_user
        code = user.language_code if user else None
        refusal = self._deps.access.refused(message.chat.id, user.id if user else None)
        if refusal is not None:
            if refusal == "uninvited" and kind_of(message) is ChatKind.PRIVATE:
                await message.reply_text(
                    self._deps.locales.of(code).plain("uninvited", id=message.chat.id)
                )
            return None
        chat = await self._deps.chats.ensure(
            message.chat.id, kind_of(message), title_of(message), code
        )
        text = (message.text or "").strip()
        return Turn(
            place=place_of(message),
            kind=chat.kind,
            title=chat.title,
            message=message,
            sentences=self._deps.locales.of(chat.locale),
            argument=text if whole_text else argument_of(message),
            user=user,
            anonymous=is_anonymous(message),
            press=update.callback_query,
        )


async def _say(bot: Bot, turn: Turn, message: Message) -> int:
    if message.documents:
        return await _hand_over(bot, turn, message)
    if message.photo is not None:
        return await _picture(bot, turn, message, message.photo)
    sent = await bot.send_message(
        **place_arguments(turn.place),
        **send_arguments(message),
        reply_parameters=_quoting(turn),
    )
    return sent.message_id


async def _picture(bot: Bot, turn: Turn, message: Message, photo: bytes) -> int:
    sent = await bot.send_photo(
        **place_arguments(turn.place),
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
            **place_arguments(turn.place),
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


async def _edit(bot: Bot, turn: Turn, message: Message) -> None:
    """Change the pressed message in place; a second press that changes nothing is no fault."""
    try:
        await bot.edit_message_text(
            chat_id=turn.place.chat,
            message_id=turn.message.message_id,
            **edit_arguments(message),
        )
    except BadRequest as error:
        if "not modified" not in str(error).casefold():
            raise


async def _rebutton(bot: Bot, turn: Turn, keyboard: Keyboard) -> None:
    """Change the pressed message's buttons alone."""
    try:
        await bot.edit_message_reply_markup(
            chat_id=turn.place.chat,
            message_id=turn.message.message_id,
            reply_markup=inline_keyboard(keyboard),
        )
    except BadRequest as error:
        if "not modified" not in str(error).casefold():
            raise


async def _answer(query: CallbackQuery, toast: str | None) -> None:
    """Every press is answered, or the button spins; an old press cannot be answered any more."""
    try:
        await query.answer(toast)
    except BadRequest as error:
        log.info("a press could not be answered: %s", error)
