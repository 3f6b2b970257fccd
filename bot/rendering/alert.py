"""The alert: what one place is told about one story (PRODUCT.md, "The alert")."""

from datetime import datetime

import regex

from bot.domain.message import Button, Keyboard, Message
from bot.domain.model import Article, Delivery, Form, Subscription
from bot.domain.places import Picture
from bot.rendering.html import (
    Html,
    bold,
    clean,
    escape,
    isolated,
    join,
    lines,
    link,
    linkable,
    shorten,
)
from bot.rendering.sentences import Sentences

TITLE_UNITS = 300
LEDE_UNITS = 400
NAMES_UNITS = 120
SOURCE_UNITS = 64
_SENTENCE = regex.compile(r".+?(?:[.!?…](?=\s|$)|[。！？])|.+$")
_MOST_SENTENCES = 3
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def render_alert(delivery: Delivery, sentences: Sentences) -> Message:
    """The message for an alert; of its subscriptions the fullest form and the sound win."""
    article, met = delivery.article, delivery.subscriptions
    picture = delivery.settings.picture
    lede = "" if all(one.form is Form.HEADLINE for one in met) else lede_of(article)
    text = lines(
        _bell(met),
        headline(article, sentences),
        escape(isolated(lede)),
        _source_line(article, sentences),
    )
    return Message(
        text=text,
        keyboard=_keyboard(article, sentences) if delivery.settings.buttons else (),
        preview=None if picture is Picture.OFF else linkable(article.link),
        large=picture is Picture.LARGE,
        silent=bool(met) and all(one.silent for one in met),
    )


def headline(article: Article, sentences: Sentences) -> Html:
    """The headline, bold and linked; the beginning of the text where there is none."""
    title = clean(article.title) or clean(article.summary) or sentences.plain("untitled")
    return bold(link(escape(isolated(shorten(title, TITLE_UNITS))), article.link))


def lede_of(article: Article) -> str:
    """One to three sentences of the summary, never the headline again, never the full text."""
    summary, title = clean(article.summary), clean(article.title)
    if not title or summary.casefold() == title.casefold():
        return ""
    if summary.casefold().startswith(title.casefold()):
        summary = summary[len(title) :].lstrip(" .:–-")
    found = [match.strip() for match in _SENTENCE.findall(summary)]
    return shorten(" ".join(found[:_MOST_SENTENCES]), LEDE_UNITS)


def moment(when: datetime) -> str:
    """`9 Jan 2022, 10:57 UTC`."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}, {when:%H:%M} UTC"


def shown_time(article: Article, sentences: Sentences) -> str:
    """When it was published; where that is unknown or still to come, when we saw it."""
    if article.published is None or article.published > article.seen:
        return sentences.plain("alert_seen", when=moment(article.seen))
    return moment(article.published)


def source_name(article: Article) -> str:
    """The outlet's name, always shown."""
    return isolated(shorten(clean(article.source_title), SOURCE_UNITS))


def _bell(met: tuple[Subscription, ...]) -> Html:
    names = shorten(" · ".join(clean(one.typed) for one in met), NAMES_UNITS)
    return escape(f"🔔 {isolated(names)}")


def _source_line(article: Article, sentences: Sentences) -> Html:
    parts = [source_name(article), shown_time(article, sentences)]
    if article.section:
        parts.append(article.section)
    return join([escape(part) for part in parts if part], " · ")


def _keyboard(article: Article, sentences: Sentences) -> Keyboard:
    url = linkable(article.link)
    return ((Button(sentences.plain("alert_open"), url=url),),) if url else ()
