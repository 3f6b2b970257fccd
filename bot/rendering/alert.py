"""The alert: what one place is told about one story (PRODUCT.md, "The alert")."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

import regex

from bot.domain.callbacks import Callback, Verb
from bot.domain.headlines import beginning, rest_of
from bot.domain.languages import primary
from bot.domain.message import Button, Keyboard, Message
from bot.domain.model import Article, Delivery, Form, Subscription
from bot.domain.places import Picture
from bot.rendering.html import (
    Html,
    bold,
    clean,
    escape,
    folded,
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
OUTLETS = 3
"""Other outlets that an alert names; the rest are a number."""
_SENTENCE = regex.compile(r".+?(?:[.!?…](?=\s|$)|[。！？])|.+$")
_MOST_SENTENCES = 3


def render_alert(delivery: Delivery, sentences: Sentences, bot: str = "") -> Message:
    """The message for an alert; of its subscriptions the fullest form and the sound win.

    `bot` is the bot's user name: in groups and channels "Related" is a link that answers in
    private.
    """
    article, met = in_their_words(delivery), delivery.subscriptions
    picture = delivery.settings.picture
    lede = "" if _is_brief(delivery) else headline_and_lede(article)[1]
    text = lines(
        _bell(met),
        headline(article, sentences),
        escape(isolated(lede)),
        _source_line(delivery, sentences),
        _original(delivery),
        _also(delivery, sentences),
    )
    return Message(
        text=text,
        keyboard=alert_keyboard(delivery, sentences, bot),
        preview=None if picture is Picture.OFF else _pictured(article),
        large=picture is Picture.LARGE,
        silent=bool(met) and all(one.silent for one in met),
    )


def _pictured(article: Article) -> str | None:
    """The address whose preview is the picture: the article's, else that of its own picture."""
    return linkable(article.link) or linkable(article.image)


def headline(article: Article, sentences: Sentences) -> Html:
    """The headline, bold and linked."""
    title = named(article, sentences)
    return bold(link(escape(isolated(shorten(title, TITLE_UNITS))), article.link))


def named(article: Article, sentences: Sentences) -> str:
    """What stands as its headline: where there are no words at all, its address."""
    title, _ = headline_and_lede(article)
    return title or clean(article.link or "") or sentences.plain("untitled")


def headline_and_lede(article: Article) -> tuple[str, str]:
    """What is told of an article wherever it is shown, and so what is translated of it.

    The headline of a post without a title (Mastodon) is the beginning of its text; the lede goes
    on from there.
    """
    text = article.lede or article.summary
    title = clean(article.title) or clean(beginning(article.summary or text))
    return title, _lede(text, title) if title else ""


def told_of(delivery: Delivery) -> tuple[str, str]:
    """What a place reads of an article, and so what is translated for it; "": no lede is shown."""
    title, lede = headline_and_lede(delivery.article)
    return title, "" if _is_brief(delivery) else lede


def _is_brief(delivery: Delivery) -> bool:
    """Whether only headlines are shown: of what was gathered, or by the reader's choice."""
    met = delivery.subscriptions
    return bool(delivery.alert.gather) or all(one.form is Form.HEADLINE for one in met)


def _lede(text: str, title: str) -> str:
    """One to three sentences: never the headline again, never the full text.

    Of the summary, or of the article's page where that says more.
    """
    found = [match.strip() for match in _SENTENCE.findall(rest_of(clean(text), title))]
    return shorten(" ".join(found[:_MOST_SENTENCES]), LEDE_UNITS)


def moment(when: datetime, sentences: Sentences) -> str:
    """`9 Jan 2022, 10:57 UTC`."""
    month = sentences.plain("months").split()[when.month - 1]
    return sentences.plain(
        "moment", day=when.day, month=month, year=when.year, time=f"{when:%H:%M}"
    )


def shown_time(article: Article, sentences: Sentences) -> str:
    """When it was published; where that is unknown or still to come, when we saw it."""
    if article.published is None or article.published > article.seen:
        return sentences.plain("alert_seen", when=moment(article.seen, sentences))
    return moment(article.published, sentences)


