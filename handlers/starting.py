"""/start, /help, /about, /privacy: who the bot is and what it keeps."""

from bot.domain import links
from bot.domain.message import Message
from bot.rendering import answers
from handlers import channels, papers, subscribing
from handlers.deps import Deps
from handlers.turn import Turn


async def start(deps: Deps, turn: Turn) -> Message:
    """Greets with three examples; a deep link's payload subscribes at once."""
    if turn.argument:
        shared = await _linked(deps, turn)
        if shared is not None:
            return shared
    name = turn.user.first_name if turn.private and turn.user else ""
    bot = turn.message.get_bot().username if turn.private else ""
    return answers.greeting(name, subscribing.EXAMPLES, bot, turn.sentences)


async def _linked(deps: Deps, turn: Turn) -> Message | None:
    """From Related under an alert elsewhere, from /channel elsewhere, or a shared subscription."""
    article = links.article_in(turn.argument)
    if article is not None:
        return await papers.related_to(deps, turn, article)
    if turn.argument == "channel":
        return await channels.channel(deps, turn)
    return await subscribing.start_shared(deps, turn)


async def about(deps: Deps, turn: Turn) -> Message:
    """Which program this is."""
    return answers.about(deps.version, turn.sentences)


async def privacy(_deps: Deps, turn: Turn) -> Message:
    """What is stored."""
    return answers.privacy(turn.sentences)
