"""/search and /why: questions to the archive."""

from bot.domain.callbacks import Callback, Verb
from bot.domain.errors import QueryError
from bot.domain.grammar import parse
from bot.domain.message import Message
from bot.domain.secrets import shown_to
from bot.rendering import answers, lists, why
from handlers.deps import Deps, Pressed
from handlers.subscribing import ask, is_address
from handlers.turn import Turn


async def search(deps: Deps, turn: Turn) -> Message:
    """What the archive has, newest first; the grammar is that of subscriptions."""
    if not turn.argument:
        return ask(turn, "search")
    try:
        query = parse(turn.argument)
    except QueryError as error:
        return answers.query_error(turn.argument, error, turn.sentences)
    await deps.reader.keep(query)
    page = await deps.reader.latest(turn.place.chat, 0, query)
    return lists.found(page.articles, 0, page.more, query, turn.sentences)


async def press_search(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """Another page of /search."""
    query = await deps.reader.kept(pressed.id)
    if query is None:
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    page = await deps.reader.latest(turn.place.chat, pressed.page, query)
    edit = lists.found(page.articles, page.number, page.more, query, turn.sentences)
    return Pressed(edit=edit)


async def explain(deps: Deps, turn: Turn) -> Message:
    """Why an alert came (by reply), or why an article did not ring (by its address)."""
    if is_address(turn.argument):
        found = await deps.explainer.of_link(turn.place, turn.argument)
        if found is None:
            return why.no_article(shown_to(turn.argument, adder=turn.private), turn.sentences)
        return why.reasons(found, turn.sentences)
    if turn.replied_to is None:
        return ask(turn, "why")
    found = await deps.explainer.of_message(turn.place, turn.replied_to)
    return why.no_alert(turn.sentences) if found is None else why.reasons(found, turn.sentences)


PRESSES = {Verb.SEARCH: press_search}
"""These only show: anybody in the chat may press them."""
