"""How much one place may have."""

from bot.domain.grammar import parse
from bot.domain.model import Place
from tests.builders import NOW
from tests.handlers.stage import MEI, OTTO, Stage


async def test_a_place_has_at_most_two_hundred_subscriptions_and_others_have_their_own(
    stage: Stage,
) -> None:
    await stage.say(MEI, MEI, "/start")
    async with stage.database.write() as tx:
        for number in range(200):
            query = parse(f"w{number}")
            await tx.subscriptions.add(Place(MEI), query.text, query, NOW)
    (refused,) = await stage.say(MEI, MEI, "/subscribe NATO")
    (again,) = await stage.say(MEI, MEI, "/subscribe w7")
    (elsewhere,) = await stage.say(OTTO, OTTO, "/subscribe NATO")
    kept = len(await stage.deps.subscriptions.of_place(Place(MEI)))
    assert (kept, "200 subscriptions here already" in refused["text"]) == (200, True)
    assert ("w7" in again["text"], "NATO: I ring" in elsewhere["text"]) == (True, True)
