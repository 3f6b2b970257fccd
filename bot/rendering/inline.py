"""What `@bot NATO` offers in any chat: stories, each ready to be sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.message import Message
from bot.domain.model import Article
from bot.rendering.alert import headline, headline_and_lede, named, shown_time, source_name
from bot.rendering.html import escape, isolated, lines, linkable, shorten
from bot.rendering.sentences import Sentences

TITLE_UNITS = 120
LEDE_UNITS = 160


@dataclass(frozen=True, slots=True)
class Offer:
    """One line to choose from, and what is sent when it is chosen."""

    id: str
    title: str
    description: str
    message: Message


def offers(found: Sequence[Article], texts: Sentences) -> list[Offer]:
    """An offer an article: headline, lede, source and time, the link's preview."""
    return [_offer(one, texts) for one in found]


def _offer(one: Article, texts: Sentences) -> Offer:
    where = f"{source_name(one)} · {shown_time(one, texts)}"
    _, lede = headline_and_lede(one)
    text = lines(headline(one, texts), escape(isolated(lede)), escape(where))
    return Offer(
        id=str(one.id),
        title=shorten(named(one, texts), TITLE_UNITS),
        description=shorten(f"{where}\n{lede}", LEDE_UNITS),
        message=Message(text=text, preview=linkable(one.link)),
    )
