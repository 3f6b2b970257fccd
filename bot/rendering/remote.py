"""Another chat, managed from a person's private one."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.callbacks import Callback, Verb, decode
from bot.domain.choices import Setting
from bot.domain.message import Button, ChatPick, Message
from bot.domain.model import Subscription
from bot.rendering.html import clean, isolated, lines, shorten
from bot.rendering.lists import rows_of
from bot.rendering.sentences import Sentences

TITLE_UNITS = 30


def pick(texts: Sentences) -> Message:
    """Which chat? Telegram's own picker answers."""
    picks = (
        ChatPick(texts.plain("button_pick_channel"), channel=True),
        ChatPick(texts.plain("button_pick_group"), channel=False),
    )
    return Message(text=texts.say("channel_pick"), picks=picks)


def in_private(bot: str, texts: Sentences) -> Message:
    """Said in a group or channel: the picker is for private chats alone (Bot API)."""
    url = f"https://t.me/{bot}?start=channel"
    button = Button(texts.plain("button_open_private"), url=url)
    return Message(text=texts.say("channel_in_private"), keyboard=((button,),))


def not_yours(texts: Sentences) -> Message:
    """Refused: the person does not administer it, or the bot is not in it."""
    return Message(text=texts.say("channel_not_yours"))


def card(
    title: str, found: Sequence[Subscription], in_topics: int, page: int, texts: Sentences
) -> Message:
    """The chat's subscriptions as buttons, and what can be done; topics are counted only."""
    rest = texts.say("remote_topics", count=in_topics) if in_topics else None
    doing = (
        _button(texts.plain("button_add"), Verb.ADD),
        _button(texts.plain("button_settings"), Verb.SETTING, Setting.CARD),
    )
    return Message(
        text=lines(texts.say("remote_title", count=len(found), title=_short(title)), rest),
        keyboard=(*rows_of(found, page, texts), doing),
    )


def ask_words(title: str, texts: Sentences) -> Message:
    """What is to ring there?"""
    text = texts.say("ask_remote", title=_short(title))
    return Message(text=text, ask=texts.plain("ask_subscribe_hint"))


def leading_back(message: Message, title: str, texts: Sentences) -> Message:
    """The message with a way back to the chat's card, where it has none."""
    if message.ask is not None or _leads_back(message):
        return message
    label = texts.plain("button_to_chat", title=_short(title))
    return replace(message, keyboard=(*message.keyboard, (_button(label, Verb.LIST),)))


def _leads_back(message: Message) -> bool:
    """Or is the card itself, which alone offers to add something."""
    pressed = (decode(button.data) for row in message.keyboard for button in row)
    return any(one is not None and one.verb in (Verb.LIST, Verb.ADD) for one in pressed)


def _button(label: str, verb: Verb, number: int = 0) -> Button:
    return Button(label, data=Callback(verb, number).encode())


def _short(title: str) -> str:
    return isolated(shorten(clean(title), TITLE_UNITS))
