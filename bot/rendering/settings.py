"""What /settings shows: one card, edited in place, with a card behind each line."""

from collections.abc import Collection
from datetime import datetime, tzinfo

from bot.domain.callbacks import Callback, Verb
from bot.domain.choices import LANGUAGES, MUTES, NEWS, READ, VALUES, Offer, Setting
from bot.domain.message import Button, Keyboard, Message
from bot.domain.model import Chat, ChatKind, When
from bot.domain.patience import shown_clock
from bot.domain.places import PlaceSettings, Quiet
from bot.domain.translating import NEVER
from bot.rendering.html import Html, lines
from bot.rendering.sentences import Sentences

NATIVE = {
    "en": "English", "de": "Deutsch", "es": "Español", "fr": "Français",
    "ru": "Русский", "uk": "Українська", "ar": "العربية", "zh": "中文", "it": "Italiano",
    "pt": "Português", "nl": "Nederlands", "pl": "Polski", "tr": "Türkçe", "ja": "日本語",
    "ko": "한국어", "sv": "Svenska", "el": "Ελληνικά", "he": "עברית", "hi": "हिन्दी",
    "fa": "فارسی",
}  # fmt: skip
"""Languages by their own names: who looks for one may not read the present one."""


PIVOT = Setting.PIVOT
ENGINES = (Setting.TRANSLATE, Setting.PIVOT)
"""Settings that need a translation engine."""

PAIRED = 12
"""More choices than that stand two in a row."""


def card(
    chat: Chat,
    chosen: PlaceSettings,
    now: datetime,
    zone: tzinfo,
    texts: Sentences,
    offer: Offer = Offer(),  # noqa: B008 - a frozen value
) -> Message:
    """All settings, each a button to its own card."""
    silent = texts.say("settings_paused") if chosen.paused else _muted(chosen, now, zone, texts)
    offered = [one for one in Setting if one.value and (one is not PIVOT or offer.matching)]
    rows = [_line(setting, chat, chosen, texts) for setting in offered]
    return Message(text=lines(texts.say("settings_title"), silent), keyboard=tuple(rows))


def choices(
    setting: Setting,
    chat: Chat,
    chosen: PlaceSettings,
    spoken: Collection[str],
    texts: Sentences,
    offer: Offer = Offer(),  # noqa: B008 - a frozen value
) -> Message:
    """One setting: what it does, and the values to tap; `spoken`: locales that there are."""
    buttons = [
        _button(label, Verb.CHOOSE, setting, number)
        for number, label in _options(setting, chat, spoken, texts)
    ]
    width = 2 if len(buttons) > PAIRED else 1
    rows: Keyboard = tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))
    back = (_button(texts.plain("button_back"), Verb.SETTING, Setting.CARD, 0),)
    text = lines(
        texts.say(f"setting_{setting.name.lower()}", value=_value(setting, chat, chosen, texts)),
        texts.say(f"setting_{setting.name.lower()}_more"),
        texts.say("translate_without") if setting in ENGINES and not offer.translation else None,
    )
    return Message(text=text, keyboard=(*rows, back))


def told_quiet(quiet: Quiet | None, zone: str, texts: Sentences) -> Message:
    """The new quiet hours."""
    if quiet is None:
        return Message(text=texts.say("quiet_off"))
    return Message(text=texts.say("quiet_on", span=span(quiet), zone=zone))


def told_digest(when: When, chosen: PlaceSettings, zone: str, texts: Sentences) -> Message:
    """When this place rings from now on."""
    time = shown_clock(chosen.digest_at)
    return Message(text=texts.say(f"digest_{when}", time=time, zone=zone))


def told_mute(chosen: PlaceSettings, now: datetime, zone: tzinfo, texts: Sentences) -> Message:
    """Muted until then, or not any more."""
    muted = _muted(chosen, now, zone, texts)
    return Message(text=muted if muted is not None else texts.say("resumed"))


def told(key: str, texts: Sentences, **values: str) -> Message:
    """A sentence without buttons."""
    return Message(text=texts.say(key, **values))


def zone_set(name: str, now: datetime, texts: Sentences) -> Message:
    """The clock of this chat; `now` is in its zone."""
    return Message(text=texts.say("zone_set", zone=name, time=f"{now:%H:%M}"))


