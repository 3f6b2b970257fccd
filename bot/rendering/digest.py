"""Several alerts in one message: digests, the catch-up after quiet hours, the rest of a burst."""

from bot.domain.message import Message
from bot.domain.model import Delivery
from bot.rendering.alert import headline_and_lede, in_their_words, shown_time, source_name
from bot.rendering.html import Html, bold, clean, escape, isolated, join, lines, link, shorten
from bot.rendering.sentences import Sentences

TITLE_UNITS = 100
MARK_UNITS = 12
"""Of these, what the mark of a translation takes: twenty items fill a message to its brim."""

NAMES_UNITS = 120


def render_digest(delivery: Delivery, sentences: Sentences) -> Message:
    """What was gathered, oldest first: a headline with its link, its source and its time each."""
    items = [one for one in (delivery, *delivery.rest) if one.subscriptions]
    words = dict.fromkeys(clean(one.typed) for item in items for one in item.subscriptions)
    names = isolated(shorten(" · ".join(words), NAMES_UNITS))
    title = sentences.say(f"gathered_{delivery.alert.gather}", count=len(items), names=names)
    listed = [title, *(_item(one, sentences) for one in items)]
    if delivery.unlisted:
        listed.append(sentences.say("gathered_more", count=len(delivery.unlisted)))
    engines = dict.fromkeys(one.translation.engine for one in items if one.translation)
    if engines:
        listed.append(sentences.say("gathered_translated", engines=", ".join(engines)))
    return Message(
        text=join(listed, "\n\n"),
        silent=all(one.silent for item in items for one in item.subscriptions),
    )


def _item(delivery: Delivery, sentences: Sentences) -> Html:
    """What is translated carries its language; who translated it stands below them all."""
    article, found = in_their_words(delivery), delivery.translation
    title = headline_and_lede(article)[0] or sentences.plain("untitled")
    named = link(
        escape(isolated(shorten(title, TITLE_UNITS - (MARK_UNITS if found else 0)))), article.link
    )
    facts = [source_name(article), shown_time(article, sentences)]
    facts += [f"🈯 {found.language}"] if found else []
    return lines(bold(named), escape(" · ".join(facts)))
