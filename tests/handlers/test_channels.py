"""/channel: another chat is managed from the private one, by who administers it now."""

from typing import Any

from bot.domain.model import Place
from handlers.guard import REMEMBERED
from tests.handlers.stage import AMIR, CHANNEL, GROUP, LEO, MEI, OLGA, OTHER, Stage

CHANNEL_REQUEST, GROUP_REQUEST = 1, 2


async def pick(stage: Stage, user: int, chat: int, request: int = CHANNEL_REQUEST) -> Any:
    """Somebody says /channel and picks this chat."""
    await stage.say(user, user, "/channel")
    (card,) = await stage.hear(lambda: stage.world.share_chat(user, request, chat))
    return card


async def ringing(stage: Stage, chat: int) -> list[str]:
    return [one.typed for one in await stage.deps.subscriptions.of_place(Place(chat))]


def labels(message: Any) -> list[str]:
    return [key["text"] for row in message["reply_markup"]["inline_keyboard"] for key in row]


async def test_two_keys_open_telegrams_picker_and_ask_for_both_ones_rights(stage: Stage) -> None:
    (asked,) = await stage.say(OLGA, OLGA, "/channel")
    keys = [row[0] for row in asked["client_markup"]["keyboard"]]
    channel, group = (key["request_chat"] for key in keys)
    assert [key["text"] for key in keys] == ["Pick a channel", "Pick a group"]
    assert (channel["chat_is_channel"], group["chat_is_channel"]) == (True, False)
    assert (channel["bot_is_member"], group["bot_is_member"]) == (True, True)
    assert channel["user_administrator_rights"]["can_post_messages"]
    assert channel["bot_administrator_rights"]["can_post_messages"]
    assert group["user_administrator_rights"]["can_manage_chat"]


async def test_what_is_added_on_the_card_rings_in_the_channel_alone(stage: Stage) -> None:
    card = await pick(stage, OLGA, CHANNEL)
    await stage.tap(OLGA, OLGA, card, "Add")
    asked = stage.world.sent[-1]
    (saved,) = await stage.say(OLGA, OLGA, "derby", reply_to=asked["message_id"])
    await stage.tap(OLGA, OLGA, saved, "Wire")
    assert (card["text"], labels(card)) == (
        "📣 Wire: 0 subscriptions",
        ["➕ Add", "⚙️ Settings"],
    )
    assert asked["client_markup"]["force_reply"]
    assert (await ringing(stage, CHANNEL), await ringing(stage, OLGA)) == (["derby"], [])
    assert stage.shown(saved)["text"] == "📣 Wire: 1 subscription"
    assert {one["chat"]["id"] for one in stage.world.sent} == {OLGA}


async def test_the_card_opens_changes_removes_and_takes_back(stage: Stage) -> None:
    await stage.say(CHANNEL, OLGA, "/subscribe derby")
    card = await pick(stage, OLGA, CHANNEL)
    await stage.tap(OLGA, OLGA, card, "1. derby")
    await stage.tap(OLGA, OLGA, card, "Urgent")
    (changed,) = await stage.deps.subscriptions.of_place(Place(CHANNEL))
    await stage.tap(OLGA, OLGA, card, "Unsubscribe")
    removed = await ringing(stage, CHANNEL)
    await stage.tap(OLGA, OLGA, card, "Undo")
    assert (changed.urgent, removed, await ringing(stage, CHANNEL)) == (True, [], ["derby"])


async def test_the_channels_settings_are_changed_and_not_ones_own(stage: Stage) -> None:
    card = await pick(stage, OLGA, CHANNEL)
    await stage.tap(OLGA, OLGA, card, "Settings")
    await stage.tap(OLGA, OLGA, card, "Quiet hours")
    await stage.tap(OLGA, OLGA, card, "22:00–07:00")
    there = await stage.deps.preferences.of(Place(CHANNEL))
    here = await stage.deps.preferences.of(Place(OLGA))
    assert (there.settings.quiet is None, here.settings.quiet) == (False, None)
    assert "‹ \u2068Wire\u2069" in labels(stage.shown(card)) or "‹ Wire" in labels(
        stage.shown(card)
    )


