"""/settings and its shortcuts: /language, /timezone, /quiet, /digest, /mute, /pause, /resume."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.callbacks import Callback, Verb
from bot.domain.choices import LANGUAGES, MUTES, NEWS, READ, VALUES, Setting
from bot.domain.message import Message
from bot.domain.model import Form, Subscription, When
from bot.domain.patience import read_clock, read_quiet, read_span
from bot.rendering import answers
from bot.rendering import settings as cards
from bot.services.preferences import Chosen
from bot.services.zones import near_cities, zone_of
from handlers.deps import Deps, Pressed
from handlers.naming import card_of
from handlers.turn import Turn

OFF = ("off", "none", "never")
TURNS = {When.INSTANT: When.HOURLY, When.HOURLY: When.DAILY, When.DAILY: When.INSTANT}


async def settings(deps: Deps, turn: Turn) -> Message:
    """Everything that can be chosen here, on one card."""
    return _card(await deps.preferences.of(turn.place), turn)


async def language(deps: Deps, turn: Turn) -> Message:
    """`/language de`: the bot's own sentences in this chat."""
    code = turn.argument.casefold()
    named = {name.casefold(): one for one, name in cards.NATIVE.items()}
    wanted = named.get(code, code)
    if wanted not in deps.locales.codes:
        return await _choices(deps, turn, Setting.LANGUAGE)
    await deps.preferences.set_language(turn.place, wanted)
    texts = deps.locales.of(wanted)
    return cards.told("language_set", texts, language=cards.NATIVE[wanted])


async def timezone(deps: Deps, turn: Turn) -> Message:
    """`/timezone Berlin`: the clock of quiet hours and digests."""
    if not turn.argument:
        return await _choices(deps, turn, Setting.ZONE)
    chosen = await deps.preferences.set_zone(turn.place, turn.argument)
    if chosen is None:
        return cards.zone_unknown(turn.argument, near_cities(turn.argument), turn.sentences)
    zone = chosen.chat.timezone
    return cards.zone_set(zone, chosen.now.astimezone(zone_of(zone)), turn.sentences)


async def quiet(deps: Deps, turn: Turn) -> Message:
    """`/quiet 22:00-07:00`, `/quiet off`."""
    if turn.argument.casefold() in OFF:
        chosen = await deps.preferences.change(turn.place, quiet=None)
        return cards.told_quiet(None, chosen.chat.timezone, turn.sentences)
    span = read_quiet(turn.argument)
    if span is None:
        return await _choices(deps, turn, Setting.QUIET)
    chosen = await deps.preferences.change(turn.place, quiet=span)
    return cards.told_quiet(span, chosen.chat.timezone, turn.sentences)


async def digest(deps: Deps, turn: Turn) -> Message:
    """`/digest daily 08:00`, `/digest hourly`, `/digest off`: for all that rings here."""
    word, _, rest = turn.argument.casefold().partition(" ")
    if word in OFF:
        when = When.INSTANT
    elif word in (When.HOURLY, When.DAILY):
        when = When(word)
    else:
        return await _choices(deps, turn, Setting.DIGEST)
    minute = read_clock(rest) if rest else None
    if rest and minute is None:
        return await _choices(deps, turn, Setting.DIGEST)
    if minute is not None:
        await deps.preferences.change(turn.place, digest_at=minute)
    await deps.preferences.set_when(turn.place, when)
    chosen = await deps.preferences.of(turn.place)
    return cards.told_digest(when, chosen.settings, chosen.chat.timezone, turn.sentences)


async def mute(deps: Deps, turn: Turn) -> Message:
    """`/mute 2h`, `/mute off`: what goes by meanwhile is in /latest."""
    if turn.argument.casefold() in OFF:
        return await resume(deps, turn)
    span = read_span(turn.argument)
    if span is None:
        return await _choices(deps, turn, Setting.MUTE)
    return _muted(await deps.preferences.mute(turn.place, span), turn)


async def pause(deps: Deps, turn: Turn) -> Message:
    """Nothing rings here until /resume."""
    await deps.preferences.change(turn.place, paused=True)
    return cards.told("paused", turn.sentences)