def zone_unknown(typed: str, near: list[str], texts: Sentences) -> Message:
    """No such city; perhaps one of these."""
    key = "zone_unknown_near" if near else "zone_unknown"
    return Message(text=texts.say(key, typed=typed[:64], near=", ".join(near)))


def span(quiet: Quiet) -> str:
    """`22:00–07:00`."""
    return f"{shown_clock(quiet.start)}–{shown_clock(quiet.end)}"


def _muted(chosen: PlaceSettings, now: datetime, zone: tzinfo, texts: Sentences) -> Html | None:
    if chosen.muted_until is None or chosen.muted_until <= now:
        return None
    return texts.say("settings_muted", until=f"{chosen.muted_until.astimezone(zone):%d.%m. %H:%M}")


def _line(
    setting: Setting, chat: Chat, chosen: PlaceSettings, texts: Sentences
) -> tuple[Button, ...]:
    label = texts.plain(
        f"setting_{setting.name.lower()}", value=_value(setting, chat, chosen, texts)
    )
    return (_button(label, Verb.SETTING, setting, 0),)


def _value(  # noqa: C901, PLR0911 - a table: one line a setting
    setting: Setting, chat: Chat, chosen: PlaceSettings, texts: Sentences
) -> str:
    match setting:
        case Setting.LANGUAGE:
            return NATIVE.get(chat.locale.partition("-")[0], chat.locale)
        case Setting.ZONE:
            return chat.timezone
        case Setting.QUIET:
            return span(chosen.quiet) if chosen.quiet else texts.plain("value_off")
        case Setting.DIGEST:
            return shown_clock(chosen.digest_at)
        case Setting.PICTURE:
            return texts.plain(f"value_{chosen.picture}")
        case Setting.BUTTONS:
            return texts.plain("value_on" if chosen.buttons else "value_off")
        case Setting.NEWS:
            return texts.plain(f"news_{chat.news or 'default'}")
        case Setting.TRANSLATE:
            return translated(chat.translate, texts)
        case Setting.PIVOT:
            return texts.plain("value_on" if chat.pivot else "value_off")
        case Setting.CAP:
            return str(chosen.cap) if chosen.cap is not None else texts.plain("value_none")
        case _:
            return texts.plain("value_off" if chosen.muted_until is None else "value_on")


def _options(
    setting: Setting, chat: Chat, spoken: Collection[str], texts: Sentences
) -> list[tuple[int, str]]:
    """The number of each choice with its label."""
    if setting is Setting.LANGUAGE:
        return [(n, NATIVE[code]) for n, code in enumerate(LANGUAGES) if code in spoken]
    if setting is Setting.NEWS:
        return [(n, texts.plain(f"news_{one or 'default'}")) for n, one in enumerate(NEWS)]
    if setting is Setting.TRANSLATE:
        plain = [texts.plain("translate_always"), texts.plain("translate_never")]
        own = chat.translate.split(",")
        named = [f"{'☑️' if one in own else '▫️'} {NATIVE[one]}" for one in READ]
        return list(enumerate([*plain, *named]))
    if setting is PIVOT:
        return list(enumerate([_off(texts), texts.plain("value_on")]))
    if setting is Setting.MUTE:
        hours = [texts.plain("option_hours", count=one) if one else _off(texts) for one in MUTES]
        return list(enumerate(hours))
    nobody = Chat(id=0, kind=ChatKind.PRIVATE, title="")  # these values are the place's own
    return [
        (number, _value(setting, nobody, PlaceSettings(**change), texts))
        for number, change in enumerate(VALUES.get(setting, ()))
    ]


def translated(choice: str, texts: Sentences) -> str:
    """From which languages articles are translated in a chat."""
    if not choice or choice == NEVER:
        return texts.plain("translate_never" if choice else "translate_always")
    names = ", ".join(NATIVE.get(one, one) for one in choice.split(","))
    return texts.plain("translate_except", languages=names)


def _off(texts: Sentences) -> str:
    return texts.plain("value_off")


def _button(label: str, verb: Verb, setting: int, option: int) -> Button:
    return Button(label, data=Callback(verb, setting, option).encode())
