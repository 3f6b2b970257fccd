"""What is listed in pages: subscriptions, articles."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from bot.domain.callbacks import Callback, Verb
from bot.domain.message import Button, Keyboard, Message
from bot.domain.model import Article, Form, Subscription
from bot.domain.paging import LAST_PAGE
from bot.domain.query import Query
from bot.rendering.alert import headline, moment, shown_time, source_name
from bot.rendering.html import Html, clean, escape, isolated, join, lines, shorten
from bot.rendering.sentences import Sentences

_Row = TypeVar("_Row")

PAGE = 8
BUTTON_UNITS = 40
NAME_UNITS = 80
ALSO = 8
"""Other names that a card shows."""


def subscription_list(found: Sequence[Subscription], page: int, texts: Sentences) -> Message:
    """This place's subscriptions, each a button to its card."""
    if not found:
        return Message(text=texts.say("list_empty"))
    title = texts.say("list_title", count=len(found))
    return Message(text=title, keyboard=rows_of(found, page, texts))


def rows_of(found: Sequence[Subscription], page: int, texts: Sentences) -> Keyboard:
    """A page of subscriptions as buttons that open their cards, and the ways to other pages."""
    rows = tuple(
        (_button(f"{number}. {_name(one)}", Verb.CARD, one.id, page),)
        for number, one in enumerate(_page_of(found, page), start=page * PAGE + 1)
    )
    return rows + _turning(found, page, Verb.LIST, texts)


def subscription_card(
    one: Subscription,
    number: int,
    page: int,
    texts: Sentences,
    also: Sequence[str] = (),
    around: Keyboard = (),
) -> Message:
    """One subscription: what it asks for, since when, and what can be changed.

    `also`: the other names that ring it; `around`: rows for what holds in its place.
    """
    text = lines(
        texts.say("card", query=_shown(one)),
        texts.say("card_number", number=number, since=moment(one.created, texts)),
        texts.say("card_canonical", query=one.query),
        texts.say("card_also", names=few(also, ALSO)) if also else None,
        texts.say(f"card_{one.when}"),
        texts.say("headline_only") if one.form is Form.HEADLINE else None,
        texts.say("card_silent") if one.silent else None,
        texts.say("card_urgent") if one.urgent else None,
        texts.say("card_topic") if one.place.topic else None,
    )
    return Message(text=text, keyboard=_choices(one, page, texts, around))


def few(names: Sequence[str], most: int) -> str:
    """The first of them, and how many more there are."""
    shown = [isolated(clean(one)) for one in names[:most]]
    return ", ".join([*shown, f"+{len(names) - most}"] if len(names) > most else shown)


def choose_to_remove(found: Sequence[Subscription], page: int, texts: Sentences) -> Message:
    """The same as buttons that remove."""
    if not found:
        return Message(text=texts.say("nothing_to_remove"))
    rows = tuple(
        (_button(f"🔕 {_name(one)}", Verb.REMOVE, one.id, page),) for one in _page_of(found, page)
    )
    text = texts.say("choose_to_remove")
    return Message(text=text, keyboard=rows + _turning(found, page, Verb.LIST, texts))


def latest(found: Sequence[Article], page: int, more: bool, texts: Sentences) -> Message:
    """A page of the newest stories."""
    if not found and page == 0:
        return Message(text=texts.say("latest_none"))
    return _page(texts.say("latest_title"), found, (Verb.LATEST, 0, page, more), texts)


def latest_of(
    found: Sequence[Article], more: bool, words: str, query: Query, texts: Sentences
) -> Message:
    """The newest stories that meet a query, in the words in which it was asked for."""
    shown = isolated(shorten(clean(words), NAME_UNITS))
    if not found and not more:
        return Message(text=texts.say("latest_none_filtered", filter=shown))
    title = texts.say("latest_filtered", filter=shown)
    return _page(title, found, (Verb.SEARCH, query.id, 0, more), texts)


