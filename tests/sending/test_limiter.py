"""Answers and alerts share one budget, answers first; a flood wait holds its chat alone."""

import pytest
from telegram.error import RetryAfter

from bot.domain.outcomes import Flooded
from tests.sending.wire import Wire
from tests.telegram_script import refused

TICK = 1 / 30


async def test_alerts_go_at_the_overall_rate_in_the_order_they_came() -> None:
    wire = Wire()
    await wire.time.finish(*(wire.alert(chat) for chat in range(1, 61)))
    assert [chat for chat, _ in wire.telegram.moments] == list(range(1, 61))
    assert wire.telegram.moments[-1][1] == pytest.approx(59 * TICK, abs=1e-4)


async def test_an_answer_goes_before_waiting_alerts() -> None:
    wire = Wire()
    alerts = [wire.alert(chat) for chat in range(1, 101)]
    await wire.time.finish(*alerts, wire.answer(999, after=0.5))
    assert wire.telegram.of(999)[0] <= 0.5 + 2 * TICK


async def test_a_chat_that_must_wait_holds_nobody_up() -> None:
    wire = Wire()
    await wire.time.finish(wire.alert(1), wire.alert(1), wire.alert(1), wire.alert(2))
    assert wire.telegram.of(1) == [0.0, 1.0, 2.0]
    assert wire.telegram.of(2)[0] <= 3 * TICK + 1e-6


async def test_a_flood_wait_holds_its_chat_alone_and_long_ones_go_back_to_storage() -> None:
    wire = Wire()
    wire.telegram.answers = [refused(429, "Too Many Requests: retry after 600", retry_after=600)]
    first = await wire.time.finish(wire.alert(1))
    again = await wire.time.finish(wire.alert(1), wire.alert(2))
    assert first == [Flooded(600)]
    assert again[0] == Flooded(600)  # known without asking
    assert [parameters["chat_id"] for _, parameters in wire.telegram.calls] == [1, 2]


async def test_a_short_flood_wait_is_waited_for_to_the_second() -> None:
    wire = Wire()
    wire.telegram.answers = [refused(429, "Too Many Requests: retry after 3", retry_after=3)]
    await wire.time.finish(wire.alert(1))
    await wire.time.finish(wire.alert(1))
    assert wire.telegram.of(1) == [0.0, 3.0]


async def test_an_answer_that_would_wait_too_long_is_an_error_to_its_handler() -> None:
    wire = Wire()
    wire.telegram.answers = [refused(429, "Too Many Requests: retry after 61", retry_after=61)]
    await wire.time.finish(wire.answer(1))
    (error,) = await wire.time.finish(wire.answer(1))
    assert isinstance(error, RetryAfter)
    assert len(wire.telegram.calls) == 1


async def test_presses_and_chat_actions_are_answered_at_once() -> None:
    wire = Wire()
    alerts = [wire.alert(chat) for chat in range(1, 31)]
    wire.telegram.answers = [(200, b'{"ok": true, "result": true}')] * 2
    await wire.time.finish(
        wire.bot.answer_callback_query("id"), wire.bot.send_chat_action(1, "typing"), *alerts
    )
    assert [endpoint for endpoint, _ in wire.telegram.calls[:2]] == [
        "answerCallbackQuery",
        "sendChatAction",
    ]
    assert [moment for _, moment in wire.telegram.moments[:2]] == [0.0, 0.0]


async def test_an_edit_does_not_wait_for_its_chats_second() -> None:
    wire = Wire()
    await wire.time.finish(wire.answer(1), wire.bot.edit_message_text("x", 1, 7))
    assert wire.telegram.of(1) == pytest.approx([0.0, TICK], abs=1e-4)


async def test_who_gives_up_waiting_frees_the_queue() -> None:
    wire = Wire()
    waits = [wire.alert(chat) for chat in range(1, 400)]
    outcomes = await wire.time.finish(*waits)
    held_back = sum(isinstance(outcome, Flooded) for outcome in outcomes)
    assert len(wire.telegram.calls) + held_back == 399
    assert len(wire.telegram.calls) >= 150
