"""Several alerts in one message: digests, the catch-up after quiet hours, the rest of a burst."""

from collections.abc import Sequence

from bot.domain.message import Message
from bot.domain.model import Delivery
from bot.rendering.alert import in_their_words, named, shown_time, source_name
from bot.rendering.html import Html, bold, clean, escape, isolated, join, lines, link, shorten
from bot.rendering.sentences import Sentences

TITLE_UNITS = 96
MARK_UNITS = 12
"""Of these, what the mark of a translation takes: twenty items fill a message to its brim."""

NAMES_UNITS = 120
ROOMY = 20
"""So many stand with source and time; more of them are a line each, so that all find room."""

LINES_UNITS, ADDRESSES = 3_300, 20_000
"""What all short lines may take of the 4,096 UTF-16 units that Telegram shows, and their addresses
(characters) of the 32 kB that it reads."""


def render_digest(delivery: Delivery, sentences: Sentences) -> Message:
    """What was gathered, oldest first: a headline with its link, its source and its time each."""
    items = [one for one in (delivery, *delivery.rest) if one.subscriptions]
    words = dict.fromkeys(clean(one.typed) for item in items for one in item.subscriptions)
    names = isolated(shorten(" · ".join(words), NAMES_UNITS))
    title = sentences.say(f"gathered_{delivery.alert.gather}", count=len(items), names=names)
    listed = [title, *_listed(items, sentences)]
    if delivery.unlisted:
        listed.append(sentences.say("gathered_more", count=len(delivery.unlisted)))
    engines = dict.fromkeys(one.translation.engine for one in items if one.translation)
    if engines:
        listed.append(sentences.say("gathered_translated", engines=", ".join(engines)))
    return Message(
        text=join(listed, "\n\n"),
        silent=all(one.silent for item in items for one in item.subscriptions),
    )


def _listed(items: Sequence[Delivery], sentences: Sentences) -> list[Html]:
    """What is read of each; of many, the headlines in one block."""
    if len(items) <= ROOMY:
        return [_item(one, sentences) for one in items]
    units, address = LINES_UNITS // len(items) - 3, ADDRESSES // len(items)
    return [join([_line(one, units, address, sentences) for one in items], "\n")]


def _line(delivery: Delivery, units: int, address: int, sentences: Sentences) -> Html:
    article = in_their_words(delivery)
    title = named(article, sentences)
    where = article.link if article.link and len(article.link) <= address else None
    return link(escape(isolated(shorten(title, units))), where)


def _item(delivery: Delivery, sentences: Sentences) -> Html:
    """What is translated carries its language; who translated it stands below them all."""
    article, found = in_their_words(delivery), delivery.translation
    units = TITLE_UNITS - (MARK_UNITS if found else 0)
    title = isolated(shorten(named(article, sentences), units))
    facts = [source_name(article), shown_time(article, sentences)]
    facts += [f"🈯 {found.language}"] if found else []
    return lines(bold(link(escape(title), article.link)), escape(" · ".join(facts)))
