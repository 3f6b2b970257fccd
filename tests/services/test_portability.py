"""Files out of chats and into them, on both databases: nothing twice, nothing over a quota."""

import json
from dataclasses import replace
from datetime import timedelta
from html import escape

import pytest

from bot.domain.grammar import parse
from bot.domain.imports import Import, Progress
from bot.domain.message import Message
from bot.domain.model import ChatKind, Form, Place, When
from bot.domain.outcomes import ChatGone, Flooded, Outcome, Rejected, Sent, Unreachable
from bot.domain.portable import Item, read_portable
from bot.domain.ports import CatalogueEntry
from bot.domain.quotas import Quotas
from bot.rendering.sentences import Sentences
from bot.rendering.transfers import show_import
from bot.services.importing import Importer, ImportWork
from bot.services.live_index import LiveIndex
from bot.services.portability import Portability
from bot.sources.lists import read_list
from bot.sources.opml import read_opml, write_opml
from storage.engine import Database
from tests.builders import GROUP, NOW, PRIVATE
from tests.fakes import Crash, FakeClock

KEYED = "https://me:pw@a.example/f?api_key=77&feed=rss"
HIDDEN = "https://***@a.example/f?api_key=***&feed=rss"


class InProcess:
    """Reads files at once; that the real one is killed is tested with the workers."""

    async def read_list(self, data: bytes) -> tuple[Item, ...]:
        return read_list(data)


class Screen:
    """What a chat's people see: messages by number; `answers` come first where there are any."""

    def __init__(self) -> None:
        self.shown: dict[int, str] = {}
        self.edits = 0
        self.answers: list[Outcome | BaseException] = []

    async def send(self, place: Place, message: Message, *, plain: bool = False) -> Outcome:
        del place, plain
        return self._show(len(self.shown) + 1, message)

    async def edit(self, place: Place, message_id: int, message: Message) -> Outcome:
        del place
        self.edits += 1
        return self._show(message_id, message)

    def _show(self, number: int, message: Message) -> Outcome:
        answer = self.answers.pop(0) if self.answers else Sent(number)
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, Sent):
            self.shown[number] = message.text
        return answer


class House:
    """Ada's private chat and a group, and the program that may be started again."""

    def __init__(self, database: Database, texts: Sentences) -> None:
        self.database = database
        self.texts = texts
        self.clock = FakeClock()
        self.screen = Screen()
        self.quotas = Quotas()
        self.start()

    def start(self) -> None:
        """The program, started (again)."""
        self.index = LiveIndex()
        self.portability = Portability(self.database, InProcess(), self.clock)
        importer = Importer(self.database, self.index, self.clock, self.quotas)
        self.work = ImportWork(self.database, importer, self.screen, self._show, self.clock)

    def _show(self, job: Import, so_far: Progress, over: bool) -> Message:
        return show_import(job, so_far, over, self.texts)

    async def move_in(self) -> None:
        async with self.database.write() as tx:
            await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
            await tx.chats.ensure(GROUP.chat, ChatKind.SUPERGROUP, "Desk", "en")

    async def bring(self, data: bytes, place: Place = PRIVATE, ticks: int = 400) -> str:
        """Import a file to its end; returns what the chat reads last."""
        job = await self.portability.start_import(place, data)
        assert job is not None
        await self.tick(ticks)
        return self.screen.shown[max(self.screen.shown)]

    async def tick(self, most: int) -> int:
        for done in range(most):
            if not await self.work.tick():
                return done
            self.clock.advance(1)
        return most

    async def queries(self, place: Place = PRIVATE) -> list[str]:
        async with self.database.read() as tx:
            return [one.query for one in await tx.subscriptions.of_place(place)]

    async def urls(self, chat: int = PRIVATE.chat) -> list[str]:
        async with self.database.read() as tx:
            return sorted(one.url for one in await tx.sources.owned(chat))


@pytest.fixture
async def house(database: Database, sentences: Sentences) -> House:
    opened = House(database, sentences)
    await opened.move_in()
    return opened


def opml(*urls: str) -> bytes:
    return write_opml("A list", [CatalogueEntry(url=one, title=one) for one in urls])


def feeds(count: int) -> list[str]:
    return sorted(f"https://a.example/{number}" for number in range(count))


async def test_keywords_ring_and_what_is_known_is_said(house: House) -> None:
    await house.bring(b'["NATO"]')
    told = await house.bring(b'["NATO", "Geneva talks", "(talks"]')
    assert await house.queries() == [parse(one).text for one in ("NATO", "Geneva talks")]
    assert told.split("\n")[:3] == [
        "📥 <b>Imported.</b>",
        "Added: 1 · known already: 1 · refused: 1",
        "• (talks: the bracket opened at character 1 is never closed",
    ]


