"""Who may do what: every role there is x every command and every button (A1-A3, A7).

The tables enumerate commands and verbs as they are registered, so that none can be forgotten.
"""

from collections.abc import AsyncIterator, Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.domain.callbacks import Callback, Verb
from bot.domain.choices import Setting
from bot.domain.naming import mark_of
from handlers import channels
from handlers.commands import COMMANDS
from handlers.routing import CHANGES
from handlers.sources import JUDGEMENTS
from storage.engine import open_storage
from tests.databases import sqlite_url
from tests.handlers.furniture import Furniture, clear, furnish
from tests.handlers.stage import (
    AMIR,
    CHANNEL,
    GROUP,
    LEO,
    MEI,
    OLGA,
    OTHER,
    OTTO,
    RITA,
    Stage,
    open_stage,
)

ARGUMENTS = {
    "start": "sub_horse", "subscribe": "horse", "unsubscribe": "zebra", "list": "",
    "latest": "zebra", "search": "zebra", "date": "today", "category": "Sport", "trends": "7d",
    "related": "", "why": "https://x.example/a", "sources": "add https://good.example/feed",
    "status": "", "settings": "", "language": "de", "timezone": "Berlin",
    "quiet": "22:00-07:00", "digest": "daily 09:00", "mute": "2h", "pause": "", "resume": "",
    "channel": "", "export": "", "import": "", "privacy": "", "forget": "", "help": "",
    "about": "", "stats": "", "backup": "", "ban": "12345", "broadcast": "Hello",
    "pause_sending": "", "names": "2 quokka",
}  # fmt: skip
"""What a command would change something with, if it can."""

WRITE = {
    "start", "subscribe", "unsubscribe", "sources", "language", "timezone", "quiet", "digest",
    "mute", "pause", "resume", "import", "names",
}  # fmt: skip
OPERATE = {"ban", "broadcast", "pause_sending"}
HAND_OVER = {"export"}
"""It changes nothing, but tells all: for administrators, too."""

RIGHTS = "Only administrators change what rings here."
TOAST = "Only administrators may do that."


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """On SQLite alone: rights are no matter of the database."""
    async with open_storage(sqlite_url(tmp_path)) as database, open_stage(database) as opened:
        yield opened


Say = Callable[[Stage, int, str], None]


def by(user: int, **more: Any) -> Say:
    def say(stage: Stage, room: int, text: str) -> None:
        if text == "/import":
            stage.world.send_file(room, user, "q.txt", b"horse", "/import", **more)
        else:
            stage.world.say(room, user, text, **more)

    return say


def disguised(user: int, **facts: Any) -> Say:
    """The same, with other facts about who wrote it."""

    def say(stage: Stage, room: int, text: str) -> None:
        by(user)(stage, room, text)
        stage.world.updates[-1]["message"].update(facts)

    return say


def edited(stage: Stage, room: int, text: str) -> None:
    by(OLGA)(stage, room, text)
    update = stage.world.updates[-1]
    update["edited_message"] = update.pop("message")


ORIGIN = {"type": "user", "date": 1, "sender_user": {"id": 9, "is_bot": False, "first_name": "X"}}
WIRE = {"id": CHANNEL, "type": "channel", "title": "Wire"}
STRANGE = {"id": OTHER, "type": "channel", "title": "Elsewhere"}
TELEGRAM = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
CHANNEL_BOT = {"id": 136817688, "is_bot": True, "first_name": "Channel"}
ANOTHER_BOT = {"id": 55, "is_bot": True, "first_name": "Spy"}

ADMINISTRATORS: dict[str, Say] = {
    "creator": by(OLGA),
    "administrator": by(AMIR),
    "anonymous administrator": by(AMIR, anonymous=True),
}
OTHERS: dict[str, Say] = {
    "member": by(MEI),
    "restricted": by(RITA),
    "left": by(LEO),
    "operator": by(OTTO),
    "a person as a channel": disguised(MEI, **{"from": CHANNEL_BOT}, sender_chat=STRANGE),
}
UNHEARD: dict[str, Say] = {
    "linked channel": disguised(
        MEI, **{"from": TELEGRAM}, sender_chat=WIRE, is_automatic_forward=True,
        forward_origin={"type": "channel", "date": 1, "chat": WIRE, "message_id": 1},
    ),
    "forward by the creator": disguised(OLGA, forward_origin=ORIGIN),
    "edit by the creator": edited,
    "through another bot": disguised(OLGA, via_bot=ANOTHER_BOT),
    "another bot": disguised(OLGA, **{"from": ANOTHER_BOT}),
}  # fmt: skip


