"""/list, /latest, /status, and their pages."""

from bot.domain.callbacks import Callback, Verb
from bot.domain.errors import QueryError
from bot.domain.grammar import parse
from bot.domain.message import Message
from bot.rendering import answers, lists
from handlers import channels
from handlers.deps import Deps, Pressed
from handlers.naming import card_of
from handlers.turn import Turn


async def list_subscriptions(deps: Deps, turn: Turn) -> Message:
    """This place's subscriptions, each a button to its card."""
    existing = await deps.subscriptions.of_place(turn.place)
    return lists.subscription_list(existing, 0, turn.sentences)


async def latest(deps: Deps, turn: Turn) -> Message:
    """The newest stories: of all, of one source by its name, or of those that meet a query."""
    if not turn.argument:
        page = await deps.reader.latest(turn.place.chat, 0)
        return lists.latest(page.articles, 0, page.more, turn.sentences)
    try:
        query = await deps.reader.whole_source(turn.place.chat, turn.argument)
        query = query or parse(turn.argument)
    except QueryError as error:
        return answers.query_error(turn.argument, error, turn.sentences)
    await deps.reader.keep(query)
    page = await deps.reader.latest(turn.place.chat, 0, query)
    words = turn.argument
    return lists.latest_of(page.articles, page.more, words, query, turn.sentences)


async def status(deps: Deps, turn: Turn) -> Message:
    """How fresh the news is; for operators the queue and the errors too."""
    operator = deps.operates(turn)
    figures, now = await deps.chats.freshness(None if operator else turn.place.chat)
    return answers.status(figures, now, operator, turn.sentences)


async def press_list(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """Another page of /list, or back to it from a card."""
    if turn.remote:
        return Pressed(edit=await channels.card(deps, turn, pressed.page))
    existing = await deps.subscriptions.of_place(turn.place)
    return Pressed(edit=lists.subscription_list(existing, pressed.page, turn.sentences))


async def press_card(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """One subscription's card."""
    existing = await deps.subscriptions.of_place(turn.place)
    for number, one in enumerate(existing, start=1):
        if one.id == pressed.id:
            return Pressed(edit=await card_of(deps, one, number, pressed.page, turn))
    return Pressed(toast=answers.toast("toast_gone", turn.sentences))


async def press_latest(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """Another page of /latest."""
    page = await deps.reader.latest(turn.place.chat, pressed.page)
    return Pressed(edit=lists.latest(page.articles, page.number, page.more, turn.sentences))


PRESSES = {
    Verb.LIST: press_list,
    Verb.CARD: press_card,
    Verb.LATEST: press_latest,
}
"""These only show: anybody in the chat may press them."""