async def test_a_chat_that_is_exported_is_imported_elsewhere_with_every_option(
    house: House,
) -> None:
    await house.bring(opml("https://a.example/f"))
    async with house.database.write() as tx:
        (source,) = await tx.sources.owned(PRIVATE.chat)
        await tx.subscriptions.add(PRIVATE, "All of A", parse(f"source:#{source.id}"), NOW)
        made, _ = await tx.subscriptions.add(PRIVATE, "nato!", parse("NATO"), NOW)
        options = replace(made, when=When.DAILY, silent=True, form=Form.HEADLINE, urgent=True)
        await tx.subscriptions.update(options)
    (exported, _) = await house.portability.export(PRIVATE.chat)
    place = Place(GROUP.chat, 3)
    told = await house.bring(exported.data, place)
    async with house.database.read() as tx:
        (there,) = await tx.sources.owned(GROUP.chat)
        all_of_it, nato = await tx.subscriptions.of_place(place)
    assert "Added: 3 · known already: 0 · refused: 0" in told
    assert (all_of_it.query, all_of_it.typed) == (f"source:#{there.id}", "All of A")
    assert (nato.typed, nato.when, nato.silent, nato.form, nato.urgent) == (
        "nato!",
        When.DAILY,
        True,
        Form.HEADLINE,
        True,
    )


@pytest.mark.parametrize(("place", "shown"), [(PRIVATE, KEYED), (GROUP, HIDDEN)])
async def test_secrets_are_masked_in_exports_but_in_private(
    house: House, place: Place, shown: str
) -> None:
    await house.bring(opml(KEYED), place)
    async with house.database.write() as tx:
        (source,) = await tx.sources.owned(place.chat)
        await tx.subscriptions.add(place, KEYED, parse(f"source:#{source.id}"), NOW)
    as_json, as_opml = await house.portability.export(place.chat)
    document = read_portable(as_json.data)
    named = document.topics[0].subscriptions[0].source
    assert ([one.url for one in document.sources], named) == ([shown], shown)
    assert [one.url for one in read_opml(as_opml.data)] == [shown]
    assert (b"pw@" in as_json.data + as_opml.data) == (place is PRIVATE)


async def test_a_masked_address_is_refused_and_no_secret_is_said(house: House) -> None:
    told = await house.bring(opml(HIDDEN, "https://me:pw@/", "https:// a/"), GROUP)
    assert await house.urls(GROUP.chat) == []
    assert (escape(HIDDEN) in told, "pw" in told, "refused: 3" in told) == (True, False, True)


async def test_an_export_has_nothing_of_another_chat(house: House) -> None:
    await house.bring(b"Secret talks", GROUP)
    await house.bring(opml("https://group.example/f"), GROUP)
    (only,) = await house.portability.export(PRIVATE.chat)
    document = read_portable(only.data)
    assert (document.topics, document.sources, document.title) == ((), (), "Ada")


async def test_who_writes_the_number_of_anothers_source_does_not_learn_its_address(
    house: House,
) -> None:
    await house.bring(opml("https://group.example/hidden"), GROUP)
    async with house.database.write() as tx:
        (source,) = await tx.sources.owned(GROUP.chat)
        guessed = f"source:#{source.id}"
        await tx.subscriptions.add(PRIVATE, guessed, parse(guessed), NOW)
    (only,) = await house.portability.export(PRIVATE.chat)
    assert (guessed.encode() in only.data, b"hidden" in only.data) == (True, False)


async def test_a_source_of_the_catalogue_is_not_doubled_also_where_it_has_moved(
    house: House,
) -> None:
    old, new = "https://old.example/f", "https://new.example/f"
    async with house.database.write() as tx:
        shared = await tx.sources.add(CatalogueEntry(url=old, title="Shared"), None, NOW)
        await tx.sources.move(shared, new)
    told = await house.bring(opml(old, new))
    assert (await house.urls(), "known already: 2" in told) == ([], True)


async def test_sources_are_due_at_once_and_never_were_polled(house: House) -> None:
    await house.bring(opml(*feeds(30)))
    async with house.database.write() as tx:
        due = await tx.sources.claim(house.clock(), 100, 60)
    assert sorted(one.url for one in due) == feeds(30)
    assert {one.first_polled for one in due} == {None}


