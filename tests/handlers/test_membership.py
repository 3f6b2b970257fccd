"""Who brings the bot where: strangers are not kept, and one person fills ten chats at most."""

from bot.services.chats import BROUGHT
from tests.handlers.stage import AMIR, GROUP, LEO, MEI, OLGA, OTTO, Stage

FIRST = -100_500


async def bring(stage: Stage, user: int, number: int) -> int:
    """Somebody adds the bot to a group of theirs."""
    group = FIRST - number
    stage.world.room(group, "supergroup", f"Group {number}")
    stage.world.join(group, user, "creator")
    stage.world.join(group, stage.world.bot["id"], "member", by=user)
    await stage.settle()
    return group


async def known(stage: Stage, *groups: int) -> list[bool]:
    async with stage.database.read() as tx:
        return [await tx.chats.get(group) is not None for group in groups]


async def test_the_eleventh_chat_of_one_person_is_told_why_and_left(stage: Stage) -> None:
    groups = [await bring(stage, LEO, number) for number in range(BROUGHT + 1)]
    (said,) = stage.world.sent
    inside = [stage.world.rooms[one].members.get(stage.world.bot["id"]) for one in groups]
    assert await known(stage, *groups) == [True] * BROUGHT + [False]
    assert (said["chat"]["id"], "into 10 chats" in said["text"]) == (groups[-1], True)
    assert inside == ["member"] * BROUGHT + [None]
    assert await known(stage, await bring(stage, MEI, 99)) == [True]


async def test_chats_that_were_left_make_room(stage: Stage) -> None:
    first, *_ = [await bring(stage, LEO, number) for number in range(BROUGHT)]
    stage.world.join(first, stage.world.bot["id"], "kicked", by=LEO)
    await stage.settle()
    assert await known(stage, await bring(stage, LEO, 50)) == [True]


async def test_operators_and_chats_that_they_invite_are_not_counted(stage: Stage) -> None:
    groups = [await bring(stage, OTTO, number) for number in range(BROUGHT + 2)]
    for number in range(20, 20 + BROUGHT):
        await bring(stage, LEO, number)
    await stage.say(OTTO, OTTO, f"/ban off {FIRST - 40}")
    assert await known(stage, *groups) == [True] * (BROUGHT + 2)
    assert await known(stage, await bring(stage, LEO, 40)) == [True]


async def test_a_group_that_became_a_supergroup_still_counts(stage: Stage) -> None:
    groups = [await bring(stage, LEO, number) for number in range(BROUGHT)]
    stage.world.migrate(groups[0], -100_900)
    await stage.settle()
    assert await known(stage, await bring(stage, LEO, 60)) == [False]


async def test_the_id_of_who_brought_it_is_kept_nowhere(stage: Stage) -> None:
    stage.world.person(7_316_592_804, "Canary")
    group = await bring(stage, 7_316_592_804, 1)
    async with stage.database.read() as tx:
        marked = await tx.chats.brought_by(stage.deps.access.mark(7_316_592_804))
    assert (marked, await known(stage, group, 7_316_592_804)) == (1, [True, False])


async def test_what_a_banned_person_adds_is_not_even_stored(stage: Stage) -> None:
    await stage.say(OTTO, OTTO, f"/ban {LEO}")
    group = await bring(stage, LEO, 1)
    assert (await known(stage, group), await stage.say(group, LEO, "/about")) == ([False], [])


async def keeper(stage: Stage) -> int | None:
    async with stage.database.read() as tx:
        return await tx.chats.keeper(GROUP)


async def test_t5_who_last_changed_something_and_has_started_the_bot_is_remembered_and_forgotten(
    stage: Stage,
) -> None:
    await stage.say(GROUP, OLGA, "/subscribe geneva")
    seen = [await keeper(stage)]  # she has not started it
    for who in (OLGA, AMIR, MEI):
        await stage.say(who, who, "/start")
    for who in (OLGA, MEI):  # a member changes nothing
        await stage.say(GROUP, who, "/mute 2h")
        seen.append(await keeper(stage))
    (listed,) = await stage.say(GROUP, AMIR, "/settings")
    await stage.say(GROUP, AMIR, "/resume")
    seen.append(await keeper(stage))
    asked = (await stage.say(AMIR, AMIR, "/forget"))[-1]
    label = asked["reply_markup"]["inline_keyboard"][0][0]["text"]
    await stage.tap(AMIR, AMIR, asked, label)
    assert ([*seen, await keeper(stage)], "Settings" in listed["text"]) == (
        [None, OLGA, OLGA, AMIR, None],
        True,
    )
