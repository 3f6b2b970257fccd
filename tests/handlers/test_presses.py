"""Callback data is what a stranger's client sends: forged, foreign, stale, replayed (A4, A5)."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event

from bot.domain.callbacks import Callback, Verb
from handlers.commands import COMMANDS
from handlers.routing import CHANGES
from handlers.sources import JUDGEMENTS
from storage import schema
from storage.engine import open_storage
from tests.databases import sqlite_url
from tests.handlers.furniture import Furniture, furnish
from tests.handlers.stage import AMIR, GROUP, LEO, MEI, OTHER, Stage, open_stage

PRESSES = 10_000
SUBSCRIPTIONS = (
    Verb.UNDO_ADD, Verb.FORM, Verb.CARD, Verb.REMOVE, Verb.WHEN, Verb.SOUND, Verb.SHAPE,
    Verb.URGENT, Verb.DAILY, Verb.NAMES, Verb.NAME, Verb.OWN, Verb.ADD_NAME,
    Verb.TONGUES, Verb.TONGUE,
)  # fmt: skip
SOURCES = (Verb.SOURCE, Verb.MUTE_SOURCE, Verb.QUIET_SOURCE, Verb.DROP_SOURCE, Verb.REPORT,
           *JUDGEMENTS)  # fmt: skip
BY_NUMBER = (*SUBSCRIPTIONS, *SOURCES, Verb.RELATED, Verb.STOP_IMPORT, Verb.AGAIN, Verb.SEARCH,
             Verb.TREND, Verb.FEED, Verb.ADD_SOURCE)  # fmt: skip
BENEATH = (Verb.MORE, Verb.LESS, Verb.BRIEF, Verb.SILENCE)
OUT_OF_RANGE = (Verb.EXAMPLE, Verb.SETTING, Verb.CHOOSE, Verb.SNOOZE, Verb.DAY,
                Verb.SECTION)  # fmt: skip

Press = tuple[int, int, str]
"""Who presses which message with what."""


def garbage(chance: Random, at: Furniture, _other: Furniture) -> Press:
    """No data of ours, or ours with a character changed."""
    wild = "".join(chr(chance.randint(32, 0x4FF)) for _ in range(chance.randint(0, 30)))
    letters = list(Callback(chance.choice(list(Verb)), chance.getrandbits(40)).encode())
    letters[chance.choice((0, 1, 2, -2))] = chance.choice("~ Vé;")
    return AMIR, at.page_message, chance.choice((wild, "".join(letters)))


def foreign(chance: Random, at: Furniture, other: Furniture) -> Press:
    """Rows of another chat, by number."""
    numbers = {
        **dict.fromkeys(SOURCES, other.source), Verb.RELATED: other.article,
        Verb.STOP_IMPORT: other.job, Verb.FEED: other.offer, Verb.ADD_SOURCE: other.offer,
    }  # fmt: skip
    verb = chance.choice((*SUBSCRIPTIONS, *numbers))
    number = numbers.get(verb, other.subscription)
    return AMIR, at.page_message, Callback(verb, number, chance.randint(0, 9)).encode()


def unknown(chance: Random, at: Furniture, _other: Furniture) -> Press:
    """Numbers that nothing has: guessed, or of what was removed long ago."""
    verb = chance.choice(BY_NUMBER)
    number = chance.choice((chance.getrandbits(62) | 1 << 40, -chance.getrandbits(50), 0))
    return AMIR, at.page_message, Callback(verb, number).encode()


def senseless(chance: Random, at: Furniture, _other: Furniture) -> Press:
    """Values that were never offered, and alerts' buttons on what is no alert here."""
    if chance.random() < 0.5:
        return AMIR, at.page_message, Callback(chance.choice(BENEATH)).encode()
    number = chance.randint(10**7, 10**9)
    return AMIR, at.page_message, Callback(chance.choice(OUT_OF_RANGE), number, 9).encode()


def without_rights(chance: Random, at: Furniture, _other: Furniture) -> Press:
    """A member, with data that would do something for an administrator."""
    verb = chance.choice(sorted(CHANGES))
    number = at.source if verb is Verb.MUTE_SOURCE else at.subscription
    who, where = chance.choice((MEI, LEO)), chance.choice((at.page_message, at.alert_message))
    return who, where, Callback(verb, number, chance.randint(0, 3)).encode()


FORGERIES: tuple[Callable[[Random, Furniture, Furniture], Press], ...] = (
    garbage,
    foreign,
    unknown,
    senseless,
    without_rights,
)