async def resume(deps: Deps, turn: Turn) -> Message:
    """It rings again."""
    await deps.preferences.resume(turn.place)
    return cards.told("resumed", turn.sentences)


async def press_setting(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """A line of the card, or back to it."""
    if pressed.id not in set(Setting):
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    if pressed.id == Setting.CARD:
        return Pressed(edit=await settings(deps, turn))
    return Pressed(edit=await _choices(deps, turn, Setting(pressed.id)))


async def press_choose(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """A value of one setting."""
    number, place = pressed.page, turn.place
    spoken = dict(enumerate(LANGUAGES)).get(number, "")
    if pressed.id == Setting.LANGUAGE and spoken in deps.locales.codes:
        chosen = await deps.preferences.set_language(place, spoken)
        turn = replace(turn, sentences=deps.locales.of(spoken))
    elif pressed.id == Setting.NEWS and number < len(NEWS):
        chosen = await deps.preferences.set_news(place, NEWS[number])
    elif pressed.id == Setting.TRANSLATE and number < len(READ) + 2:
        chosen = await deps.preferences.set_translate(place, number)
    elif pressed.id == Setting.PIVOT and number in (0, 1):
        chosen = await deps.preferences.set_pivot(place, number == 1)
    elif pressed.id == Setting.MUTE and number < len(MUTES):
        hours = MUTES[number]
        muting = deps.preferences.mute(place, timedelta(hours=hours))
        chosen = await (muting if hours else deps.preferences.resume(place))
    elif pressed.id in VALUES and number < len(VALUES[Setting(pressed.id)]):
        change = VALUES[Setting(pressed.id)][number]
        chosen = await deps.preferences.change(place, **change)
    else:
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    return Pressed(edit=_card(chosen, turn))


async def press_option(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """An option on a subscription's card."""
    done = await deps.subscriptions.vary(turn.place, pressed.id, CHANGES[pressed.verb])
    if done is None:
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    changed, number = done
    return Pressed(edit=await card_of(deps, changed, number, pressed.page, turn))


async def press_daily(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """Digest, under a fresh subscription."""
    done = await deps.subscriptions.vary(turn.place, pressed.id, _daily)
    if done is None:
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    return Pressed(edit=answers.digested(done[0], turn.sentences))


def _daily(one: Subscription) -> Subscription:
    return replace(one, when=When.DAILY)


def _turned(one: Subscription) -> Subscription:
    return replace(one, when=TURNS[one.when])


def _sound(one: Subscription) -> Subscription:
    return replace(one, silent=not one.silent)


def _urgent(one: Subscription) -> Subscription:
    return replace(one, urgent=not one.urgent)


def _shape(one: Subscription) -> Subscription:
    return replace(one, form=Form.FULL if one.form is Form.HEADLINE else Form.HEADLINE)


CHANGES = {
    Verb.WHEN: _turned,
    Verb.SOUND: _sound,
    Verb.SHAPE: _shape,
    Verb.URGENT: _urgent,
}

PRESSES = {
    Verb.SETTING: press_setting,
    Verb.CHOOSE: press_choose,
    Verb.DAILY: press_daily,
    **dict.fromkeys(CHANGES, press_option),
}
"""All of these belong to administrators, in groups and channels."""


def _card(chosen: Chosen, turn: Turn) -> Message:
    zone = zone_of(chosen.chat.timezone)
    return cards.card(chosen.chat, chosen.settings, chosen.now, zone, turn.sentences, chosen.offer)


async def _choices(deps: Deps, turn: Turn, setting: Setting) -> Message:
    chosen = await deps.preferences.of(turn.place)
    spoken = deps.locales.codes
    return cards.choices(
        setting, chosen.chat, chosen.settings, spoken, turn.sentences, chosen.offer
    )


def _muted(chosen: Chosen, turn: Turn) -> Message:
    zone = zone_of(chosen.chat.timezone)
    return cards.told_mute(chosen.settings, chosen.now, zone, turn.sentences)
