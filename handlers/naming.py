"""/names, and the names on a subscription's card: shown, added, switched off."""

import re

from bot.domain.callbacks import Callback, Verb
from bot.domain.errors import QueryError
from bot.domain.message import Message
from bot.domain.model import ChatKind, Subscription
from bot.domain.naming import Thing, mark_of
from bot.rendering import answers, lists, naming, narrowing
from bot.services.naming import Named
from handlers.deps import Deps, Pressed
from handlers.turn import Turn

_LINE = re.compile(r"(#?)(\d{1,18})(?:\.(\d{1,2}))?(?:\s+(.+))?", re.DOTALL)
"""`2`, `2 Bündnis`, `2.1 Genf`: a number of the list, one of its things, a name."""


async def names(deps: Deps, turn: Turn) -> Message:
    """`/names 2` shows the names of number 2, `/names 2 Bündnis` adds one."""
    existing = await deps.subscriptions.of_place(turn.place)
    line = _LINE.fullmatch(turn.argument)
    one = _meant(line[1], int(line[2]), existing) if line else None
    if line is None or one is None:
        return naming.choose(existing, turn.sentences)
    thing = max(int(line[3] or 1) - 1, 0)
    return await _add(deps, turn, one, thing, line[4]) if line[4] else await _show(deps, turn, one)


async def press_names(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """A page of the names."""
    return _page(await deps.naming.of(turn.place, pressed.id), pressed.page, turn)


async def press_name(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """A known name: off, or on again."""
    found = await deps.naming.of(turn.place, pressed.id)
    name = _marked(pressed.page, [name for one in _things(found) for name in one.known])
    if name is None:
        return _gone(turn)
    try:
        changed = await deps.naming.toggle(turn.place, pressed.id, name)
    except QueryError as error:
        return Pressed(toast=turn.sentences.told(error.complaint))
    return _changed(changed, pressed.page, turn)


async def press_own(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """A name that the query spells out: away."""
    found = await deps.naming.of(turn.place, pressed.id)
    name = _marked(pressed.page, [name for one in _things(found) for name in one.own])
    if name is None:
        return _gone(turn)
    return _changed(await deps.naming.remove(turn.place, pressed.id, name), pressed.page, turn)


async def press_add_name(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """Ask for one name more."""
    found = await deps.naming.of(turn.place, pressed.id)
    if found is None or pressed.page >= len(found.things):
        return _gone(turn)
    if turn.kind is ChatKind.CHANNEL and not turn.remote:
        return Pressed(say=naming.ask_name_in_channel(found.number, pressed.page, turn.sentences))
    whom = await deps.guard.nameable(turn)
    question = naming.ask_name(found.things[pressed.page], turn.sentences, whom)
    return Pressed(say=question, asks=f"names #{pressed.id}.{pressed.page + 1}")


async def card_of(deps: Deps, one: Subscription, number: int, page: int, turn: Turn) -> Message:
    """A subscription's card, with its other names and what holds in its place."""
    also = [name for thing in deps.naming.things(one) for name in thing.counting]
    to, here = deps.naming.narrowed(one), await deps.preferences.of(turn.place)
    around = narrowing.around(
        one, to, here.chat, here.settings, here.now, turn.sentences, near=not turn.remote
    )
    return lists.subscription_card(one, number, page, turn.sentences, also, around)


async def _add(deps: Deps, turn: Turn, one: Subscription, thing: int, name: str) -> Message:
    try:
        found = await deps.naming.add(turn.place, one.id, thing, name)
    except QueryError as error:
        return answers.query_error(name, error, turn.sentences)
    except IndexError:  # it has fewer things than that
        return await _show(deps, turn, one)
    if found is not None and found.twin is not None:
        return Message(text=turn.sentences.say("names_twin", number=found.twin))
    return await _show(deps, turn, one)


async def _show(deps: Deps, turn: Turn, one: Subscription) -> Message:
    found = await deps.naming.of(turn.place, one.id)
    if found is None:
        return Message(text=turn.sentences.say("list_empty"))
    return naming.names_card(found.subscription, found.things, 0, turn.sentences)


def _meant(by_id: str, number: int, existing: list[Subscription]) -> Subscription | None:
    """By its id, in our own questions; by its number in the list, from people."""
    if by_id:
        return next((one for one in existing if one.id == number), None)
    return existing[number - 1] if 1 <= number <= len(existing) else None


def _things(found: Named | None) -> tuple[Thing, ...]:
    return found.things if found else ()


def _marked(mark: int, names_: list[str]) -> str | None:
    return next((name for name in names_ if mark_of(name) == mark), None)


def _changed(found: Named | None, mark: int, turn: Turn) -> Pressed:
    if found is not None and found.twin is not None:
        return Pressed(toast=naming.twin(found.twin, turn.sentences))
    return _page(found, naming.page_of(_things(found), mark), turn)


def _page(found: Named | None, page: int, turn: Turn) -> Pressed:
    if found is None:
        return _gone(turn)
    card = naming.names_card(found.subscription, found.things, page, turn.sentences)
    return Pressed(edit=card)


def _gone(turn: Turn) -> Pressed:
    return Pressed(toast=answers.toast("toast_gone", turn.sentences))


SHOWS = {Verb.NAMES: press_names}
"""Anybody in the chat may press these."""

PRESSES = {Verb.NAME: press_name, Verb.OWN: press_own, Verb.ADD_NAME: press_add_name}
"""These change something: administrators only."""
