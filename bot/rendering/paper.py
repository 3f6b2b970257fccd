"""The paper: a day's articles, a section's, and what a reader may like."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from bot.domain.callbacks import Callback, Verb
from bot.domain.message import Button, Message
from bot.domain.model import Article, Section
from bot.rendering.alert import section_name
from bot.rendering.html import Html, bold, escape, join
from bot.rendering.lists import article_lines, end_of_pages, pages_beside
from bot.rendering.sentences import Sentences

SECTIONS = tuple(Section)


def day(
    when: date, today: date, found: Sequence[Article], page: int, more: bool, texts: Sentences
) -> Message:
    """A page of a day's articles, by section, with ways to its neighbours."""
    title = texts.say("day_title", date=when.isoformat())
    parts: list[Html] = [title]
    for section, some in groupby(found, key=lambda one: one.section):
        heading = section_name(section, texts) if section else texts.plain("section_none")
        parts.append(bold(escape(heading)))
        parts += [article_lines(one, texts) for one in some]
    if not found:
        parts.append(texts.say("day_none"))
    pages = []
    if page > 0:
        pages.append(
            _button(texts.plain("button_page_back"), Verb.DAY, when.toordinal(), page - 1)
        )
    if more:
        pages.append(_button(texts.plain("button_page_on"), Verb.DAY, when.toordinal(), page + 1))
    before, after = when - timedelta(days=1), when + timedelta(days=1)
    days = [_button(f"‹ {before.isoformat()}", Verb.DAY, before.toordinal(), 0)]
    if after <= today:
        days.append(_button(f"{after.isoformat()} ›", Verb.DAY, after.toordinal(), 0))
    rows = (tuple(pages), tuple(days)) if pages else (tuple(days),)
    return Message(text=join(parts, "\n\n"), keyboard=rows)


def no_day(texts: Sentences) -> Message:
    """What was typed is no day."""
    return Message(text=texts.say("day_unknown"))


def sections(texts: Sentences) -> Message:
    """The eight sections as buttons."""
    named = enumerate(section_name(one, texts) for one in SECTIONS)
    names = [_button(one, Verb.SECTION, number, 0) for number, one in named]
    rows = tuple(tuple(names[start : start + 2]) for start in range(0, len(names), 2))
    return Message(text=texts.say("sections_title"), keyboard=rows)


def section(
    which: Section, found: Sequence[Article], page: int, more: bool, texts: Sentences
) -> Message:
    """A page of a section, newest first."""
    title = texts.say("section_title", section=section_name(which, texts))
    shown = [article_lines(one, texts) for one in found] or [texts.say("section_empty")]
    number = SECTIONS.index(which)
    turning = pages_beside(Verb.SECTION, number, page, more, texts)
    parts = [title, *shown, *end_of_pages(page, more, texts)]
    return Message(text=join(parts, "\n\n"), keyboard=turning)


def may_like(found: Sequence[Article], texts: Sentences) -> Message:
    """What the reader of an article may like."""
    if not found:
        return Message(text=texts.say("related_none"))
    title = texts.say("related_title")
    return Message(text=join([title, *(article_lines(one, texts) for one in found)], "\n\n"))


def told(key: str, texts: Sentences) -> Message:
    """A sentence alone."""
    return Message(text=texts.say(key))


def said(key: str, texts: Sentences, **values: str) -> Message:
    """A sentence alone, with values."""
    return Message(text=texts.say(key, **values))


def broadcast(told: int, missed: int, texts: Sentences, *, over: bool) -> Message:
    """How far an operator's words have come."""
    key = "broadcast_over" if over else "broadcast_progress"
    return Message(text=texts.say(key, told=told, missed=missed))


def confirm_forget(texts: Sentences) -> Message:
    """Yes or no."""
    row = (
        _button(texts.plain("button_yes_forget"), Verb.FORGET, 0, 0),
        _button(texts.plain("button_no_keep"), Verb.KEEP_ALL, 0, 0),
    )
    return Message(text=texts.say("confirm_forget"), keyboard=(row,))


def _button(label: str, verb: Verb, number: int, page: int) -> Button:
    return Button(label, data=Callback(verb, number, page).encode())
