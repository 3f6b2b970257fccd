"""A subscription's languages, and what its card says of the place around it."""

from datetime import datetime

from bot.domain.callbacks import Callback, Verb
from bot.domain.choices import READ, Setting
from bot.domain.message import Button, Keyboard, Message
from bot.domain.model import Chat, Subscription
from bot.domain.narrowing import Narrowed
from bot.domain.places import PlaceSettings
from bot.rendering.html import clean, isolated, lines, shorten
from bot.rendering.lists import BUTTON_UNITS, NAME_UNITS
from bot.rendering.sentences import Sentences
from bot.rendering.settings import NATIVE, translated


def around(
    one: Subscription,
    to: Narrowed,
    chat: Chat,
    chosen: PlaceSettings,
    now: datetime,
    texts: Sentences,
    *,
    near: bool = True,
) -> Keyboard:
    """Rows of a card: each says what holds, and leads to where it is chosen.

    `near`: the card stands in the chat itself, where its sources can be listed.
    """
    news = _news(to, chat, texts)
    sources = ", ".join(one.typed if name[0] == "#" else name for name in to.sources)
    translation = translated(chat.translate, texts)
    mute = texts.plain("value_on" if chosen.silenced(now) else "value_off")
    rows = [
        _button(texts.plain("setting_news", value=news), Verb.TONGUES, one.id),
        _button(
            texts.plain("card_sources", value=clean(sources) or texts.plain("value_all")),
            Verb.SOURCES,
            0,
        ),
        _button(
            texts.plain("setting_translate", value=translation), Verb.SETTING, Setting.TRANSLATE
        ),
        _button(texts.plain("setting_mute", value=mute), Verb.SETTING, Setting.MUTE),
    ]
    if not near:
        del rows[1]
    return tuple((row,) for row in rows)


def languages_card(one: Subscription, to: Narrowed, chat: Chat, texts: Sentences) -> Message:
    """In which languages a subscription rings; ☑️ is chosen."""
    query = isolated(shorten(clean(one.typed), NAME_UNITS))
    usual = texts.plain(f"news_{chat.news or 'default'}")
    buttons = [
        _button(f"{'☑️' if code in to.languages else '▫️'} {NATIVE[code]}", Verb.TONGUE, one.id, at)
        for at, code in enumerate(READ)
    ]
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    back = (_button(texts.plain("button_back"), Verb.CARD, one.id),)
    text = lines(texts.say("tongues_title", query=query), texts.say("tongues_how", value=usual))
    return Message(text=text, keyboard=(*rows, back))


def _news(to: Narrowed, chat: Chat, texts: Sentences) -> str:
    named = ", ".join(NATIVE.get(one, one) for one in to.languages)
    return named or texts.plain(f"news_{chat.news or 'default'}")


def _button(text: str, verb: Verb, row: int, page: int = 0) -> Button:
    return Button(shorten(text, BUTTON_UNITS), data=Callback(verb, row, page).encode())
