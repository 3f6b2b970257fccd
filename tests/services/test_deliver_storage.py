"""Delivery over real databases: what the fake storage promises holds on both."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.model import ChatKind
from bot.domain.outcomes import Ambiguous, ChatGone, ChatMoved, Flooded, Outcome, Rejected
from storage.engine import Database
from tests.builders import GROUP, NOW, PRIVATE
from tests.desk import OTHER, Desk
from tests.fakes import Crash


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_alerts_go_in_order_and_the_lane_sleeps_until_the_next(desk: Desk) -> None:
    await desk.queue(PRIVATE)
    await desk.rounds(2)
    assert desk.sender.texts(PRIVATE.chat) == ["news 1", "news 2"]
    assert await desk.told(PRIVATE, 2) is not None
    assert (await desk.queued(), await desk.deliverer.run_once(desk.clock())) == (0, 0)


@pytest.mark.parametrize(
    ("answers", "said", "seconds"),
    [
        pytest.param([Flooded(20)], ["news 1"] * 2 + ["news 2"], [0, 20, 21], id="429"),
        pytest.param([Ambiguous("?")], ["news 1"] * 2 + ["news 2"], [0, 60, 61], id="silence"),
        pytest.param(
            [Rejected("?"), Rejected("!")], ["news 1"] * 2 + ["news 2"], [0, 1, 2], id="refused"
        ),
        pytest.param([ChatGone("blocked")], ["news 1"], [0], id="blocked"),
    ],
)
async def test_what_telegram_answers_is_remembered(
    desk: Desk, answers: list[Outcome | BaseException], said: list[str], seconds: list[int]
) -> None:
    await desk.queue(PRIVATE)
    desk.sender.answers[PRIVATE.chat] = list(answers)
    await desk.rounds(65)
    assert desk.sender.texts(PRIVATE.chat) == said
    assert [(line.at - NOW).total_seconds() for line in desk.sender.ledger] == seconds


async def test_a_blocked_chat_that_comes_back_gets_what_it_missed(desk: Desk) -> None:
    await desk.queue(PRIVATE)
    desk.sender.answers[PRIVATE.chat] = [ChatGone("blocked")]
    await desk.rounds(3)
    async with desk.database.write() as tx:
        await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "a chat", "en")
    await desk.rounds(3)
    assert desk.sender.texts(PRIVATE.chat) == ["news 1", "news 1", "news 2"]


async def test_a_group_that_moved_is_told_in_its_new_place(desk: Desk) -> None:
    await desk.queue(GROUP)
    desk.sender.answers[GROUP.chat] = [ChatMoved(-1009)]
    await desk.rounds(8)
    assert desk.sender.texts(-1009) == ["news 1", "news 2"]
    assert await desk.queued() == 0


async def test_refused_alerts_are_counted_as_dead_and_unwanted_ones_are_not(desk: Desk) -> None:
    await desk.queue(PRIVATE, OTHER)
    desk.sender.answers[PRIVATE.chat] = [Rejected("?"), Rejected("!")]
    async with desk.database.write() as tx:
        await tx.subscriptions.remove_all(OTHER)
    await desk.rounds(5)
    assert ((await desk.figures()).dead, await desk.queued()) == (1, 0)


async def test_removed_subscriptions_are_not_told(desk: Desk) -> None:
    await desk.queue(PRIVATE)
    async with desk.database.write() as tx:
        await tx.subscriptions.remove_all(PRIVATE)
    await desk.rounds(3)
    assert (desk.sender.ledger, await desk.queued()) == ([], 0)


async def test_a_crash_between_send_and_settle_repeats_one_message(desk: Desk) -> None:
    await desk.queue(PRIVATE, OTHER)
    desk.sender.answers[PRIVATE.chat] = [Crash()]
    with pytest.raises(Crash):
        await desk.deliverer.run_once(NOW)
    desk.deliverer = desk.restarted()
    desk.clock.advance(60)
    await desk.rounds(3)
    assert desk.sender.texts(PRIVATE.chat) == ["news 1", "news 1", "news 2"]
    assert desk.sender.texts(OTHER.chat)[-1] == "news 2"


async def test_two_processes_never_send_the_same_alert(desk: Desk) -> None:
    await desk.queue(PRIVATE, OTHER, GROUP)
    first, second = desk.deliverer, desk.restarted()
    for _ in range(8):
        await asyncio.gather(first.run_once(desk.clock()), second.run_once(desk.clock()))
        desk.clock.advance(1)
    for place in (PRIVATE, OTHER, GROUP):
        assert desk.sender.texts(place.chat) == ["news 1", "news 2"]


async def test_a_lease_lost_while_sending_keeps_what_was_said_and_nothing_else(desk: Desk) -> None:
    await desk.queue(PRIVATE, OTHER)
    gate = desk.sender.gates[PRIVATE.chat] = asyncio.Event()
    serving = asyncio.create_task(desk.deliverer.run_once(NOW))
    while len(desk.sender.ledger) < 2:
        await asyncio.sleep(0.001)
    async with desk.database.write() as tx:
        others = await tx.alerts.claim_lanes(NOW + timedelta(seconds=61), 9, 60.0)
    gate.set()
    await serving
    told = [await desk.told(PRIVATE, number) for number in (1, 2)]
    async with desk.database.write() as tx:
        kept = await tx.alerts.release_lanes(dict.fromkeys(others))
    assert (told.count(None), kept) == (1, True)
