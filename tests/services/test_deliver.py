"""Delivery: in order, fair, and exactly what Telegram accepted is settled."""

import asyncio
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.domain.message import Message
from bot.domain.model import Chat, ChatKind, Delivery, Lane, Place
from bot.domain.outcomes import (
    Ambiguous,
    ChatGone,
    ChatMoved,
    Flooded,
    NoRights,
    Rejected,
    TokenRevoked,
    TopicClosed,
    TopicGone,
    Unreachable,
)
from bot.domain.ports import Storage
from bot.domain.settling import FAULT, SKIPPED
from bot.services.deliver import Deliverer, SendingStopped
from tests.builders import GROUP, NOW, make_alert, make_chat, make_subscription
from tests.fakes import Crash, FakeClock, FakeSender, FakeStorage, settle_down

ADA, BOB = 1001, 1002


def render(delivery: Delivery, lane: Lane) -> Message:
    del lane
    if delivery.article.title == "article 666":
        raise ZeroDivisionError("a fault of ours")
    return Message(text=delivery.article.title)


class Desk:
    """A deliverer with its fake world."""

    def __init__(self, **options: Any) -> None:
        self.clock = FakeClock()
        self.storage = FakeStorage()
        self.sender = FakeSender(self.clock)
        self.options = options
        self.deliverer = self.restarted()

    def restarted(self, **options: Any) -> Deliverer:
        storage = cast("Storage", self.storage)
        return Deliverer(storage, self.sender, render, self.clock, **self.options | options)

    def queue(self, chat: int | Chat, *articles: int, topic: int = 0) -> None:
        """Queue these articles, one alert each, for a chat that wants them."""
        known = make_chat(id=chat) if isinstance(chat, int) else chat
        place = Place(known.id, topic)
        alerts = [make_alert(id=known.id * 10_000 + n, place=place, article=n) for n in articles]
        self.storage.add(known, alerts, make_subscription(place=place))

    async def rounds(self, number: int, seconds: float = 1.0) -> None:
        for _ in range(number):
            await self.deliverer.run_once(self.clock())
            self.clock.advance(seconds)

    def unsent(self) -> list[int]:
        return [alert.article for alert in self.storage.rows.alerts.values()]

    def buried(self) -> list[str]:
        return list(self.storage.rows.buried.values())


async def test_alerts_of_a_chat_go_in_their_order_one_a_second() -> None:
    desk = Desk()
    desk.queue(ADA, 1, 2, 3)
    await desk.rounds(3)
    assert desk.sender.texts(ADA) == ["article 1", "article 2", "article 3"]
    seconds = [(said.at - NOW).total_seconds() for said in desk.sender.ledger]
    assert seconds == [0.0, 1.0, 2.0]
    assert desk.unsent() == []


async def test_a_group_gets_at_most_twenty_a_minute() -> None:
    desk = Desk()
    desk.queue(make_chat(id=GROUP.chat, kind=ChatKind.SUPERGROUP), *range(30))
    await desk.rounds(60)
    assert len(desk.sender.ledger) == 20


async def test_a_chat_with_a_thousand_alerts_delays_another_by_one_round_at_most() -> None:
    desk = Desk(lanes=1)
    desk.queue(ADA, *range(1000))
    await desk.rounds(3)
    desk.queue(BOB, 1)
    desk.storage.rows.due[BOB] = desk.clock()
    await desk.rounds(2)
    assert desk.sender.texts(BOB) == ["article 1"]


async def test_a_flood_wait_delays_its_chat_only_and_to_the_second() -> None:
    desk = Desk()
    desk.queue(ADA, 1)
    desk.queue(BOB, 1, 2, 3)
    desk.sender.answers[ADA] = [Flooded(30)]
    await desk.rounds(40)
    moments = [(s.at - NOW).total_seconds() for s in desk.sender.ledger if s.place.chat == ADA]
    assert moments == [0.0, 30.0]
    assert desk.sender.texts(BOB) == ["article 1", "article 2", "article 3"]


async def test_a_refused_alert_goes_plain_then_to_the_dead_and_the_queue_moves_on() -> None:
    desk = Desk()
    desk.queue(ADA, 1, 2)
    desk.sender.answers[ADA] = [Rejected("can't parse entities"), Rejected("no")]
    await desk.rounds(4)
    tries = [(said.text, said.plain) for said in desk.sender.ledger]
    assert tries == [("article 1", False), ("article 1", True), ("article 2", False)]
    assert desk.buried() == ["no"]


