"""The promises T1 and T3 to T7, T11, T12 on real databases: whatever Telegram answers."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.domain.message import Message
from bot.domain.model import Chat, ChatKind, Place
from bot.domain.outcomes import (
    Ambiguous,
    ChatGone,
    ChatMoved,
    Flooded,
    NoRights,
    Outcome,
    Rejected,
    Sent,
    TopicClosed,
    TopicGone,
)
from bot.domain.returning import FIRST_LOOK
from bot.rendering import answers
from bot.rendering.sentences import Sentences
from bot.services.returns import Returns
from storage.engine import Database
from storage.schema import alert
from tests.builders import GROUP, NOW, PRIVATE
from tests.desk import OTHER, Desk, kind_of
from tests.fakes import FakeSender

NEW = Place(-100_9)
TOPIC = Place(-100_7, 7)
GENERAL = Place(TOPIC.chat)
BLOCKED = ChatGone("Forbidden: bot was blocked by the user")
NEITHER = NoRights("Bad Request: not enough rights to send text messages to the chat")


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


class FakeScout:
    """Chats take messages, save those of `refused`."""

    def __init__(self, **refused: Outcome) -> None:
        self.refused = refused
        self.looked: list[int] = []

    async def look(self, chat: Chat) -> Outcome:
        self.looked.append(chat.id)
        return self.refused.get(str(chat.id), Sent(0))


async def test_t1_a_flood_wait_of_half_a_day_holds_its_chat_alone_to_the_second(
    desk: Desk,
) -> None:
    await desk.queue(PRIVATE, OTHER)
    desk.sender.answers[PRIVATE.chat] = [Flooded(43_838)]
    await desk.rounds(3)
    desk.clock.advance(43_838 - 4)
    await desk.rounds(3)
    assert desk.seconds_of(OTHER.chat) == [0, 1]
    assert desk.seconds_of(PRIVATE.chat) == [0, 43_838, 43_839]
    assert desk.sender.texts(PRIVATE.chat) == ["news 1", "news 1", "news 2"]


async def test_t1_a_flood_wait_outlives_the_process(desk: Desk) -> None:
    await desk.queue(PRIVATE)
    desk.sender.answers[PRIVATE.chat] = [Flooded(20)]
    await desk.rounds(3)
    desk.deliverer = desk.restarted()
    await desk.rounds(20)
    assert desk.seconds_of(PRIVATE.chat) == [0, 20, 21]


async def test_t3_a_silence_is_followed_by_one_resend_after_a_minute_never_by_nine(
    desk: Desk,
) -> None:
    await desk.queue(PRIVATE)
    desk.sender.answers[PRIVATE.chat] = [Ambiguous("read timeout")] * 2
    await desk.rounds(200)
    assert desk.seconds_of(PRIVATE.chat) == [0, 60, 61]
    assert desk.sender.texts(PRIVATE.chat) == ["news 1", "news 1", "news 2"]


@pytest.mark.parametrize(
    "back",
    [
        pytest.param("an update, or /start", id="told"),
        pytest.param("a look", id="nobody tells: looked for"),
    ],
)
async def test_t4_a_blocked_chat_hears_nothing_more_and_comes_back_with_all_it_had(
    desk: Desk, back: str
) -> None:
    await desk.queue(PRIVATE)
    desk.sender.answers[PRIVATE.chat] = [BLOCKED]
    await desk.rounds(1)
    for _ in range(5):
        await desk.ring(20)
        await desk.rounds(3)
    assert desk.sender.texts(PRIVATE.chat) == ["news 1"]
    if back == "a look":
        desk.clock.advance(600)
        await Returns(desk.database, FakeScout(), desk.clock).tick()
    else:
        async with desk.database.write() as tx:
            await tx.chats.ensure(PRIVATE.chat, kind_of(PRIVATE), "a chat", "en")
    await desk.rounds(3)
    assert desk.sender.texts(PRIVATE.chat) == ["news 1", "news 1", "news 2"]
    async with desk.database.read() as tx:
        assert len(await tx.subscriptions.of_place(PRIVATE)) == 1


async def test_t4_a_chat_that_stays_away_is_looked_at_ever_more_rarely(desk: Desk) -> None:
    await desk.queue(PRIVATE)
    desk.sender.answers[PRIVATE.chat] = [BLOCKED]
    await desk.rounds(1)
    scout = FakeScout(**{str(PRIVATE.chat): BLOCKED})
    returns = Returns(desk.database, scout, desk.clock)
    for _ in range(29 * 8):
        desk.clock.advance(3 * 3_600)
        await returns.tick()
    async with desk.database.read() as tx:
        known = await tx.chats.get(PRIVATE.chat)
    assert known is not None
    assert (known.gone, 30 <= len(scout.looked) <= 40) == (NOW, True)


async def test_t5_a_chat_without_rights_is_tried_six_times_over_a_day_then_paused(
    desk: Desk,
) -> None:
    await desk.queue(PRIVATE)
    desk.sender.answers[PRIVATE.chat] = [NEITHER] * 9
    await desk.rounds(30 * 6, seconds=600)
    tries = desk.seconds_of(PRIVATE.chat)
    assert (len(tries), tries[-1] >= 24 * 3_600, await desk.queued()) == (6, True, 2)


async def test_t5_who_set_things_up_hears_once_that_a_chat_gives_no_rights(desk: Desk) -> None:
    await desk.queue(GROUP)
    async with desk.database.write() as tx:
        await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "", "en")
        await tx.chats.set_keeper(GROUP.chat, PRIVATE.chat)
        await tx.chats.set_keeper(GROUP.chat, 404)  # never started the bot
    desk.sender.answers[GROUP.chat] = [NEITHER] * 4
    told = []
    for wait in (601, 3_601, 14_401):
        await desk.rounds(1)
        desk.clock.advance(wait)
        async with desk.database.write() as tx:
            told.append(
                [
                    (one.chat.id, one.kind, one.values["title"])
                    for one in await tx.notices.claim(desk.clock(), 99, 1e6)
                ]
            )
    assert told == [[], [(PRIVATE.chat, "rights", "a chat")], []]


async def keep(desk: Desk, *places: Place) -> None:
    """Ada has set these chats up."""
    async with desk.database.write() as tx:
        await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "", "en")
        for place in places:
            await tx.chats.set_keeper(place.chat, PRIVATE.chat)


async def noticed(desk: Desk) -> int:
    """How many notices are said by now."""
    async with desk.database.write() as tx:
        claimed = await tx.notices.claim(desk.clock(), 99, 1)
        for one in claimed:
            await tx.notices.done(one)
    return len(claimed)


class Outage(FakeSender):
    """Telegram gives nobody rights for half an hour, and one chat none for a day."""

    lost = -100_30

    async def send(self, place: Place, message: Message, *, plain: bool = False) -> Outcome:
        past = (self._clock() - NOW).total_seconds()
        if past < (86_400 if place.chat == self.lost else 1_800):
            self.answers[place.chat] = [NEITHER]
        return await super().send(place, message, plain=plain)


async def test_t5_a_mass_of_missing_rights_is_told_to_nobody_and_a_lasting_loss_is_later(
    desk: Desk,
) -> None:
    groups = [Place(Outage.lost - number) for number in range(8)]
    await desk.queue(*groups)
    await keep(desk, *groups)
    desk.sender = Outage(desk.clock)
    desk.deliverer = desk.restarted(lanes=1)
    await desk.rounds(8, seconds=0.1)  # refused within a second, and tried again one by one
    desk.clock.advance(601)
    early = [await told_after(desk, 10) for _ in range(80)]
    late = [await told_after(desk, 301) for _ in range(150)]
    told = {desk.sender.texts(group.chat)[-1] for group in groups[1:]}
    assert (sum(early), sum(late), told) == (0, 1, {"news 2"})


async def test_t5_who_was_told_of_a_lost_chat_is_not_told_again_because_of_a_mass(
    desk: Desk,
) -> None:
    lost, other, *many = groups = [Place(Outage.lost - number) for number in range(7)]
    for group, refusals in zip(groups, (3, 2, 1, 1, 1, 1, 1), strict=True):
        desk.sender.answers[group.chat] = [NEITHER] * refusals
    told = []
    for some, waits in (((lost,), (601, 601)), ((other,), (601, 10)), (many, (601, 1801, 601))):
        await desk.queue(*some)
        await keep(desk, *some)
        told += [await told_after(desk, seconds) for seconds in waits]
    assert len(desk.seconds_of(lost.chat)) == 3
    assert told == [0, 1, 0, 0, 0, 0, 0]


async def told_after(desk: Desk, seconds: float) -> int:
    """Notices that are said after another round."""
    await desk.rounds(1, seconds)
    return await noticed(desk)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("known", [False, True], ids=["a new id", "both ids known"])
async def test_t6_a_migration_moves_all_of_it_once_however_often_it_is_told(
    desk: Desk, known: bool, times: int
) -> None:
    await desk.queue(GROUP)
    if known:
        await desk.subscribe(NEW)
    for _ in range(times):
        async with desk.database.write() as tx:
            await tx.chats.move(GROUP.chat, NEW.chat)
    await desk.rounds(8)
    async with desk.database.read() as tx:
        old, new = [await tx.chats.get(place.chat) for place in (GROUP, NEW)]
        kept = await tx.subscriptions.of_place(NEW)
    assert (old, new is not None, len(kept)) == (None, True, 1)
    assert desk.sender.texts(NEW.chat) == ["news 1", "news 2"]


async def test_t6_the_refused_alert_is_said_again_in_the_new_group_in_its_order(
    desk: Desk,
) -> None:
    await desk.queue(GROUP)
    desk.sender.answers[GROUP.chat] = [Sent(57), ChatMoved(NEW.chat)]
    await desk.rounds(10)
    assert desk.sender.texts(NEW.chat) == ["news 2"]
    assert await desk.told(NEW, 57) is None  # there, 57 is another message


async def test_t6_a_group_in_the_middle_of_a_send_is_merged_without_a_double(desk: Desk) -> None:
    await desk.queue(GROUP, NEW)
    async with desk.database.write() as tx:
        lanes = await tx.alerts.claim_lanes(desk.clock(), 9, 60)
        await tx.chats.move(GROUP.chat, NEW.chat)
        taken = await tx.alerts.claim_lanes(desk.clock(), 9, 60)
    assert ({lane.chat.id for lane in lanes}, taken) == ({GROUP.chat, NEW.chat}, [])


async def test_t7_a_closed_topic_holds_itself_alone_and_keeps_its_order(desk: Desk) -> None:
    await desk.queue(TOPIC, GENERAL)
    desk.sender.answers[TOPIC.chat] = [Sent(1), TopicClosed()]
    await desk.rounds(9)
    await desk.ring(1)
    await desk.rounds(9)
    places = [(said.place.topic, said.text) for said in desk.sender.ledger]
    desk.clock.advance(600)
    await desk.rounds(12)
    later = [(said.place.topic, said.text) for said in desk.sender.ledger[len(places) :]]
    assert [text for topic, text in places if topic == 7] == ["news 1"]
    assert [text for topic, text in places if topic == 0] == ["news 1", "news 2", "news 3"]
    assert later == [(7, "news 1"), (7, "news 2"), (7, "news 3")]


async def test_t7_a_deleted_topic_gives_all_it_had_to_general_and_the_group_is_told(
    desk: Desk,
) -> None:
    await desk.queue(TOPIC)
    desk.sender.answers[TOPIC.chat] = [TopicGone()]
    await desk.rounds(9)
    async with desk.database.write() as tx:
        notices = [one.kind for one in await tx.notices.claim(desk.clock(), 9, 60)]
        kept = await tx.subscriptions.of_place(GENERAL)
    said = [(one.place.topic, one.text) for one in desk.sender.ledger]
    assert said == [(7, "news 1"), (0, "news 1"), (0, "news 2")]
    assert (len(kept), notices) == (1, ["topic"])


def test_t7_there_is_no_way_to_leave_a_group() -> None:
    root = Path(__file__).parent.parent.parent
    folders = ("bot/sending", "bot/services", "handlers", "bot")
    sources = [path for folder in folders for path in (root / folder).glob("*.py")]
    assert [path for path in sources if "leave_chat" in path.read_text()] == []


async def test_t11_a_poison_message_is_shown_to_operators_and_holds_nobody_up(
    desk: Desk, sentences: Sentences
) -> None:
    await desk.queue(PRIVATE, OTHER)
    desk.sender.answers[PRIVATE.chat] = [Rejected("can't parse"), Rejected("message is <odd>")]
    await desk.rounds(5)
    status = answers.status(await desk.figures(), desk.clock(), True, sentences).text
    assert desk.sender.texts(PRIVATE.chat) == ["news 1", "news 1", "news 2"]
    assert desk.sender.texts(OTHER.chat) == ["news 1", "news 2"]
    assert "news 1: message is &lt;odd&gt;" in status


async def test_t12_ten_thousand_queued_alerts_delay_another_chat_by_two_seconds_at_most(
    desk: Desk,
) -> None:
    await desk.queue(PRIVATE)
    async with desk.database.write() as tx:
        (lane,) = await tx.alerts.claim_lanes(desk.clock(), 1, 0)
        first = (await tx.alerts.next_of([lane], desk.clock()))[PRIVATE.chat]
        same = {"chat": PRIVATE.chat, "topic": 0, "story": first.alert.story, "created": NOW}
        rows = [same | {"article": first.article.id, "round": n} for n in range(1, 10_001)]
        await tx.connection.execute(insert(alert), rows)
    await desk.rounds(3)
    await desk.queue(OTHER)
    await desk.rounds(3)
    assert desk.seconds_of(OTHER.chat)[0] - 3 <= 2
    assert desk.seconds_of(PRIVATE.chat) == [0, 1, 2, 3, 4]  # the sixth begins a burst


async def test_t4_a_chat_that_leaves_during_a_send_is_looked_at_and_comes_back(
    desk: Desk,
) -> None:
    await desk.subscribe(PRIVATE)
    await desk.ring(1)
    gate = desk.sender.gates[PRIVATE.chat] = asyncio.Event()
    serving = asyncio.create_task(desk.deliverer.run_once(NOW))
    while not desk.sender.ledger:
        await asyncio.sleep(0.001)
    async with desk.database.write() as tx:
        await tx.chats.set_gone(PRIVATE.chat, desk.clock())
    gate.set()
    await serving
    said = await desk.told(PRIVATE, 1)
    desk.clock.advance(FIRST_LOOK.total_seconds())
    looked = await Returns(desk.database, FakeScout(), desk.clock).tick()
    await desk.ring(1)
    await desk.rounds(2)
    assert (said is None, looked, desk.sender.texts(PRIVATE.chat)) == (
        False,
        1,
        ["news 1", "news 2"],
    )
