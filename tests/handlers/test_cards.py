"""A subscription's card: what it says of its place, and its languages chosen by taps."""

from typing import Any

from bot.domain.model import Place
from tests.handlers.stage import GROUP, MEI, OLGA, Stage

REFUSED = "Only administrators may do that."


def labels(message: Any) -> list[str]:
    return [key["text"] for row in message["reply_markup"]["inline_keyboard"] for key in row]


async def asked(stage: Stage, chat: int) -> list[str]:
    return [one.query for one in await stage.deps.subscriptions.of_place(Place(chat))]


async def opened(stage: Stage, room: int, query: str) -> Any:
    """The card of a place's only subscription."""
    await stage.say(room, OLGA, f"/subscribe {query}")
    (listed,) = await stage.say(room, OLGA, "/list")
    await stage.tap(room, OLGA, listed, "1.")
    return listed


async def test_a_card_names_languages_sources_translation_and_mute(stage: Stage) -> None:
    card = await opened(stage, OLGA, "derby (lang:fr | lang:de) source:lemonde")
    assert labels(stage.shown(card))[4:8] == [
        "📰 News in: Deutsch, Français",
        "📡 Sources: lemonde",
        "🈯 Translation: always",
        "🔇 Mute: off",
    ]
    await stage.say(OLGA, OLGA, "/mute 2h")
    card = await opened(stage, OLGA, "derby (lang:fr | lang:de) source:lemonde")
    assert "🔇 Mute: on" in labels(stage.shown(card))


async def test_languages_are_chosen_by_taps_and_none_is_as_in_the_chat(stage: Stage) -> None:
    card = await opened(stage, OLGA, "derby")
    await stage.tap(OLGA, OLGA, card, "News in: as usual")
    await stage.tap(OLGA, OLGA, card, "Deutsch")
    await stage.tap(OLGA, OLGA, card, "Français")
    both = await asked(stage, OLGA)
    chosen = [one for one in labels(stage.shown(card)) if one.startswith("☑️")]
    await stage.tap(OLGA, OLGA, card, "Deutsch")
    await stage.tap(OLGA, OLGA, card, "Français")
    assert both == ["derby (lang:de | lang:fr)"]
    assert chosen == ["☑️ Deutsch", "☑️ Français"]
    assert await asked(stage, OLGA) == ["derby"]
    await stage.tap(OLGA, OLGA, card, "Back")
    assert "📰 News in: as usual" in labels(stage.shown(card))


async def test_in_a_group_anybody_sees_the_languages_and_administrators_choose_them(
    stage: Stage,
) -> None:
    card = await opened(stage, GROUP, "derby")
    seen = await stage.tap(GROUP, MEI, card, "News in")
    refused = await stage.tap(GROUP, MEI, card, "Deutsch")
    kept = await asked(stage, GROUP)
    await stage.tap(GROUP, OLGA, card, "Deutsch")
    assert (seen, refused, kept) == (None, REFUSED, ["derby"])
    assert await asked(stage, GROUP) == ["derby lang:de"]


async def test_a_language_that_another_subscription_asks_for_already_changes_nothing(
    stage: Stage,
) -> None:
    card = await opened(stage, OLGA, "derby")
    await stage.say(OLGA, OLGA, "/subscribe derby lang:de")
    await stage.tap(OLGA, OLGA, card, "News in")
    toast = await stage.tap(OLGA, OLGA, card, "Deutsch")
    assert toast == "Number 2 of /list asks exactly that already; nothing was changed."
    assert sorted(await asked(stage, OLGA)) == ["derby", "derby lang:de"]
