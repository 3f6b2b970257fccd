"""What rises, as a picture with numbered buttons."""

from collections.abc import Sequence

from bot.domain.callbacks import Callback, Verb
from bot.domain.message import Button, Keyboard, Message
from bot.domain.model import Article
from bot.domain.query import Query
from bot.rendering.html import Html, clean, escape, isolated, join, lines, shorten
from bot.rendering.lists import article_lines
from bot.rendering.sentences import Sentences

LABEL_UNITS = 40


def trends(
    found: Sequence[tuple[str, int, Query]], span: str, picture: bytes | None, texts: Sentences
) -> Message:
    """The terms numbered as in the picture, each a button; `span` is 24h or 7d."""
    named = [
        Html(f"{number}. {escape(_short(label))} ({count})")
        for number, (label, count, _) in enumerate(found, start=1)
    ]
    buttons = [
        Button(f"{number}. {_short(label)}", data=Callback(Verb.TREND, query.id).encode())
        for number, (label, _, query) in enumerate(found, start=1)
    ]
    rows: Keyboard = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    title = texts.say("trends_title", span=span)
    return Message(text=lines(title, *named), keyboard=rows, photo=picture)


def still_counting(texts: Sentences) -> Message:
    """After a start, while two weeks of headlines are read."""
    return Message(text=texts.say("trends_counting"))


def no_trends(*, young: bool, texts: Sentences) -> Message:
    """Nothing rises, or nobody can know yet."""
    return Message(text=texts.say("trends_young" if young else "trends_none"))


def stories(label: str, found: Sequence[Article], query: Query, texts: Sentences) -> Message:
    """The stories of a term, and a way to hear of the next."""
    title = texts.say("search_title", query=_short(label))
    follow = Button(
        texts.plain("button_subscribe", query=_short(label)),
        data=Callback(Verb.AGAIN, query.id).encode(),
    )
    shown = [article_lines(one, texts) for one in found]
    return Message(text=join([title, *shown], "\n\n"), keyboard=((follow,),))


def _short(label: str) -> str:
    return isolated(shorten(clean(label), LABEL_UNITS))
