"""/start, /help, /about, /privacy: who the bot is and what it keeps."""

from bot.domain.message import Message
from bot.rendering import answers
from handlers import papers, subscribing
from handlers.deps import Deps
from handlers.turn import Turn

MOST_DIGITS = 18
"""Of a row's id in a link: what 63 bits hold."""


async def start(deps: Deps, turn: Turn) -> Message:
    """Greets with three examples; a deep link's payload subscribes at once."""
    if turn.argument:
        shared = await _linked(deps, turn)
        if shared is not None:
            return shared
    name = turn.user.first_name if turn.private and turn.user else ""
    return answers.greeting(name, subscribing.EXAMPLES, turn.sentences)


async def _linked(deps: Deps, turn: Turn) -> Message | None:
    """`r_<article>` from Related under an alert elsewhere, or a subscription."""
    kind, _, rest = turn.argument.partition("_")
    if kind == "r" and rest.isdecimal() and len(rest) <= MOST_DIGITS:
        return await papers.related_to(deps, turn, int(rest))
    return await subscribing.start_shared(deps, turn)


async def about(deps: Deps, turn: Turn) -> Message:
    """Which program this is."""
    return answers.about(deps.version, turn.sentences)


async def privacy(_deps: Deps, turn: Turn) -> Message:
    """What is stored."""
    return answers.privacy(turn.sentences)