async def test_an_unreachable_telegram_costs_no_try_and_is_asked_ever_more_rarely() -> None:
    desk = Desk()
    desk.queue(ADA, 1)
    desk.sender.answers[ADA] = [Unreachable("dns")] * 4
    await desk.rounds(16)
    moments = [(said.at - NOW).total_seconds() for said in desk.sender.ledger]
    assert moments == [0.0, 1.0, 3.0, 7.0, 15.0]
    assert list(desk.storage.rows.settled) == [ADA * 10_000 + 1]


async def test_t2_an_outage_costs_no_try_and_ends_for_all_with_the_first_answer() -> None:
    desk = Desk()
    for chat in range(1, 5):
        desk.queue(chat, 1)
        desk.sender.answers[chat] = [Unreachable("dns")] * 7
    await desk.rounds(64)  # the seventh failure came after 63 s: 64 s to wait
    desk.queue(BOB, 1)
    await desk.rounds(3)
    assert {(said.at - NOW).total_seconds() for said in desk.sender.ledger[28:]} == {64, 65}
    assert desk.unsent() == []


async def test_t2_a_chat_that_telegram_alone_fails_for_stays_patient() -> None:
    desk = Desk()
    desk.queue(ADA, 1)
    desk.queue(BOB, *range(1, 60))
    desk.sender.answers[ADA] = [Unreachable("500")] * 9
    await desk.rounds(40)
    assert len(desk.sender.texts(ADA)) == 6  # at 0, 1, 3, 7, 15, 31 s


async def test_t5_a_mass_of_missing_rights_pauses_nobody_and_all_of_it_arrives_later() -> None:
    desk = Desk()
    refused = range(1, 6)
    for chat in refused:
        desk.queue(chat, 1)
        desk.sender.answers[chat] = [NoRights("not enough rights")] * 1_000
    await desk.rounds(27 * 6, seconds=600)
    desk.sender.answers.clear()
    await desk.rounds(3, seconds=600)
    gone = [chat.gone for chat in desk.storage.rows.chats.values()]
    assert (set(gone), desk.unsent()) == ({None}, [])


async def test_f17_a_process_that_was_frozen_leaves_its_lane_to_others() -> None:
    desk = Desk()
    desk.queue(ADA, 1)

    async def freeze(delivery: Delivery, chat: Chat) -> Delivery:
        del chat
        desk.clock.advance(61)
        await desk.deliverer.run_once(desk.clock())
        return delivery

    await desk.restarted(prepare=freeze).run_once(NOW)
    assert desk.sender.texts(ADA) == ["article 1"]


async def test_silence_is_answered_by_one_resend_after_a_minute() -> None:
    desk = Desk()
    desk.queue(ADA, 1, 2)
    desk.sender.answers[ADA] = [Ambiguous("read timeout")] * 2
    await desk.rounds(70)
    assert desk.sender.texts(ADA) == ["article 1", "article 1", "article 2"]
    assert (desk.sender.ledger[1].at - NOW).total_seconds() == 60
    assert len(desk.buried()) == 1


async def test_f14_with_skip_silence_doubles_nothing_and_lists_what_may_be_lost() -> None:
    desk = Desk(resend=False)
    desk.queue(ADA, 1, 2)
    desk.sender.answers[ADA] = [Ambiguous("timeout")]
    await desk.rounds(70)
    assert desk.sender.texts(ADA) == ["article 1", "article 2"]
    assert desk.buried() == [SKIPPED]


async def test_a_blocked_chat_is_sent_nothing_more_and_keeps_its_alerts() -> None:
    desk = Desk()
    desk.queue(ADA, 1, 2)
    desk.sender.answers[ADA] = [ChatGone("bot was blocked by the user")]
    await desk.rounds(100)
    assert desk.sender.texts(ADA) == ["article 1"]
    assert desk.unsent() == [1, 2]
    assert desk.storage.rows.chats[ADA].gone == NOW


async def test_a_chat_without_rights_is_asked_for_a_day_before_it_is_paused() -> None:
    desk = Desk()
    desk.queue(ADA, 1)
    desk.sender.answers[ADA] = [NoRights("not enough rights")] * 9
    await desk.rounds(36 * 6, seconds=600)
    gone = desk.storage.rows.chats[ADA].gone
    assert gone is not None
    assert (gone - NOW).total_seconds() >= 24 * 3600
    assert len(desk.sender.ledger) == 6


