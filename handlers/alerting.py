"""The menu under an alert, and /forget."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.callbacks import Callback, Verb
from bot.domain.links import payload_of
from bot.domain.message import Message
from bot.domain.model import Form, Subscription
from bot.rendering import answers, paper
from bot.rendering.alert import alert_keyboard, alert_menu
from handlers.deps import Deps, Pressed
from handlers.turn import Turn

LONGEST_SNOOZE = 24


async def press_more(deps: Deps, turn: Turn, _pressed: Callback) -> Pressed:
    """What can be done about this alert, in place of its buttons."""
    told = await deps.subscriptions.told_by(turn.place, turn.message.message_id)
    if told is None or not told.subscriptions:
        return _gone(turn)
    name = turn.message.get_bot().username
    share = f"https://t.me/{name}?start={payload_of(told.subscriptions[0])}"
    brief = all(one.form is Form.HEADLINE for one in told.subscriptions)
    about = told.article
    menu = alert_menu(about.source, about.source_title, share, turn.sentences, brief=brief)
    return Pressed(keyboard=menu)


async def press_less(deps: Deps, turn: Turn, _pressed: Callback) -> Pressed:
    """The alert's own buttons again."""
    told = await deps.subscriptions.told_by(turn.place, turn.message.message_id)
    if told is None:
        return _gone(turn)
    name = turn.message.get_bot().username
    return Pressed(keyboard=alert_keyboard(told, turn.sentences, name))


async def press_mute_source(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """This source is not heard here any more; a second press hears it again."""
    muted = await deps.preferences.toggle_source(turn.place, pressed.id)
    if muted is None:
        return _gone(turn)
    return Pressed(toast=answers.toast("toast_muted" if muted else "toast_heard", turn.sentences))


async def press_snooze(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """Silence for some hours."""
    if not 1 <= pressed.id <= LONGEST_SNOOZE:
        return _gone(turn)
    await deps.preferences.mute(turn.place, timedelta(hours=pressed.id))
    return Pressed(toast=answers.toast("toast_snoozed", turn.sentences))


async def press_brief(deps: Deps, turn: Turn, _pressed: Callback) -> Pressed:
    """Headlines only, for all that rang this alert; or with summaries again."""
    met = await deps.subscriptions.met_by_message(turn.place, turn.message.message_id)
    if not met:
        return _gone(turn)
    form = Form.FULL if all(one.form is Form.HEADLINE for one in met) else Form.HEADLINE

    def change(one: Subscription) -> Subscription:
        return replace(one, form=form)

    for one in met:
        await deps.subscriptions.vary(turn.place, one.id, change)
    key = "toast_brief" if form is Form.HEADLINE else "toast_full"
    return Pressed(toast=answers.toast(key, turn.sentences))


async def press_silence(deps: Deps, turn: Turn, _pressed: Callback) -> Pressed:
    """Unsubscribe from all that rang this alert; each can be undone."""
    met = await deps.subscriptions.met_by_message(turn.place, turn.message.message_id)
    removed = await deps.subscriptions.remove(turn.place, [one.id for one in met])
    return Pressed(say=answers.unsubscribed(removed, turn.sentences)) if removed else _gone(turn)


async def forget(_deps: Deps, turn: Turn) -> Message:
    """Asks before it deletes everything about this chat."""
    return paper.confirm_forget(turn.sentences)


async def press_forget(deps: Deps, turn: Turn, _pressed: Callback) -> Pressed:
    """Yes: nothing of this chat is left."""
    await deps.chats.forget(turn.place.chat)
    return Pressed(edit=paper.told("forgotten", turn.sentences))


def _gone(turn: Turn) -> Pressed:
    return Pressed(toast=answers.toast("toast_gone", turn.sentences))


PRESSES = {
    Verb.MORE: press_more,
    Verb.LESS: press_less,
    Verb.MUTE_SOURCE: press_mute_source,
    Verb.SNOOZE: press_snooze,
    Verb.BRIEF: press_brief,
    Verb.SILENCE: press_silence,
    Verb.FORGET: press_forget,
}
"""All of these belong to administrators, in groups and channels."""
