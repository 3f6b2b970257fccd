"""From PTB's updates to our handlers and back: every command, answer, press and change of a chat.

PTB's own default takes edited messages and no channel posts; here commands come from messages and
channel posts only, never from edits, forwards or other bots (reliability: A7).
"""

from dataclasses import replace
from typing import Any

from telegram import Bot, Update
from telegram import Message as Written
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
from bot.domain.message import Message
from bot.domain.model import ChatKind
from bot.rendering import answers, transfers
from handlers import (
    alerting,
    asking,
    channels,
    inline,
    naming,
    narrowing,
    papers,
    porting,
    reading,
    settings,
    sources,
    subscribing,
    trending,
)
from handlers.commands import Command, command_named, nearest_name
from handlers.deps import Deps, Pressed
from handlers.membership import left_or_joined, migrated
from handlers.opening import Opening
from handlers.speaking import answer, edit, rebutton, say
from handlers.turn import Turn, is_reply_to, kind_of

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
    **channels.PRESSES,
    **naming.PRESSES,
    **narrowing.PRESSES,
    **sources.CHANGES,
}
SHOWS = {
    **reading.PRESSES,
    **asking.PRESSES,
    **papers.PRESSES,
    **trending.PRESSES,
    **sources.PRESSES,
}
PRESSES = {**CHANGES, **SHOWS, **naming.SHOWS, **narrowing.SHOWS, **sources.JUDGEMENTS}

Context = CallbackContext[Any, Any, Any, Any]  # # PTB's default context; we keep nothing in it


