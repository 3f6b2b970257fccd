"""/sources: where the news comes from, how it does, and what can be done about it."""

from bot.domain.callbacks import Callback, Verb
from bot.domain.errors import FeedError, FetchError, LimitReached, SeveralFeeds
from bot.domain.message import Message
from bot.domain.secrets import shown_to
from bot.domain.shelves import Shelf, packed, unpacked
from bot.domain.standing import Standing
from bot.rendering import answers
from bot.rendering import sources as shown
from bot.services.sourcing import Promotion
from handlers.deps import Deps, Pressed
from handlers.subscribing import address_of
from handlers.turn import Turn


async def sources(deps: Deps, turn: Turn) -> Message:
    """The catalogue with its health; `add URL`, for operators `promote URL`; or words to find."""
    word, _, rest = turn.argument.partition(" ")
    match word.casefold():
        case "":
            return await _shelf(deps, turn, Shelf.ALL, 0)
        case "add":
            return await _add(deps, turn, rest.strip())
        case "promote" if deps.operates(turn):
            return await _shelf(deps, turn, Shelf.FOREIGN, 0)
        case _:
            return await _find(deps, turn)


async def press_sources(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """Another page or shelf of /sources, or back to it from a card."""
    shelf, page = unpacked(pressed.page)
    if shelf is Shelf.FOREIGN and not deps.operates(turn):
        return _toast("toast_gone", turn)
    return Pressed(edit=await _shelf(deps, turn, shelf, page))


async def press_source(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """One source's card."""
    card = await _card(deps, turn, pressed)
    return _toast("toast_gone", turn) if card is None else Pressed(edit=card)


async def press_add(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """One of a page's feeds is to serve this chat."""
    url = await deps.sourcing.offered(turn.place, pressed.id)
    if url is None:
        return _toast("toast_gone", turn)
    return Pressed(say=await _added(deps, turn, url))


async def press_mute(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """This source is not heard here any more; a second press hears it again."""
    muted = await deps.preferences.toggle_source(turn.place, pressed.id)
    if muted is None:
        return _toast("toast_gone", turn)
    toast = answers.toast("toast_muted" if muted else "toast_heard", turn.sentences)
    return Pressed(toast=toast, edit=await _card(deps, turn, pressed))


async def press_drop(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """A source of this chat's own is not wanted any more."""
    dropped = await deps.sourcing.drop(turn.place, pressed.id)
    if dropped is None:
        return _toast("toast_gone", turn)
    return Pressed(edit=shown.dropped(dropped.title, turn.sentences))


async def press_report(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """Whoever runs the bot is told that this source is no good."""
    new = await deps.sourcing.report(turn.place, pressed.id)
    if new is None:
        return _toast("toast_gone", turn)
    return _toast("toast_reported" if new else "toast_reported_before", turn)


async def press_hush(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """An operator: it rings nobody, or rings again."""
    return await _judge(deps, turn, pressed, Standing.MUTED)


async def press_retire(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """An operator: it is not asked any more, or asked again."""
    return await _judge(deps, turn, pressed, Standing.RETIRED)


async def press_promote(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """An operator: what a chat added is everybody's."""
    done = await deps.sourcing.promote(pressed.id)
    if done is Promotion.GONE:
        return _toast("toast_gone", turn)
    toast = answers.toast(f"toast_promote_{done.value}", turn.sentences)
    card = await _card(deps, turn, pressed) if done is Promotion.DONE else None
    return Pressed(toast=toast, edit=card)


async def _judge(deps: Deps, turn: Turn, pressed: Callback, standing: Standing) -> Pressed:
    if not await deps.sourcing.judge(pressed.id, standing):
        return _toast("toast_gone", turn)
    return Pressed(edit=await _card(deps, turn, pressed))


async def _shelf(deps: Deps, turn: Turn, shelf: Shelf, page: int) -> Message:
    listed = await deps.sourcing.shelf(turn.place, shelf)
    view = shown.Shown(shelf=shelf, page=page, now=listed.now, muted=listed.muted)
    return shown.sources(listed.found, view, _eyes(deps, turn), turn.sentences)


async def _find(deps: Deps, turn: Turn) -> Message:
    """Sources by words of their names; the one that is found shows its card at once."""
    listed = await deps.sourcing.shelf(turn.place, Shelf.ALL, turn.argument)
    if len(listed.found) == 1:
        only = Callback(Verb.SOURCE, listed.found[0].source.id, packed(Shelf.ALL, 0))
        card = await _card(deps, turn, only)
        if card is not None:
            return card
    view = shown.Shown(now=listed.now, muted=listed.muted)
    return shown.found_by_name(listed.found, turn.argument, view, turn.sentences)


async def _card(deps: Deps, turn: Turn, pressed: Callback) -> Message | None:
    shelf, page = unpacked(pressed.page)
    found = await deps.sourcing.card(turn.place, pressed.id, operator=deps.operates(turn))
    if found is None:
        return None
    muted = [pressed.id] if found.muted else []
    view = shown.Shown(shelf=shelf, page=page, now=found.now, muted=muted)
    eyes = _eyes(deps, turn)
    return shown.card(found.health, view, eyes, turn.sentences, reports=found.reports)


async def _add(deps: Deps, turn: Turn, typed: str) -> Message:
    """`/sources add example.org`: an address, with or without its scheme."""
    if not await deps.guard.may_change(turn):
        return answers.admins_only(turn.sentences)
    url = address_of(typed)
    if url is None:
        return answers.ask_in_channel("sources", turn.sentences)
    return await _added(deps, turn, url)


async def _added(deps: Deps, turn: Turn, url: str) -> Message:
    try:
        done = await deps.catalogue.add(url, turn.place.chat)
    except SeveralFeeds as error:
        found = await deps.sourcing.offer(turn.place, error.found)
        adder = turn.private
        return shown.choose_feed(found, Verb.ADD_SOURCE, turn.sentences, adder=adder)
    except (FetchError, FeedError) as error:
        return answers.not_a_source(shown_to(url, adder=turn.private), error, turn.sentences)
    except LimitReached as error:
        return answers.limit_reached(error, turn.sentences)
    return shown.added(done.source.id, done.source.title, new=done.new, texts=turn.sentences)


def _eyes(deps: Deps, turn: Turn) -> shown.Eyes:
    chat = turn.place.chat
    return shown.Eyes(chat=chat, private=turn.private, operator=deps.operates(turn))


def _toast(key: str, turn: Turn) -> Pressed:
    return Pressed(toast=answers.toast(key, turn.sentences))


PRESSES = {Verb.SOURCES: press_sources, Verb.SOURCE: press_source}
"""These only show: anybody in the chat may press them."""

CHANGES = {
    Verb.ADD_SOURCE: press_add,
    Verb.QUIET_SOURCE: press_mute,
    Verb.DROP_SOURCE: press_drop,
    Verb.REPORT: press_report,
}
"""These change something: administrators only, in groups and channels."""

JUDGEMENTS = {Verb.HUSH: press_hush, Verb.RETIRE: press_retire, Verb.PROMOTE: press_promote}
"""These are the operators' alone."""
