"""The languages on a subscription's card: shown, chosen, left out again."""

from bot.domain.callbacks import Callback, Verb
from bot.domain.choices import READ
from bot.domain.errors import QueryError
from bot.rendering import answers, naming, narrowing
from bot.services.naming import Named
from handlers.deps import Deps, Pressed
from handlers.turn import Turn


async def press_languages(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """Which languages it is narrowed to."""
    return await _card(deps, turn, await deps.naming.of(turn.place, pressed.id))


async def press_language(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """One language more, or one less."""
    if pressed.page >= len(READ):
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    try:
        changed = await deps.naming.toggle_language(turn.place, pressed.id, READ[pressed.page])
    except QueryError as error:
        return Pressed(toast=turn.sentences.told(error.complaint))
    if changed is not None and changed.twin is not None:
        return Pressed(toast=naming.twin(changed.twin, turn.sentences))
    return await _card(deps, turn, changed)


async def _card(deps: Deps, turn: Turn, found: Named | None) -> Pressed:
    if found is None:
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    one, chosen = found.subscription, await deps.preferences.of(turn.place)
    to = deps.naming.narrowed(one)
    return Pressed(edit=narrowing.languages_card(one, to, chosen.chat, turn.sentences))


SHOWS = {Verb.TONGUES: press_languages}
"""Anybody in the chat may press these."""

PRESSES = {Verb.TONGUE: press_language}
"""These change something: administrators only."""