class Routing:
    """Binds updates to handlers: what was meant, whether it is allowed, who answers it."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._opening = Opening(deps)

    def register(self, application: Application) -> None:  # type: ignore[type-arg] # six parameters nobody here uses
        """Take the updates of this application."""
        add = application.add_handler
        add(MessageHandler(TEXTS & filters.COMMAND, self.on_command))
        add(MessageHandler(TEXTS & filters.REPLY, self.on_answer))
        add(MessageHandler(TEXTS & filters.ChatType.PRIVATE, self.on_words))
        add(MessageHandler(WRITTEN & filters.Document.ALL, self.on_document))
        add(MessageHandler(WRITTEN & filters.StatusUpdate.CHAT_SHARED, self.on_shared))
        add(CallbackQueryHandler(self.on_press))
        add(InlineQueryHandler(self.on_inline))
        add(MessageHandler(filters.StatusUpdate.MIGRATE, self.on_migration))
        add(ChatMemberHandler(self.on_member, ChatMemberHandler.ANY_CHAT_MEMBER))

    async def on_command(self, update: Update, context: Context) -> None:
        """`/name`, `/name@bot`, with or without an argument."""
        turn = await self._opening.turn(update)
        if turn is None:
            return
        name, _, addressee = (turn.message.text or "").split()[0][1:].casefold().partition("@")
        if addressee and addressee != context.bot.username.casefold():
            return
        command = command_named(name)
        if command is not None and (not command.operators or self._deps.operates(turn)):
            await self._run(context.bot, turn, command)
        elif turn.private or addressee:
            unknown = answers.unknown_command(name, nearest_name(name), turn.sentences)
            await self._say(context.bot, turn, unknown)

    async def on_answer(self, update: Update, context: Context) -> None:
        """A reply to a question of ours is that command's argument; people's own go by."""
        message = update.message
        if message is None or not (_alone(message) or is_reply_to(message, context.bot.id)):
            return
        turn = await self._opening.turn(update, whole_text=True)
        if turn is None or turn.replied_to is None:
            return
        command, turn = await self._asked(turn, turn.replied_to)
        if command is not None and turn.replied_to is not None:
            about = await channels.about(self._deps, turn, turn.replied_to)
            if about is None:
                await self._say(context.bot, turn, channels.refused(turn))
            else:
                await self._run(context.bot, about, command)
        elif turn.private:
            await self._words(context.bot, turn)

    async def on_document(self, update: Update, context: Context) -> None:
        """A file with /import as its caption, or in reply to our question for one."""
        turn = await self._opening.turn(update)
        if turn is None:
            return
        words = (turn.message.caption or "").split()
        name, _, addressee = (words[0] if words else "").casefold().partition("@")
        if addressee and addressee != context.bot.username.casefold():
            return
        command = command_named(name[1:]) if name.startswith("/") else None
        if command is None and turn.replied_to is not None:
            command, turn = await self._asked(turn, turn.replied_to)
        if command is not None and command.handler is porting.import_:
            await self._run(context.bot, turn, command)
        elif turn.private:
            await self._say(context.bot, turn, transfers.import_hint(turn.sentences))

    async def on_words(self, update: Update, context: Context) -> None:
        """A bare address in a private chat subscribes to it; bare words get told how."""
        turn = await self._opening.turn(update, whole_text=True)
        if turn is not None:
            await self._words(context.bot, turn)

    async def on_shared(self, update: Update, context: Context) -> None:
        """A chat picked behind /channel."""
        turn = await self._opening.turn(update)
        if turn is not None and turn.private:
            about, card = await channels.picked(self._deps, turn)
            await self._say(context.bot, about, card)

    async def on_press(self, update: Update, context: Context) -> None:
        """A button: rights are checked now, and every press is answered once."""
        query = update.callback_query
        turn = await self._opening.turn(update)
        if query is None:
            return
        if turn is None:
            await answer(query, self._opening.gone(update))
            return
        about = await channels.about(self._deps, turn, turn.message.message_id)
        if about is None:
            await answer(query, answers.toast("toast_gone", turn.sentences))
            return
        pressed = await self._pressed(about)
        if pressed.edit is not None:
            await edit(context.bot, about, channels.leading_back(about, pressed.edit))
        if pressed.keyboard is not None:
            await rebutton(context.bot, about, pressed.keyboard)
        if pressed.say is not None:
            await self._say(context.bot, about, pressed.say, pressed.asks)
        await answer(query, pressed.toast)

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
        if turn.remote and callback.verb not in channels.VERBS:
            return Pressed(toast=answers.toast("toast_gone", turn.sentences))
        guarded = callback.verb in CHANGES or turn.remote
        if guarded and not await self._may_change(turn):
            return Pressed(toast=answers.toast("toast_admins_only", turn.sentences))
        if callback.verb in sources.JUDGEMENTS and not self._deps.operates(turn):
            return Pressed(toast=answers.toast("toast_gone", turn.sentences))
        pressed = await handler(self._deps, turn, callback)
        if callback.verb in CHANGES:
            await self._deps.journal.done(turn.number)
        return pressed

    async def _may_change(self, turn: Turn) -> bool:
        """Whether they may; who did so last is told when we lose our own rights (T5)."""
        allowed = await self._deps.guard.may_change(turn)
        person = None if turn.anonymous and turn.press is None else turn.user
        if allowed and person is not None and turn.kind is not ChatKind.PRIVATE:
            await self._deps.chats.kept_by(turn.place.chat, person.id)
        return allowed

    async def _asked(self, turn: Turn, message_id: int) -> tuple[Command | None, Turn]:
        """The command whose argument this message of ours asked for, and the turn with it all."""
        asked = await self._deps.chats.asked(turn.here.chat, message_id) or ""
        name, _, before = asked.partition(" ")
        return command_named(name), replace(turn, argument=f"{before} {turn.argument}".strip())

    async def _within_quota(self, bot: Bot, turn: Turn) -> bool:
        """The first command too many is told so, those behind it are passed over."""
        quota = self._deps.quota
        spent = "within" if self._deps.operates(turn) else quota.spend(turn.speaker)
        if spent == "over":
            refused = answers.too_many_commands(quota.per_minute, turn.sentences)
            await say(bot, turn, refused)
        return spent == "within"

    async def _run(self, bot: Bot, turn: Turn, command: Command) -> None:
        if not await self._within_quota(bot, turn):
            return
        if command.changes and not await self._may_change(turn):
            await self._say(bot, turn, answers.admins_only(turn.sentences))
            return
        message = await command.handler(self._deps, turn)
        if command.changes:  # killed before the answer, it must not be done again
            await self._deps.journal.done(turn.number)
        if message is not None:
            await self._say(bot, turn, message, command.names[0])

    async def _words(self, bot: Bot, turn: Turn) -> None:
        if not await self._within_quota(bot, turn):
            return
        if subscribing.is_address(turn.argument):
            await self._say(bot, turn, await subscribing.subscribe(self._deps, turn))
        else:
            words = answers.words_alone(turn.argument, turn.sentences)
            await self._say(bot, turn, words)

    async def _say(self, bot: Bot, turn: Turn, message: Message, verb: str = "") -> None:
        """Say it, and remember what its answer and its buttons will be about."""
        message_id = await say(bot, turn, channels.leading_back(turn, message))
        if message.ask is not None:
            await self._deps.chats.ask(turn.here.chat, message_id, verb)
        if turn.remote:
            await self._deps.chats.manage(turn.here.chat, message_id, turn.place.chat)


def _alone(message: Written) -> bool:
    return kind_of(message) is ChatKind.PRIVATE
