"""What /why answers."""

from bot.domain.message import Message
from bot.domain.model import MatchedWord
from bot.domain.why import Reason, Why
from bot.rendering.html import Html, clean, isolated, join, lines, shorten
from bot.rendering.lists import article_lines
from bot.rendering.sentences import Sentences

NAME_UNITS = 80
WORD_UNITS = 40
SHOWN = 6
MOST_WORDS = 5
FIELDS = {
    "title": "why_title",
    "summary": "why_summary",
    "source": "why_source",
    "language": "why_language",
    "category": "why_category",
    "translation": "why_translation",
}


def reasons(found: Why, texts: Sentences) -> Message:
    """Which words met which subscription; where none did, what each was lacking."""
    if found.met:
        parts = [texts.say("why_met"), *(_met(one, texts) for one in found.met[:SHOWN])]
    elif found.unmet:
        parts = [texts.say("why_unmet"), *(_unmet(one, texts) for one in found.unmet[:SHOWN])]
    else:
        parts = [texts.say("list_empty")]
    return Message(text=join([article_lines(found.article, texts), *parts], "\n\n"))


def no_alert(texts: Sentences) -> Message:
    """The message replied to is none of our alerts."""
    return Message(text=texts.say("why_no_alert"))


def no_article(url: str, texts: Sentences) -> Message:
    """No source of this chat brought this address."""
    return Message(text=texts.say("why_no_article", url=shorten(clean(url), NAME_UNITS)))


def _met(one: Reason, texts: Sentences) -> Html:
    return lines(
        texts.say("why_bell", query=_name(one)),
        *(_word(word, texts) for word in one.words[:MOST_WORDS]),
    )


def _word(word: MatchedWord, texts: Sentences) -> Html:
    met = isolated(shorten(clean(word.word), WORD_UNITS))
    return texts.say(FIELDS[word.field], term=shorten(word.term, WORD_UNITS), word=met)


def _unmet(one: Reason, texts: Sentences) -> Html:
    parts = shorten(", ".join(one.lacking), NAME_UNITS)
    return lines(texts.say("why_bell", query=_name(one)), texts.say("why_lacking", parts=parts))


def _name(one: Reason) -> str:
    return isolated(shorten(clean(one.subscription.typed), NAME_UNITS))
