"""/subscribe, /unsubscribe, and the buttons under their answers."""

import re
from dataclasses import replace

from bot.domain import links
from bot.domain.callbacks import Callback, Verb
from bot.domain.errors import FeedError, FetchError, LimitReached, QueryError, SeveralFeeds
from bot.domain.message import Message
from bot.domain.model import ChatKind, Subscription
from bot.domain.secrets import shown_to
from bot.rendering import answers, lists, sources
from bot.services.subscribe import Subscribed
from handlers.deps import Deps, Pressed
from handlers.turn import Turn

EXAMPLES = ("NATO", "Geneva talks", "climate | Klima | climat")
"""The three subscriptions that /start offers; a button carries the index only."""

_BARE = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}(?::\d+)?(?:[/?#]\S*)?")


async def subscribe(deps: Deps, turn: Turn) -> Message:
    """Dry run, save, and offer to undo; a bare command asks for the words."""
    if not turn.argument:
        return ask(turn, "subscribe")
    try:
        if is_address(turn.argument):
            done = await deps.subscriptions.add_source(turn.place, turn.argument)
        else:
            done = await deps.subscriptions.add(turn.place, turn.argument)
    except SeveralFeeds as error:
        found = await deps.sourcing.offer(turn.place, error.found)
        return sources.choose_feed(found, Verb.FEED, turn.sentences, adder=turn.private)
    except QueryError as error:
        return answers.query_error(turn.argument, error, turn.sentences)
    except (FetchError, FeedError) as error:
        shown = shown_to(turn.argument, adder=turn.private)
        return answers.not_a_source(shown, error, turn.sentences)
    except LimitReached as error:
        return answers.limit_reached(error, turn.sentences)
    return _told(done, turn)


async def unsubscribe(deps: Deps, turn: Turn) -> Message:
    """By reply to an alert, by number, by words, all of them, or from buttons."""
    sentences = turn.sentences
    if not turn.argument and turn.replied_to is not None:
        met = await deps.subscriptions.met_by_message(turn.place, turn.replied_to)
        if met:
            return await _remove(deps, turn, met)
    existing = await deps.subscriptions.of_place(turn.place)
    if not turn.argument or not existing:
        return lists.choose_to_remove(existing, 0, sentences)
    if turn.argument.casefold() == "all":
        return answers.confirm_remove_all(len(existing), sentences)
    try:
        found = await deps.subscriptions.find(turn.place, turn.argument)
    except QueryError as error:
        return answers.query_error(turn.argument, error, sentences)
    if not found:
        return answers.nothing_matches(turn.argument, sentences)
    return await _remove(deps, turn, found)


async def start_shared(deps: Deps, turn: Turn) -> Message | None:
    """`/start sub_Geneva_talks` or `/start q_<id>`: None when the payload says neither.

    /start itself is for everybody; what its link subscribes is for administrators.
    """
    words, stored = links.words_in(turn.argument), links.query_in(turn.argument)
    if words is None and stored is None:
        return None
    if not await deps.guard.may_change(turn):
        return answers.admins_only(turn.sentences)
    return await _add_shared(deps, turn, words, stored)


async def _add_shared(
    deps: Deps, turn: Turn, words: str | None, stored: int | None
) -> Message | None:
    try:
        if words is not None:
            return _told(await deps.subscriptions.add(turn.place, words), turn)
        done = await deps.subscriptions.add_shared(turn.place, stored or 0)
        return None if done is None else _told(done, turn)
    except QueryError as error:
        return answers.query_error(turn.argument, error, turn.sentences)
    except LimitReached as error:
        return answers.limit_reached(error, turn.sentences)
    return None


async def press_example(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """One of the three examples of /start."""
    if not 0 <= pressed.id < len(EXAMPLES):
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    try:
        done = await deps.subscriptions.add(turn.place, EXAMPLES[pressed.id])
    except LimitReached as error:
        return Pressed(say=answers.limit_reached(error, turn.sentences))
    return Pressed(say=_told(done, turn))


async def press_feed(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """One of a page's feeds, by the number under which it was offered."""
    url = await deps.sourcing.offered(turn.place, pressed.id)
    if url is None:
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    return Pressed(say=await subscribe(deps, replace(turn, argument=url)))


async def press_undo_add(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """Undo under a fresh subscription."""
    removed = await deps.subscriptions.remove(turn.place, [pressed.id])
    if not removed:
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    return Pressed(edit=answers.undone(removed[0], turn.sentences))


async def press_form(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """Headlines only, or headline and summary again."""
    changed = await deps.subscriptions.toggle_form(turn.place, pressed.id)
    if changed is None:
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    return Pressed(edit=answers.form_changed(changed, turn.sentences))


async def press_remove(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """A subscription removed from its card or from the list of buttons."""
    removed = await deps.subscriptions.remove(turn.place, [pressed.id])
    if not removed:
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    return Pressed(edit=answers.unsubscribed(removed, turn.sentences))


async def press_again(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """Undo under a removal: the query is subscribed again."""
    try:
        done = await deps.subscriptions.add_shared(turn.place, pressed.id)
    except LimitReached as error:
        return Pressed(say=answers.limit_reached(error, turn.sentences))
    if done is None:
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    return Pressed(edit=_told(done, turn))


async def press_remove_all(deps: Deps, turn: Turn, _pressed: Callback) -> Pressed:
    """Yes to "remove all?"."""
    count = await deps.subscriptions.remove_all(turn.place)
    return Pressed(edit=answers.removed_all(count, turn.sentences))


async def press_keep_all(_deps: Deps, turn: Turn, _pressed: Callback) -> Pressed:
    """No to "remove all?"."""
    return Pressed(edit=answers.kept_all(turn.sentences))


def ask(turn: Turn, verb: str) -> Message:
    """The question for a command's argument; channels cannot reply, so they get an example."""
    if turn.kind is ChatKind.CHANNEL:
        return answers.ask_in_channel(verb, turn.sentences)
    return answers.ask_for(verb, turn.sentences)


def is_address(text: str) -> bool:
    """Whether a person wrote a web address instead of words."""
    return text.casefold().startswith(("http://", "https://")) and " " not in text


def address_of(text: str) -> str | None:
    """An address as people write it where only an address is meant: `example.org/news` too."""
    if is_address(text):
        return text
    bare = _BARE.fullmatch(text)
    return f"https://{text}" if bare else None


async def _remove(deps: Deps, turn: Turn, found: list[Subscription]) -> Message:
    removed = await deps.subscriptions.remove(turn.place, [one.id for one in found])
    return answers.unsubscribed(removed, turn.sentences)


def _told(done: Subscribed, turn: Turn) -> Message:
    if not done.created:
        return answers.already_subscribed(done.subscription, done.number, turn.sentences)
    return answers.subscribed(done.subscription, done.preview, turn.sentences)


PRESSES = {
    Verb.EXAMPLE: press_example,
    Verb.FEED: press_feed,
    Verb.UNDO_ADD: press_undo_add,
    Verb.FORM: press_form,
    Verb.REMOVE: press_remove,
    Verb.AGAIN: press_again,
    Verb.REMOVE_ALL: press_remove_all,
    Verb.KEEP_ALL: press_keep_all,
}
"""All of these change something: administrators only, in groups and channels."""
