"""What the words of a subscription are called: shown, and edited by taps."""

from collections.abc import Iterator, Sequence

from bot.domain.callbacks import Callback, Verb
from bot.domain.message import Button, Keyboard, Message
from bot.domain.model import Subscription
from bot.domain.names import name_key
from bot.domain.naming import Thing, mark_of
from bot.rendering.html import clean, isolated, lines, mention, shorten
from bot.rendering.lists import BUTTON_UNITS, NAME_UNITS
from bot.rendering.sentences import Sentences

PAGE = 12
"""Names a page, two in a row."""

MOST_THINGS = 5


def names_card(one: Subscription, things: Sequence[Thing], page: int, texts: Sentences) -> Message:
    """All names of what a subscription asks for; ✅ rings, ▫️ does not."""
    buttons = list(_names(one, things))
    shown = buttons[page * PAGE : (page + 1) * PAGE]
    rows = tuple(tuple(shown[at : at + 2]) for at in range(0, len(shown), 2))
    known = any(thing.known for thing in things)
    text = lines(
        texts.say("names_title", query=isolated(shorten(clean(one.typed), NAME_UNITS))),
        texts.say("names_how" if known else "names_none"),
    )
    adding = tuple(
        (_button(_adding(thing, texts), Verb.ADD_NAME, one.id, number),)
        for number, thing in enumerate(things[:MOST_THINGS])
    )
    back = (_button(texts.plain("button_back"), Verb.CARD, one.id, 0),)
    return Message(text=text, keyboard=(*rows, *_turning(one, page, len(buttons)), *adding, back))


def page_of(things: Sequence[Thing], mark: int) -> int:
    """The page on which the name with this mark stands."""
    marks = [mark_of(name) for name in _every(things)]
    return marks.index(mark) // PAGE if mark in marks else 0


def choose(found: Sequence[Subscription], texts: Sentences) -> Message:
    """Whose names?"""
    if not found:
        return Message(text=texts.say("list_empty"))
    rows = tuple(
        (_button(f"{number}. {clean(one.typed)}", Verb.NAMES, one.id, 0),)
        for number, one in enumerate(found[:PAGE], 1)
    )
    return Message(text=texts.say("names_choose"), keyboard=rows)


def ask_name(thing: Thing, texts: Sentences, whom: tuple[int, str] | None = None) -> Message:
    """The question for one name more; `whom`: the number and name of who is asked in a group.

    A selective ForceReply finds those who are mentioned or quoted (Bot API), and a press is no
    message that could be quoted.
    """
    shown = isolated(shorten(clean(thing.text), NAME_UNITS))
    hint = texts.plain("ask_names_hint")
    mentioned = mention(*whom) if whom else None
    return Message(text=lines(mentioned, texts.say("ask_names", thing=shown)), ask=hint)


def ask_name_in_channel(number: int, thing: int, texts: Sentences) -> Message:
    """Channels cannot reply: the command with its first words instead."""
    line = f"{number}.{thing + 1}" if thing else str(number)
    return Message(text=texts.say("ask_in_channel_names", line=line))


def twin(number: int, texts: Sentences) -> str:
    """Another subscription of the place asks the same."""
    return texts.plain("names_twin", number=number)


def _every(things: Sequence[Thing]) -> list[str]:
    return [name for thing in things for name in (*thing.own, *thing.known)]


def _names(one: Subscription, things: Sequence[Thing]) -> Iterator[Button]:
    for thing in things:
        for name in thing.own:
            yield _button(f"✖️ {_name(name)}", Verb.OWN, one.id, mark_of(name))
        for name in thing.known:
            sign = "▫️" if name_key(name) in thing.off else "✅"
            yield _button(f"{sign} {_name(name)}", Verb.NAME, one.id, mark_of(name))


def _adding(thing: Thing, texts: Sentences) -> str:
    return texts.plain("button_add_name", thing=_name(thing.text))


def _name(text: str) -> str:
    return isolated(clean(text))


def _turning(one: Subscription, page: int, count: int) -> Keyboard:
    row = [_button("‹", Verb.NAMES, one.id, page - 1)] if page else []
    if (page + 1) * PAGE < count:
        row.append(_button("›", Verb.NAMES, one.id, page + 1))
    return (tuple(row),) if row else ()


def _button(text: str, verb: Verb, row: int, page: int) -> Button:
    return Button(shorten(text, BUTTON_UNITS), data=Callback(verb, row, page).encode())