def section_name(section: str, sentences: Sentences) -> str:
    """One of the eight sections, as the reader's language calls it."""
    return sentences.plain(f"heading_{section.casefold()}")


def source_name(article: Article) -> str:
    """The outlet's name, always shown."""
    return isolated(shorten(clean(article.source_title), SOURCE_UNITS))


def _bell(met: tuple[Subscription, ...]) -> Html:
    names = shorten(" · ".join(clean(one.typed) for one in met), NAMES_UNITS)
    return escape(f"🔔 {isolated(names)}")


def _also(delivery: Delivery, sentences: Sentences) -> Html | None:
    """The other outlets of the story, with their language where it is another."""
    if not delivery.others:
        return None
    named = [_outlet(one, delivery.article) for one in delivery.others[:OUTLETS]]
    more = len(delivery.others) - len(named)
    return sentences.say("alert_also", names=", ".join([*named, f"+{more}"] if more else named))


def _outlet(other: Article, article: Article) -> str:
    foreign = other.language is not None and primary(other.language) != primary(article.language)
    return f"{source_name(other)} ({primary(other.language)})" if foreign else source_name(other)


def in_their_words(delivery: Delivery) -> Article:
    """The article in the reader's language, where there is a translation."""
    article, found = delivery.article, delivery.translation
    return replace(article, title=found.title, summary=found.lede, lede=None) if found else article


def _original(delivery: Delivery) -> Html | None:
    """What was translated."""
    if delivery.translation is None:
        return None
    title, lede = told_of(delivery)
    title = shorten(title, TITLE_UNITS)
    return folded(lines(*(escape(isolated(text)) for text in (title, lede))))


def _source_line(delivery: Delivery, sentences: Sentences) -> Html:
    article, found = delivery.article, delivery.translation
    parts = [source_name(article), shown_time(article, sentences)]
    if article.section:
        parts.append(section_name(article.section, sentences))
    if found:
        language = sentences.language(found.language)
        parts.append(sentences.plain("alert_translated", language=language, engine=found.engine))
    return join([escape(part) for part in parts if part], " · ")


def alert_keyboard(delivery: Delivery, sentences: Sentences, bot: str) -> Keyboard:
    """Open, Related, and the menu; none where the place wants none."""
    if not delivery.settings.buttons:
        return ()
    article = delivery.article
    url = linkable(article.link)
    opening = (Button(sentences.plain("alert_open"), url=url),) if url else ()
    label, data = sentences.plain("alert_related"), Callback(Verb.RELATED, article.id).encode()
    public = delivery.alert.place.chat < 0
    away = f"https://t.me/{bot}?start=r_{article.id}" if public and bot else None
    near = Button(label, url=away) if away else Button(label, data=data)
    return ((*opening, near, Button("⋯", data=Callback(Verb.MORE).encode())),)


def alert_menu(
    source: int, title: str, share: str, sentences: Sentences, *, brief: bool
) -> Keyboard:
    """What can be done about an alert; `share` is the address that subscribes to its query."""
    name = shorten(clean(title), 24)
    shared = f"https://t.me/share/url?url={quote(share, safe='')}"
    rows = (
        Button(
            sentences.plain("button_mute_source", source=name),
            data=Callback(Verb.MUTE_SOURCE, source).encode(),
        ),
        Button(sentences.plain("button_snooze"), data=Callback(Verb.SNOOZE, 2).encode()),
        Button(
            sentences.plain("button_full" if brief else "button_headline"),
            data=Callback(Verb.BRIEF).encode(),
        ),
        Button(sentences.plain("button_share"), url=shared),
        Button(sentences.plain("button_remove"), data=Callback(Verb.SILENCE).encode()),
        Button(sentences.plain("button_back"), data=Callback(Verb.LESS).encode()),
    )
    return tuple((one,) for one in rows)