async def test_a_group_that_became_a_supergroup_gets_the_failed_alert_there() -> None:
    desk = Desk()
    desk.queue(make_chat(id=GROUP.chat, kind=ChatKind.GROUP), 1, 2)
    desk.sender.answers[GROUP.chat] = [ChatMoved(-1009)]
    await desk.rounds(8)
    assert desk.sender.texts(-1009) == ["article 1", "article 2"]


async def test_a_closed_topic_waits_and_a_deleted_one_gives_its_alert_to_general() -> None:
    desk = Desk()
    desk.queue(ADA, 1, topic=7)
    desk.queue(BOB, 1, topic=7)
    desk.sender.answers[ADA] = [TopicClosed()]
    desk.sender.answers[BOB] = [TopicGone()]
    await desk.rounds(2)
    places = [said.place for said in desk.sender.ledger if said.place.chat == BOB]
    assert (desk.unsent(), places) == ([1], [Place(BOB, 7), Place(BOB)])
    desk.clock.advance(600)
    await desk.rounds(1)
    assert desk.sender.texts(ADA) == ["article 1", "article 1"]


async def test_an_alert_whose_subscriptions_were_removed_is_not_sent() -> None:
    desk = Desk()
    place = Place(ADA)
    desk.storage.add(make_chat(), [make_alert(id=1), make_alert(id=2)])
    await desk.rounds(2)
    assert desk.sender.ledger == []
    assert list(desk.storage.rows.buried) == [1, 2]
    assert desk.storage.rows.subscriptions[place] == ()


async def test_a_revoked_token_stops_delivery_and_keeps_the_alerts() -> None:
    desk = Desk()
    desk.queue(ADA, 1)
    desk.sender.answers[ADA] = [TokenRevoked()]
    with pytest.raises(SendingStopped):
        await desk.deliverer.run_once(NOW)
    assert desk.unsent() == [1]


async def test_a_crash_between_send_and_settle_repeats_that_one_message_only() -> None:
    desk = Desk(lease=60.0)
    desk.queue(ADA, 1, 2)
    desk.queue(BOB, 1)
    await desk.rounds(1)
    desk.sender.answers[ADA] = [Crash()]
    with pytest.raises(Crash):
        await desk.deliverer.run_once(desk.clock())
    desk.deliverer = desk.restarted()
    desk.clock.advance(60)
    await desk.rounds(3)
    assert desk.sender.texts(ADA) == ["article 1", "article 2", "article 2"]
    assert desk.sender.texts(BOB) == ["article 1"]


async def test_a_lost_lease_leaves_the_lane_to_its_new_holder_but_keeps_what_was_said() -> None:
    desk = Desk()
    desk.queue(ADA, 1)
    desk.queue(BOB, 1)
    desk.sender.gates = {ADA: asyncio.Event(), BOB: asyncio.Event()}
    serving = asyncio.create_task(desk.deliverer.run_once(NOW))
    await settle_down()
    desk.storage.rows.claims[ADA] += 1  # another worker, after this one's lease ran out
    for gate in desk.sender.gates.values():
        gate.set()
    await serving
    assert sorted(desk.storage.rows.settled) == [ADA * 10_000 + 1, BOB * 10_000 + 1]
    assert desk.storage.rows.due[ADA] == NOW + timedelta(seconds=60)


async def test_what_ends_while_a_transaction_runs_shares_the_next_one() -> None:
    desk = Desk()
    for chat in range(1, 41):
        desk.queue(chat, 1)
    await desk.deliverer.run_once(NOW)
    assert len(desk.storage.rows.settled) == 40
    assert desk.storage.writes <= 4


async def test_a_database_that_fails_to_settle_makes_no_doubles() -> None:
    desk = Desk()
    desk.queue(ADA, 1)
    serving = asyncio.create_task(desk.deliverer.run_once(NOW))
    while not desk.sender.ledger:
        await asyncio.sleep(0)
    desk.storage.broken = OSError("disk full")
    with pytest.raises(OSError, match="disk full"):
        await serving
    desk.clock.advance(300)
    await desk.rounds(2)
    assert desk.sender.texts(ADA) == ["article 1"]
    assert len(desk.storage.rows.settled) == 1


async def test_one_chats_fault_does_not_cost_another_its_result() -> None:
    desk = Desk()
    desk.queue(ADA, 666)
    desk.queue(BOB, 1)
    with pytest.raises(ZeroDivisionError):
        await desk.deliverer.run_once(NOW)
    assert list(desk.storage.rows.settled) == [BOB * 10_000 + 1]