@pytest.mark.parametrize("forge", FORGERIES)
async def test_a4_ten_thousand_forged_presses_change_nothing_and_each_gets_a_toast(
    tmp_path: Path, forge: Callable[[Random, Furniture, Furniture], Press]
) -> None:
    """On SQLite alone: the next test asks the same of both databases."""
    chance = Random(20220109)  # noqa: S311 - the same in every run
    async with open_storage(sqlite_url(tmp_path)) as database, open_stage(database) as stage:
        at, other = await furnish(stage, GROUP), await furnish(stage, OTHER, "walrus")
        before, said, silent = await stage.kept(), len(stage.world.sent), []
        for _ in range(PRESSES // len(FORGERIES)):
            who, message, data = forge(chance, at, other)
            if await stage.press(GROUP, who, message, data) is None:
                silent.append(data)
        assert (await stage.kept() == before, len(stage.world.sent) - said) == (True, 0)
        assert silent == []


async def test_a_press_is_good_once(stage: Stage) -> None:
    at = await furnish(stage, GROUP)
    data = Callback(Verb.REMOVE, at.subscription).encode()
    first = await stage.press(GROUP, AMIR, at.page_message, data)
    after = await stage.kept()
    again = {await stage.press(GROUP, AMIR, at.page_message, data) for _ in range(5)}
    assert (first, again) == (None, {"That is gone already."})
    assert await stage.kept() == after


async def test_a_button_of_long_ago_is_answered(stage: Stage) -> None:
    await furnish(stage, GROUP)
    toast = await stage.press(GROUP, AMIR, 9_999_999, "v1:list:0:0")
    assert toast == "This button is from another version; please ask again."


SCOPED = ("offer", "subscription", "place", "muted_source", "prompt", "card", "notice",
          "import_job", "alert")  # fmt: skip
COUNTED_OVERALL = ("SELECT DISTINCT subscription.query", "EXISTS (SELECT")
"""Whether anybody at all still asks a query; it names no chat and returns none."""


def spied(stage: Stage) -> list[str]:
    """Every statement from now on."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(re.sub(r'["\s]+', " ", statement.replace('"', "")))

    event.listen(stage.database._engine.sync_engine, "before_cursor_execute", note)
    return seen


def unscoped(statements: list[str]) -> set[str]:
    """Those that read or change rows of a chat without saying of which."""
    return {
        one
        for one in statements
        for table in SCOPED
        if re.search(rf"(FROM|UPDATE|JOIN) {table}\b", one)
        and not re.search(r"\b(chat|about|owner) = |chat\.id = ", one)
        and not one.startswith(COUNTED_OVERALL)
    }


def deeds(at: Furniture, other: Furniture, count: int) -> Iterator[tuple[int, str]]:
    """What an administrator of one chat may try with the numbers and words of another.

    `q_…` links stay out: who has one may follow it.
    """
    chance = Random(7)  # noqa: S311 - the same in every run
    numbers = (
        other.subscription,
        other.source,
        other.article,
        other.job,
        other.alert_message,
        other.offer,
    )
    words = ("", "1", "2", "3", "all", "walrus", "off", f"source:#{other.source}",
             f"r_{other.article}", "zebra", "https://walrus.example/feed", "add https://walrus.example/feed",
             *map(str, numbers))  # fmt: skip
    verbs = sorted(set(Verb) - {Verb.AGAIN, Verb.SEARCH, Verb.TREND})
    names = [one.names[0] for one in COMMANDS if not one.operators and one.names[0] != "import"]
    for _ in range(count):
        if chance.random() < 0.5:
            yield 0, f"/{chance.choice(names)} {chance.choice(words)}".strip()
        else:
            verb = chance.choice(verbs)
            message = chance.choice((at.page_message, at.alert_message, other.alert_message))
            yield message, Callback(verb, chance.choice(numbers), chance.randint(0, 2)).encode()


async def test_a5_nothing_done_in_one_chat_reads_or_changes_another(stage: Stage) -> None:
    at, other = await furnish(stage, GROUP), await furnish(stage, OTHER, "walrus")
    stage.world.sent.clear()
    before, statements = await stage.kept(OTHER), spied(stage)
    for message, deed in deeds(at, other, 300):
        if message:
            await stage.press(GROUP, AMIR, message, deed)
        else:
            await stage.say(GROUP, AMIR, deed)
    leaked = [one["text"] for one in stage.world.sent if "News of walrus" in str(one)]
    files = b"".join(stage.world.files._data.values())
    assert unscoped(statements) == set()
    assert (await stage.kept(OTHER) == before, leaked) == (True, [])
    assert (b"The walrus" in files, str(OTHER).encode() in files) == (False, False)
    assert schema.metadata.tables.keys() >= set(SCOPED)
