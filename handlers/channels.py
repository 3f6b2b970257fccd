"""/channel: from the private chat a person manages a channel or group that they administer.

A message of ours that manages another chat is remembered as such (`Chats.manage`): the chat is
never in a button's data. Its buttons are those of the chat itself, and every press asks whether
the person administers that chat now.
"""

from dataclasses import replace

from telegram import ChatFullInfo
from telegram.error import TelegramError

from bot.domain.callbacks import Callback, Verb
from bot.domain.message import Message
from bot.domain.model import ChatKind, Place
from bot.rendering import answers, remote
from handlers.deps import Deps, Pressed
from handlers.membership import PRESENT
from handlers.turn import Turn

VERBS = frozenset({
    Verb.LIST, Verb.CARD, Verb.ADD, Verb.REMOVE, Verb.AGAIN, Verb.UNDO_ADD, Verb.FORM, Verb.FEED,
    Verb.WHEN, Verb.SOUND, Verb.SHAPE, Verb.URGENT, Verb.DAILY, Verb.SETTING, Verb.CHOOSE,
    Verb.NAMES, Verb.NAME, Verb.OWN, Verb.ADD_NAME, Verb.TONGUES, Verb.TONGUE,
})  # fmt: skip
"""What may be pressed from afar; the rest looks at messages of the chat that it is about."""


async def channel(_deps: Deps, turn: Turn) -> Message:
    """Telegram's chat picker; elsewhere the way into the private chat."""
    if not turn.private:
        return remote.in_private(turn.message.get_bot().username, turn.sentences)
    return remote.pick(turn.sentences)


async def picked(deps: Deps, turn: Turn) -> tuple[Turn, Message]:
    """The picked chat's card; a refusal, unless the person and the bot are what they must be."""
    shared = turn.message.chat_shared
    chat = await _chat(turn, shared.chat_id) if shared else None
    if chat is None or deps.access.refused(chat.id, None) == "banned":
        return turn, remote.not_yours(turn.sentences)
    kind, title = ChatKind(chat.type), chat.title or ""
    there = replace(turn, place=Place(chat.id), kind=kind, title=title)
    if not await deps.guard.may_change(there):
        return turn, remote.not_yours(turn.sentences)
    await deps.chats.ensure(chat.id, kind, title, turn.sentences.locale)
    return there, await card(deps, there, 0)


async def about(deps: Deps, turn: Turn, message_id: int) -> Turn | None:
    """The turn, about the chat that this message manages; None: that one is unknown now."""
    if not turn.private:
        return turn
    elsewhere, chat = await deps.chats.managed(turn.here.chat, message_id)
    if not elsewhere:
        return turn
    if chat is None or deps.access.refused(chat.id, None) == "banned":
        return None
    return replace(turn, place=Place(chat.id), kind=chat.kind, title=chat.title)


async def card(deps: Deps, turn: Turn, page: int) -> Message:
    """The chat's subscriptions; those of its topics are managed where they ring."""
    found = await deps.subscriptions.of_place(turn.place)
    everywhere = await deps.subscriptions.of_chat(turn.place.chat)
    in_topics = len(everywhere) - len(found)
    return remote.card(turn.title, found, in_topics, page, turn.sentences)


def leading_back(turn: Turn, message: Message) -> Message:
    """Whatever is said of a managed chat leads back to its card."""
    return remote.leading_back(message, turn.title, turn.sentences) if turn.remote else message


async def press_add(_deps: Deps, turn: Turn, _pressed: Callback) -> Pressed:
    """Ask what is to ring there."""
    if not turn.remote:
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    return Pressed(say=remote.ask_words(turn.title, turn.sentences), asks="subscribe")


async def _chat(turn: Turn, chat_id: int) -> ChatFullInfo | None:
    """The chat, if it is none of one person and the bot is in it."""
    bot = turn.message.get_bot()
    try:
        chat = await bot.get_chat(chat_id)
        ours = await bot.get_chat_member(chat_id, bot.id)
    except TelegramError:
        return None
    return chat if chat.type != ChatKind.PRIVATE and ours.status in PRESENT else None


def refused(turn: Turn) -> Message:
    """To an answer about a chat that is unknown by now."""
    return remote.not_yours(turn.sentences)


PRESSES = {Verb.ADD: press_add}
"""It changes something: administrators only."""