def found(
    shown: Sequence[Article], page: int, more: bool, query: Query, texts: Sentences
) -> Message:
    """A page of what a search found, newest first; empty where much was looked at in vain."""
    words = isolated(shorten(clean(query.text), NAME_UNITS))
    title = texts.say("search_title" if shown else "search_none", query=words)
    return _page(title, shown, (Verb.SEARCH, query.id, page, more), texts)


def _page(
    title: Html, shown: Sequence[Article], at: tuple[Verb, int, int, bool], texts: Sentences
) -> Message:
    """`at`: where its buttons lead, see `pages_beside`."""
    *_, page, more = at
    ending = end_of_pages(page, more, texts)
    text = join([title, *(article_lines(one, texts) for one in shown), *ending], "\n\n")
    return Message(text=text, keyboard=pages_beside(*at, texts))


def pages_beside(verb: Verb, row: int, page: int, more: bool, texts: Sentences) -> Keyboard:
    """Ways to the newer and the older page."""
    turning = []
    if page > 0:
        turning.append(_button(texts.plain("button_previous"), verb, row, page - 1))
    if more and page < LAST_PAGE:
        turning.append(_button(texts.plain("button_next"), verb, row, page + 1))
    return (tuple(turning),) if turning else ()


def end_of_pages(page: int, more: bool, texts: Sentences) -> tuple[Html, ...]:
    """What to do where there is more than pages lead to."""
    return (texts.say("pages_end"),) if more and page >= LAST_PAGE else ()


def article_lines(one: Article, texts: Sentences) -> Html:
    """An article in a list: its headline, and who wrote it when."""
    where = escape(f"{source_name(one)} · {shown_time(one, texts)}")
    return lines(headline(one, texts), where)


def ago(when: datetime, now: datetime, texts: Sentences) -> str:
    """How long ago, roughly."""
    minutes = int((now - when).total_seconds() // 60)
    if minutes < 1:
        return texts.plain("ago_now")
    if minutes < 120:
        return texts.plain("ago_minutes", count=minutes)
    if minutes < 48 * 60:
        return texts.plain("ago_hours", count=minutes // 60)
    return texts.plain("ago_days", count=minutes // 1440)


def _choices(one: Subscription, page: int, texts: Sentences, around: Keyboard) -> Keyboard:
    """What can be changed about a subscription, and the way back to its page of the list."""

    def choice(key: str, verb: Verb) -> Button:
        return _button(texts.plain(key), verb, one.id, page)

    form = "button_full" if one.form is Form.HEADLINE else "button_headline"
    sound = "button_ring" if one.silent else "button_silent"
    hurry = "button_patient" if one.urgent else "button_urgent"
    names = _button(texts.plain("button_names"), Verb.NAMES, one.id, 0)
    back = _button(texts.plain("button_back"), Verb.LIST, 0, page)
    return (
        (choice(f"button_{one.when}", Verb.WHEN), choice(form, Verb.SHAPE)),
        (choice(sound, Verb.SOUND), choice(hurry, Verb.URGENT)),
        *around,
        (names, choice("button_remove", Verb.REMOVE)),
        (back,),
    )


def _page_of(found: Sequence[_Row], page: int) -> Sequence[_Row]:
    return found[page * PAGE : (page + 1) * PAGE]


def _turning(found: Sequence[object], page: int, verb: Verb, texts: Sentences) -> Keyboard:
    row = []
    if page > 0:
        row.append(_button(texts.plain("button_page_back"), verb, 0, page - 1))
    if (page + 1) * PAGE < len(found):
        row.append(_button(texts.plain("button_page_on"), verb, 0, page + 1))
    return (tuple(row),) if row else ()


def _button(text: str, verb: Verb, row: int, page: int) -> Button:
    return Button(shorten(text, BUTTON_UNITS), data=Callback(verb, row, page).encode())


def _name(one: Subscription) -> str:
    return clean(one.typed)


def _shown(one: Subscription) -> str:
    return isolated(shorten(_name(one), NAME_UNITS))