def test_a6_the_table_knows_every_command() -> None:
    assert set(ARGUMENTS) == {one.names[0] for one in COMMANDS}
    assert {one.names[0] for one in COMMANDS if one.operators} == OPERATE | {"stats", "backup"}


async def changed_by(stage: Stage, room: int, say: Say) -> tuple[set[str], dict[str, list[str]]]:
    """Which commands changed something, and what was answered to each."""
    changed: set[str] = set()
    answers: dict[str, list[str]] = {}
    before: dict[str, list[Any]] = {}
    for name, argument in ARGUMENTS.items():
        if not before:
            await clear(stage)
            await furnish(stage, room, importing=False)
            before = await stage.kept()
        told = await stage.hear(partial(say, stage, room, f"/{name} {argument}".strip()))
        answers[name] = [one.get("text", "(a file)") for one in told]
        if await stage.kept() != before:
            changed.add(name)
            before = {}
    return changed, answers


@pytest.mark.parametrize("role", ADMINISTRATORS)
async def test_a1_administrators_change_what_can_be_changed(stage: Stage, role: str) -> None:
    changed, answers = await changed_by(stage, GROUP, ADMINISTRATORS[role])
    silent = [name for name, told in answers.items() if not told]
    assert changed == WRITE
    assert set(silent) == OPERATE | {"stats", "backup", "import"}  # an import shows by itself


@pytest.mark.parametrize("role", OTHERS)
async def test_a1_others_change_nothing_in_a_group_and_are_told_so(
    stage: Stage, role: str
) -> None:
    changed, answers = await changed_by(stage, GROUP, OTHERS[role])
    refused = {name for name, told in answers.items() if told == [RIGHTS]}
    asking = {one.names[0] for one in COMMANDS if one.changes}
    assert changed == (OPERATE if role == "operator" else set())
    assert refused == asking | {"start", "sources"}
    assert refused >= WRITE | HAND_OVER


@pytest.mark.parametrize("role", UNHEARD)
async def test_a7_edits_forwards_and_other_bots_are_not_even_answered(
    stage: Stage, role: str
) -> None:
    changed, answers = await changed_by(stage, GROUP, UNHEARD[role])
    assert (changed, [told for told in answers.values() if told]) == (set(), [])


async def test_a3_a_channels_own_posts_change_that_channel(stage: Stage) -> None:
    changed, answers = await changed_by(stage, CHANNEL, by(OLGA))
    assert changed == WRITE
    assert all(answers[name] for name in WRITE - {"import"})


@pytest.mark.parametrize(("user", "more"), [(MEI, set()), (OTTO, OPERATE)])
async def test_in_private_everybody_is_their_own_administrator(
    stage: Stage, user: int, more: set[str]
) -> None:
    changed, _ = await changed_by(stage, user, by(user))
    assert changed == WRITE | more


@pytest.mark.parametrize("room", [OLGA, GROUP, CHANNEL])
async def test_every_command_works_bare_in_every_kind_of_chat(stage: Stage, room: int) -> None:
    unanswered = []
    for command in COMMANDS:
        if command.operators:
            continue
        for name in command.names:
            told = await stage.hear(partial(by(OLGA), stage, room, f"/{name} "))
            if len(told) != 1:
                unanswered.append(name)
    assert unanswered == []


def data_of(at: Furniture) -> dict[Verb, tuple[int, Callback]]:
    """For each verb the message that is pressed, and data with which it would do something."""
    one = at.subscription
    ids = {
        Verb.EXAMPLE: 0, Verb.UNDO_ADD: one, Verb.FORM: one, Verb.LIST: 0, Verb.CARD: one,
        Verb.ADD: 0, Verb.REMOVE: one, Verb.AGAIN: at.horse, Verb.REMOVE_ALL: 0,
        Verb.KEEP_ALL: 0, Verb.LATEST: 0, Verb.FEED: at.offer, Verb.SEARCH: at.query,
        Verb.SOURCES: 0, Verb.SOURCE: at.source, Verb.SETTING: Setting.QUIET,
        Verb.CHOOSE: Setting.QUIET,
        Verb.WHEN: one, Verb.SOUND: one, Verb.SHAPE: one, Verb.URGENT: one, Verb.DAILY: one,
        Verb.DAY: date(2022, 1, 9).toordinal(), Verb.SECTION: 0, Verb.RELATED: at.article,
        Verb.MORE: 0, Verb.LESS: 0, Verb.MUTE_SOURCE: at.source, Verb.SNOOZE: 2, Verb.BRIEF: 0,
        Verb.SILENCE: 0, Verb.TREND: at.query, Verb.FORGET: 0, Verb.STOP_IMPORT: at.job,
        Verb.ADD_SOURCE: at.offer, Verb.QUIET_SOURCE: at.source, Verb.DROP_SOURCE: at.source,
        Verb.REPORT: at.catalogue, Verb.HUSH: at.source, Verb.RETIRE: at.source,
        Verb.PROMOTE: at.source, Verb.NAMES: at.named, Verb.NAME: at.named,
        Verb.OWN: at.named, Verb.ADD_NAME: at.named, Verb.TONGUES: one, Verb.TONGUE: one,
    }  # fmt: skip
    beneath = dict.fromkeys((Verb.MORE, Verb.LESS, Verb.BRIEF, Verb.SILENCE), at.alert_message)
    own = mark_of(f"quagga{at.word}")
    page = {Verb.CHOOSE: 1, Verb.NAME: mark_of(at.known), Verb.OWN: own}
    return {
        verb: (beneath.get(verb, at.page_message), Callback(verb, number, page.get(verb, 0)))
        for verb, number in ids.items()
    }


