"""A flood of commands gets one clear refusal; nobody else waits for it."""

from bot.config import Settings
from bot.domain.pacing import Limit
from handlers.quota import Quota
from tests.handlers.stage import AMIR, GROUP, MEI, OTTO, Stage

TWO = Limit(2, 60.0)


def test_q2_twenty_are_answered_in_any_minute_unless_the_operator_sets_another_number() -> None:
    now = [0.0]
    quota = Quota(lambda: now[0], Limit(Settings().commands_per_minute, 60.0))
    spent = [quota.spend(1) for _ in range(22)]
    now[0] = 60.0
    assert (spent, quota.spend(1)) == (["within"] * 20 + ["over", "silence"], "within")
    assert Quota(lambda: 0.0, Limit(Settings().commands_per_minute, 60.0)).per_minute == 20


async def test_the_first_one_too_many_is_told_so_and_the_rest_is_silence(stage: Stage) -> None:
    stage.limit(TWO)
    counts = [len(await stage.say(MEI, MEI, "/about")) for _ in range(5)]
    (refusal,) = [one for one in stage.world.sent if "That is a lot" in one["text"]]
    assert (counts, refusal["chat"]["id"]) == ([1, 1, 1, 0, 0], MEI)


async def test_it_ends_with_time_and_holds_for_one_person_in_all_chats(stage: Stage) -> None:
    stage.limit(TWO)
    for room in (MEI, GROUP, GROUP):
        await stage.say(room, MEI, "/about")
    others = [len(await stage.say(GROUP, who, "/about")) for who in (AMIR, OTTO, OTTO, OTTO)]
    stage.seconds[0] = 61.0
    later = await stage.say(GROUP, MEI, "/about")
    assert (others, "Newsbell" in later[0]["text"]) == ([1, 1, 1, 1], True)


async def test_talk_among_people_costs_nobody_anything(stage: Stage) -> None:
    stage.limit(TWO)
    first = stage.world.say(GROUP, MEI, "the derby was fine")
    for _ in range(5):
        said = await stage.say(GROUP, MEI, "was it?", reply_to=first["message_id"])
        assert said == []
    assert len(await stage.say(GROUP, MEI, "/about")) == 1


def test_who_has_been_quiet_is_forgotten() -> None:
    now = [0.0]
    quota = Quota(lambda: now[0], TWO)
    for who in range(1_000):
        quota.spend(who)
    now[0] = 61.0
    quota.spend(1)
    assert len(quota._written) == 1
