"""A bare command asks, and the reply is its argument: for an hour, also after a restart."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.model import Place
from storage import schema
from storage.chats import ANSWERABLE
from storage.engine import Database
from tests.handlers.furniture import furnish
from tests.handlers.stage import AMIR, CHANNEL, GROUP, MEI, OLGA, Stage, open_stage

RINGS = "derby: I ring when"


async def question(stage: Stage, room: int, user: int, **more: Any) -> int:
    (asked,) = await stage.say(room, user, "/subscribe", **more)
    number: int = asked["message_id"]
    assert (asked["client_markup"]["force_reply"], asked["client_markup"]["selective"]) == (
        True,
        True,
    )
    return number


async def words(stage: Stage, room: int, user: int, reply_to: int, **more: Any) -> list[str]:
    return [one["text"] for one in await stage.say(room, user, "derby", reply_to=reply_to, **more)]


@pytest.mark.parametrize(("room", "topic"), [(OLGA, 0), (GROUP, 0), (GROUP, 3)])
async def test_the_reply_is_the_argument_where_it_was_asked(
    stage: Stage, room: int, topic: int
) -> None:
    asked = await question(stage, room, OLGA, topic=topic)
    (answer,) = await words(stage, room, OLGA, asked, topic=topic)
    found = await stage.deps.subscriptions.of_place(Place(room, topic))
    assert (answer.partition("✅ ")[2][: len(RINGS)], len(found)) == (RINGS, 1)


async def test_words_on_a_line_of_their_own_are_the_argument_all_of_them(stage: Stage) -> None:
    await stage.say(OLGA, OLGA, "/subscribe\nGeneva talks")
    found = await stage.deps.subscriptions.of_place(Place(OLGA))
    assert [one.typed for one in found] == ["Geneva talks"]


async def test_the_question_is_known_after_a_restart(database: Database) -> None:
    async with open_stage(database) as before:
        asked = await question(before, OLGA, OLGA)
        world = before.world
    async with open_stage(database) as after:
        after.world.rooms[OLGA].messages = world.rooms[OLGA].messages
        (answer,) = await words(after, OLGA, OLGA, asked)
    assert RINGS in answer


async def test_after_an_hour_the_question_is_stale(stage: Stage) -> None:
    asked = await question(stage, GROUP, OLGA)
    async with stage.database.write() as tx:
        row = (await tx.connection.execute(schema.prompt.select())).mappings().one()
        earlier = row["asked"] - ANSWERABLE - timedelta(seconds=1)
        await tx.connection.execute(update(schema.prompt).values(asked=earlier))
    assert await words(stage, GROUP, OLGA, asked) == []


async def test_a_member_may_not_answer_for_an_administrator(stage: Stage) -> None:
    asked = await question(stage, GROUP, OLGA)
    assert await words(stage, GROUP, MEI, asked) == ["Only administrators change what rings here."]
    (answer,) = await words(stage, GROUP, AMIR, asked)
    assert RINGS in answer


async def test_an_anonymous_administrator_is_asked_and_answers(stage: Stage) -> None:
    asked = await question(stage, GROUP, OLGA, anonymous=True)
    (answer,) = await words(stage, GROUP, OLGA, asked, anonymous=True)
    assert RINGS in answer


async def test_a_channel_cannot_reply_and_gets_an_example(stage: Stage) -> None:
    (told,) = await stage.say(CHANNEL, OLGA, "/subscribe")
    assert ("/subscribe Geneva talks" in told["text"], "client_markup" in told) == (True, False)


async def test_a_shared_link_subscribes_whoever_follows_it(stage: Stage) -> None:
    at = await furnish(stage, GROUP, "zebra")
    await stage.press(GROUP, OLGA, at.alert_message, "v1:more:0:0")
    menu = stage.world.rooms[GROUP].messages[at.alert_message]["reply_markup"]
    (share,) = (row[0]["url"] for row in menu["inline_keyboard"] if "url" in row[0])
    await stage.say(MEI, MEI, "/start sub_zebra")
    (refused,) = await stage.say(GROUP, MEI, "/start@newsbell_bot sub_horse")
    (added,) = await stage.say(GROUP, OLGA, "/start@newsbell_bot sub_horse")
    found = [one.typed for one in await stage.deps.subscriptions.of_place(Place(MEI))]
    assert share == (
        "https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fnewsbell_bot%3Fstart%3Dsub_zebra"
    )
    assert (found, refused["text"], "horse: I ring when" in added["text"]) == (
        ["zebra"],
        "Only administrators change what rings here.",
        True,
    )


async def test_the_greeting_offers_to_add_the_bot_to_a_group(stage: Stage) -> None:
    (greeting,) = await stage.say(MEI, MEI, "/start")
    last = greeting["reply_markup"]["inline_keyboard"][-1][0]
    assert last["url"] == "https://t.me/newsbell_bot?startgroup=new"


async def pressed_for_a_name(stage: Stage, user: int) -> dict[str, Any]:
    (card,) = await stage.say(GROUP, user, "/names 1")
    before = len(stage.world.sent)
    await stage.tap(GROUP, user, card, "➕")
    (asked,) = stage.world.sent[before:]
    return asked


async def test_a_button_in_a_group_mentions_who_pressed_it_so_that_they_are_asked(
    stage: Stage,
) -> None:
    await stage.say(GROUP, AMIR, "/subscribe NATO")
    asked = await pressed_for_a_name(stage, AMIR)
    mentioned = [one for one in asked["entities"] if one.get("url") == f"tg://user?id={AMIR}"]
    selective = asked["client_markup"]["selective"]
    assert (len(mentioned), asked["text"].split("\n")[0], selective) == (1, "Amir", True)