WRITING = {
    Verb.EXAMPLE, Verb.UNDO_ADD, Verb.FORM, Verb.REMOVE, Verb.AGAIN, Verb.REMOVE_ALL, Verb.FEED,
    Verb.CHOOSE, Verb.WHEN, Verb.SOUND, Verb.SHAPE, Verb.URGENT, Verb.DAILY, Verb.MUTE_SOURCE,
    Verb.SNOOZE, Verb.BRIEF, Verb.SILENCE, Verb.FORGET, Verb.STOP_IMPORT, Verb.NAME, Verb.OWN,
    Verb.ADD_SOURCE, Verb.QUIET_SOURCE, Verb.DROP_SOURCE, Verb.REPORT, Verb.TONGUE,
}  # fmt: skip


async def test_the_table_knows_every_verb(stage: Stage) -> None:
    assert set(data_of(await furnish(stage, GROUP))) == set(Verb)
    assert set(CHANGES) >= WRITING


async def pressed_by(stage: Stage, room: int, user: int) -> tuple[set[Verb], set[Verb]]:
    """Which verbs changed something in this chat, and which were refused for want of rights."""
    changed, refused = set(), set()
    before: dict[str, list[Any]] = {}
    for verb in Verb:
        if not before:
            await clear(stage)
            at = await furnish(stage, room)
            before = await stage.kept()
        message, callback = data_of(at)[verb]
        toast = await stage.press(room, user, message, callback.encode())
        if await stage.kept() != before:
            changed.add(verb)
            before = {}
        if toast == TOAST:
            refused.add(verb)
    return changed, refused


@pytest.mark.parametrize(("room", "user"), [(GROUP, OLGA), (GROUP, AMIR), (CHANNEL, OLGA)])
async def test_administrators_press_what_changes(stage: Stage, room: int, user: int) -> None:
    assert await pressed_by(stage, room, user) == (WRITING, set())


async def test_others_press_in_vain_and_operators_judge_sources(stage: Stage) -> None:
    for room in (GROUP, CHANNEL):
        for user in (MEI, RITA, LEO, OTTO):
            allowed = set(JUDGEMENTS) if user == OTTO else set()
            assert await pressed_by(stage, room, user) == (allowed, set(CHANGES))


@pytest.mark.parametrize("user", [AMIR, MEI, LEO])
async def test_from_the_private_chat_administrators_alone_press_for_another_chat(
    stage: Stage, user: int
) -> None:
    changed, refused, own = set(), set(), []
    before: dict[str, list[Any]] = {}
    for verb in Verb:
        if not before:
            await clear(stage)
            at, mine = await furnish(stage, CHANNEL), await furnish(stage, user, "mine")
            for one in (mine.page_message, mine.alert_message):
                await stage.deps.chats.manage(user, one, CHANNEL)
            before, here = await stage.kept(CHANNEL), await stage.kept(user)
        callback, message = data_of(at)[verb][1], data_of(mine)[verb][0]
        toast = await stage.press(user, user, message, callback.encode())
        own.append(await stage.kept(user) == here)
        if await stage.kept(CHANNEL) != before:
            changed.add(verb)
            before = {}
        if toast == TOAST:
            refused.add(verb)
    allowed = user == AMIR
    assert all(own)
    assert changed == (WRITING & channels.VERBS if allowed else set())
    assert refused == (set() if allowed else channels.VERBS)