async def test_topics_of_a_group_are_counted_and_left_where_they_ring(stage: Stage) -> None:
    await stage.say(GROUP, OLGA, "/subscribe derby", topic=3)
    await stage.say(GROUP, OLGA, "/subscribe NATO")
    card = await pick(stage, OLGA, GROUP, GROUP_REQUEST)
    assert card["text"].split("\n") == [
        "📣 Desk: 1 subscription",
        "1 more in its topics: /list, said there, shows it",
    ]


async def test_who_lost_their_rights_presses_in_vain_within_a_minute(stage: Stage) -> None:
    await stage.say(CHANNEL, OLGA, "/subscribe derby")
    card = await pick(stage, AMIR, CHANNEL)
    (asked,) = await stage.hear(
        lambda: stage.world.press(AMIR, AMIR, card["message_id"], "v1:add:0:0")
    )
    before = await stage.kept(CHANNEL)
    stage.world.join(CHANNEL, AMIR, "member")
    toasts = [await stage.tap(AMIR, AMIR, card, label) for label in ("derby", "Settings", "Add")]
    (answer,) = await stage.say(AMIR, AMIR, "NATO", reply_to=asked["message_id"])
    assert set(toasts) == {"Only administrators may do that."}
    assert answer["text"] == "Only administrators change what rings here."
    assert (await stage.kept(CHANNEL) == before, REMEMBERED <= 60) == (True, True)


async def test_a_chat_that_is_not_ones_own_cannot_be_picked(stage: Stage) -> None:
    def forged(user: int, chat: int) -> Any:
        facts = {"request_id": CHANNEL_REQUEST, "chat_id": chat, "title": "Mine"}
        return lambda: stage.world.say(user, user, "", chat_shared=facts)

    await stage.say(LEO, LEO, "/start")
    told = [
        (await stage.hear(forged(user, chat)))[0]["text"].split(":")[0]
        for user, chat in ((OLGA, OTHER), (MEI, CHANNEL), (OLGA, LEO), (OLGA, -100_999))
    ]
    assert told == ["I cannot manage that chat for you"] * 4


async def test_telegram_adds_the_bot_where_it_is_missing(stage: Stage) -> None:
    stage.world.join(CHANNEL, stage.world.bot["id"], "left")
    card = await pick(stage, OLGA, CHANNEL)
    status = stage.world.rooms[CHANNEL].members[stage.world.bot["id"]]
    assert (card["text"], status) == ("📣 Wire: 0 subscriptions", "administrator")


async def test_a_card_of_a_forgotten_chat_never_turns_to_ones_own(stage: Stage) -> None:
    card = await pick(stage, OLGA, CHANNEL)
    await stage.tap(OLGA, OLGA, card, "Settings")
    asked = await stage.hear(
        lambda: stage.world.press(OLGA, OLGA, card["message_id"], "v1:add:0:0")
    )
    await stage.deps.chats.forget(CHANNEL)
    before = await stage.kept(OLGA)
    toasts = {
        await stage.press(OLGA, OLGA, card["message_id"], data)
        for data in ("v1:list:0:0", "v1:choose:4:1", "v1:add:0:0")
    }
    (answer,) = await stage.say(OLGA, OLGA, "NATO", reply_to=asked[0]["message_id"])
    assert (toasts, await stage.kept(OLGA) == before) == ({"That is gone already."}, True)
    assert answer["text"].startswith("I cannot manage that chat")


async def test_a_managed_group_that_became_a_supergroup_is_managed_still(stage: Stage) -> None:
    card = await pick(stage, OLGA, GROUP, GROUP_REQUEST)
    stage.world.migrate(GROUP, -100_77)
    await stage.settle()
    await stage.tap(OLGA, OLGA, card, "Add")
    await stage.say(OLGA, OLGA, "derby", reply_to=stage.world.sent[-1]["message_id"])
    assert await ringing(stage, -100_77) == ["derby"]


async def test_elsewhere_a_link_leads_into_the_private_chat(stage: Stage) -> None:
    (there,) = await stage.say(GROUP, MEI, "/channel")
    (here,) = await stage.say(MEI, MEI, "/start channel")
    url = there["reply_markup"]["inline_keyboard"][0][0]["url"]
    assert url == "https://t.me/newsbell_bot?start=channel"
    assert "keyboard" in here["client_markup"]