async def test_quotas_hold_and_say_so(house: House) -> None:
    house.quotas = Quotas(subscriptions=2, imported=1)
    house.start()
    first = await house.bring(json.dumps(["NATO", "Geneva", "derby"]).encode())
    second = await house.bring(opml(*feeds(2)))
    assert (await house.queries(), await house.urls()) == (
        [parse(one).text for one in ("NATO", "Geneva")],
        feeds(1),
    )
    assert "• derby: a chat or topic has at most 2 subscriptions" in first
    assert "https://a.example/1: a chat has at most one source of its own" in second


async def test_killed_in_the_middle_it_goes_on_without_doubles(house: House) -> None:
    await house.portability.start_import(PRIVATE, opml(*feeds(300)))
    await house.tick(4)
    some = len(await house.urls())
    house.screen.answers = [Crash()]
    with pytest.raises(Crash):
        await house.tick(9)
    house.start()
    assert await house.tick(1) == 0  # the dead one's lease still runs
    house.clock.advance(20)
    await house.tick(400)
    assert (0 < some < 300, await house.urls()) == (True, feeds(300))
    assert next(iter(house.screen.shown.values())).startswith(
        "📥 <b>Imported.</b>\nAdded: 300 · known already: 0 · refused: 0"
    )
    assert len(house.screen.shown) == 1


async def test_two_processes_work_one_import_off_once(house: House) -> None:
    await house.portability.start_import(PRIVATE, opml(*feeds(60)))
    await house.tick(2)
    async with house.database.write() as tx:
        (job,) = await tx.imports.claim(house.clock(), 1, 20)
        step, *_ = await tx.imports.next(job, 1)
    stale = replace(job, claim=job.claim - 1)
    importer = Importer(house.database, house.index, house.clock, house.quotas)
    assert [await importer.add(one, step) for one in (stale, job, job)] == [False, True, False]


async def test_the_message_changes_every_three_seconds_at_most(house: House) -> None:
    await house.portability.start_import(PRIVATE, opml(*feeds(200)))
    ticks = await house.tick(400)
    assert (len(house.screen.shown), house.screen.edits <= ticks / 3 + 1) == (1, True)


async def test_a_second_import_waits_for_the_first(house: House) -> None:
    first = await house.portability.start_import(PRIVATE, b"NATO")
    second = await house.portability.start_import(PRIVATE, b"Geneva")
    await house.tick(9)
    third = await house.portability.start_import(PRIVATE, b"Geneva")
    assert (first is None, second, third is None) == (False, None, False)


async def test_stopped_it_keeps_what_was_added_and_says_what_is_left(house: House) -> None:
    job = await house.portability.start_import(PRIVATE, opml(*feeds(100)))
    await house.tick(2)
    added = len(await house.urls())
    assert job is not None
    foreign = await house.portability.cancel(GROUP, job)
    stopped = await house.portability.cancel(PRIVATE, job)
    await house.tick(9)
    again = await house.portability.cancel(PRIVATE, job)
    assert (foreign, stopped, again, len(await house.urls())) == (False, True, False, added)
    told = house.screen.shown[1].split("\n")
    assert (told[0], told[2]) == (
        "📥 <b>Stopped.</b> What was added stays.",
        f"Not done: {100 - added}",
    )


@pytest.mark.parametrize(
    "answers",
    [
        [Flooded(30)],
        [Unreachable("down")] * 8,
        [Sent(1), Flooded(9), Unreachable("down")],
        [Rejected("message to edit not found")] * 40,
    ],
    ids=["flooded at first", "unreachable", "trouble later", "refused for good"],
)
async def test_an_import_ends_whatever_telegram_answers(
    house: House, answers: list[Outcome]
) -> None:
    house.screen.answers = list(answers)
    await house.portability.start_import(PRIVATE, opml(*feeds(50)))
    for _ in range(60):
        await house.work.tick()
        house.clock.advance(3)
    async with house.database.write() as tx:
        left = await tx.imports.claim(house.clock() + timedelta(days=1), 9, 1)
    assert (await house.urls(), left) == (feeds(50), [])


async def test_a_chat_that_is_gone_goes_on_when_it_is_back(house: House) -> None:
    house.screen.answers = [ChatGone("blocked")]
    await house.portability.start_import(PRIVATE, b"NATO")
    await house.tick(9)
    gone = await house.queries()
    await house.move_in()
    await house.tick(9)
    assert (gone, await house.queries()) == ([], ["NATO"])


async def test_an_import_follows_its_group_to_the_supergroup(house: House) -> None:
    await house.portability.start_import(GROUP, b"NATO")
    async with house.database.write() as tx:
        await tx.chats.move(GROUP.chat, -100_9)
    await house.tick(9)
    assert await house.queries(Place(-100_9)) == ["NATO"]