async def test_t11_a_fault_of_ours_is_tried_five_times_and_holds_its_chat_no_longer() -> None:
    desk = Desk()
    desk.queue(ADA, 666, 1)
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            await desk.deliverer.run_once(desk.clock())
        desk.clock.advance(16)
    await desk.rounds(2)
    assert (desk.sender.texts(ADA), desk.buried()) == (["article 1"], [FAULT])


async def test_what_cannot_be_written_down_is_buried_and_stops_no_other() -> None:
    desk = Desk()
    desk.queue(ADA, 1, 2)
    desk.queue(BOB, 1)
    desk.storage.unwritable = {ADA * 10_000 + 1: ValueError("no such number")}
    await desk.rounds(3)
    assert desk.sender.texts(ADA) == ["article 1", "article 2"]
    assert (desk.sender.texts(BOB), desk.buried()) == (["article 1"], [FAULT])


async def test_what_cannot_even_be_buried_is_not_said_again_and_stops_no_other() -> None:
    desk = Desk()
    desk.queue(ADA, 1)
    desk.queue(BOB, 1, 2)
    desk.storage.unwritable = {ADA * 10_000 + 1: ValueError("no such number")}
    desk.storage.graves = False
    await desk.rounds(200)
    assert desk.sender.texts(ADA) == ["article 1"]
    assert (desk.sender.texts(BOB), desk.buried()) == (["article 1", "article 2"], [])


class TestRunning:
    """The loop: woken, drained, never held up by one chat."""

    async def until(self, desk: Desk, sent: int) -> None:
        async with asyncio.timeout(5):
            while len(desk.storage.rows.settled) < sent:
                await asyncio.sleep(0)

    async def cancelled(self, running: asyncio.Task[None]) -> None:
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    async def test_it_drains_what_is_due_and_then_waits_to_be_woken(self) -> None:
        desk, wake = Desk(lanes=2, tick=3600), asyncio.Event()
        for chat in range(1, 8):
            desk.queue(chat, 1)
        running = asyncio.create_task(desk.deliverer.run(wake))
        await self.until(desk, 7)
        await settle_down()
        desk.queue(ADA, 2)
        await settle_down()
        assert desk.sender.texts(ADA) == []
        wake.set()
        await self.until(desk, 8)
        await self.cancelled(running)

    async def test_a_chat_that_is_answered_slowly_holds_nobody_up(self) -> None:
        desk, wake = Desk(lanes=2), asyncio.Event()
        desk.queue(ADA, 1)
        desk.sender.gates[ADA] = asyncio.Event()
        running = asyncio.create_task(desk.deliverer.run(wake))
        for number in range(5):
            desk.queue(BOB + number, 1)
            wake.set()
        await self.until(desk, 5)
        assert ADA * 10_000 + 1 not in desk.storage.rows.settled
        desk.sender.gates[ADA].set()
        await self.until(desk, 6)
        await self.cancelled(running)

    async def test_under_load_places_are_filled_a_quarter_at_a_time(self) -> None:
        desk = Desk(lanes=8)
        for chat in range(1, 41):
            desk.queue(chat, 1)
        desk.sender.gates = {chat: asyncio.Event() for chat in range(1, 9)}
        running = asyncio.create_task(desk.deliverer.run(asyncio.Event()))
        for gate in desk.sender.gates.values():
            await settle_down()
            gate.set()
        await self.until(desk, 40)
        await self.cancelled(running)
        assert min(desk.storage.rows.claimed) >= 2

    async def test_a_chat_we_cannot_serve_does_not_end_it(self) -> None:
        desk, wake = Desk(tick=3600), asyncio.Event()
        desk.queue(ADA, 666)
        running = asyncio.create_task(desk.deliverer.run(wake))
        await settle_down()
        desk.queue(BOB, 1)
        wake.set()
        await self.until(desk, 1)
        await self.cancelled(running)

    async def test_what_is_in_flight_at_the_end_is_still_settled(self) -> None:
        desk, wake = Desk(), asyncio.Event()
        desk.queue(ADA, 1)
        gate = desk.sender.gates[ADA] = asyncio.Event()
        running = asyncio.create_task(desk.deliverer.run(wake))
        await settle_down()
        running.cancel()
        await settle_down()
        gate.set()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert len(desk.storage.rows.settled) == 1

    async def test_a_revoked_token_ends_it(self) -> None:
        desk = Desk()
        desk.queue(ADA, 1)
        desk.sender.answers[ADA] = [TokenRevoked()]
        with pytest.raises(SendingStopped):
            await desk.deliverer.run(asyncio.Event())
