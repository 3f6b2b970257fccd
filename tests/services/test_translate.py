"""Translating what is sent: once, checked, within the budget, never at the price of an alert."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import EngineReason, TranslationError
from bot.domain.model import Delivery, Form
from bot.domain.places import Gather
from bot.rendering.alert import render_alert
from bot.rendering.sentences import Sentences
from bot.services.engines import Engines
from bot.services.translate import Translating
from storage.engine import Database
from tests.builders import make_alert, make_article, make_chat, make_subscription
from tests.fakes import FakeClock

WORDS = {
    "Die Nato tagt in Genf": "NATO meets in Geneva",
    "Das Bündnis berät über Russland.": "The alliance discusses Russia.",
}


class Fake:
    """An engine that knows WORDS, or has the troubles it is given first."""

    free = True
    metered = True

    def __init__(self, name: str = "Libre", *troubles: TranslationError) -> None:
        self._name = name
        self.troubles = list(troubles)
        self.asked: list[tuple[str, ...]] = []
        self.gate: asyncio.Event | None = None

    @property
    def name(self) -> str:
        return self._name

    async def translate(self, texts: tuple[str, ...], source: str, target: str) -> tuple[str, ...]:
        assert (source, target) == ("de", "en")
        self.asked.append(texts)
        if self.gate is not None:
            await self.gate.wait()
        if self.troubles:
            raise self.troubles.pop(0)
        return tuple(WORDS[text] for text in texts)


def trouble(kind: str = "failed") -> TranslationError:
    return TranslationError(kind, "no luck")  # type: ignore[arg-type] # by name


def delivery(**changes: object) -> Delivery:
    title, summary = WORDS
    told = {"title": title, "summary": summary, **changes}
    article = make_article(language="de", **told)
    return Delivery(alert=make_alert(), article=article, subscriptions=(make_subscription(),))


class Desk:
    def __init__(
        self,
        database: Database,
        *engines: Fake,
        budget: int | None = None,
        patience: float = 60.0,
        moment: float = 60.0,
    ) -> None:
        self.clock = FakeClock()
        self.told: list[str] = []
        self.engines = Engines(
            database, engines, self.clock, self._alarm, budget=budget, moment=moment
        )
        self.translating = Translating(self.engines, patience=patience)

    async def _alarm(self, engine: str, why: EngineReason, words: str) -> None:
        self.told.append(f"{engine}: {why} {words}".rstrip())

    async def prepare(self, **chat: object) -> Delivery:
        return await self.translating.prepare(delivery(), make_chat(**chat))


async def test_an_alert_comes_in_the_readers_language_with_the_original_behind_it(
    database: Database, sentences: Sentences
) -> None:
    prepared = await Desk(database, Fake("LibreTranslate")).prepare()
    text = str(render_alert(prepared, sentences).text)
    assert "NATO meets in Geneva" in text
    assert "The alliance discusses Russia." in text
    assert "Spiegel · 9 Jan 2022, 10:57 UTC · translated from de by LibreTranslate" in text
    assert (
        "<blockquote expandable>Die Nato tagt in Genf\n"
        "Das Bündnis berät über Russland.</blockquote>" in text
    )


async def test_a_post_without_a_title_is_translated_by_what_is_shown_of_it(
    database: Database, sentences: Sentences
) -> None:
    (text, _) = WORDS
    post = delivery(title="", summary=text)
    prepared = await Desk(database, Fake()).translating.prepare(post, make_chat())
    shown = str(render_alert(prepared, sentences).text)
    assert ">NATO meets in Geneva</a></b>\nSpiegel" in shown
    assert "<blockquote expandable>Die Nato tagt in Genf</blockquote>" in shown


async def test_a_text_is_translated_once_for_all_chats_and_across_restarts(
    database: Database,
) -> None:
    engine = Fake()
    desk = Desk(database, engine)
    await asyncio.gather(*(desk.prepare() for _ in range(50)))
    again = await Desk(database, Fake("Other")).prepare()
    assert len(engine.asked) == 1
    assert again.translation is not None
    assert again.translation.engine == "Libre"


@pytest.mark.parametrize(
    "chat", [{"locale": "de"}, {"translate": "never"}, {"translate": "de,fr"}]
)
async def test_nothing_is_asked_where_nothing_is_wanted(
    database: Database, chat: dict[str, str]
) -> None:
    engine = Fake()
    prepared = await Desk(database, engine).prepare(**chat)
    assert (prepared.translation, engine.asked) == (None, [])


async def test_the_next_engine_is_asked_when_one_fails_or_answers_nonsense(
    database: Database,
) -> None:
    class Parrot(Fake):
        async def translate(
            self, texts: tuple[str, ...], source: str, target: str
        ) -> tuple[str, ...]:
            del source, target
            return texts

    prepared = await Desk(database, Parrot("Parrot"), Fake("B", trouble()), Fake("C")).prepare()
    assert prepared.translation is not None
    assert prepared.translation.engine == "C"


async def test_with_every_engine_down_the_original_goes_out_and_the_operator_hears_it_once(
    database: Database,
) -> None:
    engine = Fake("Libre", *(trouble() for _ in range(20)))
    desk = Desk(database, engine)
    results = [await desk.prepare() for _ in range(9)]
    assert {one.translation for one in results} == {None}
    assert (len(engine.asked), desk.told) == (5, ["Libre: unreadable"])  # then it rests
    desk.clock.advance(301)
    await desk.prepare()
    assert (len(engine.asked), len(desk.told)) == (6, 1)


async def test_a_pair_that_an_engine_lacks_is_not_asked_for_again_that_day(
    database: Database,
) -> None:
    engine = Fake("Libre", trouble("unsupported"))
    desk = Desk(database, engine)
    for _ in range(3):
        await desk.prepare()
    assert (len(engine.asked), desk.told) == (1, [])
    desk.clock.advance(86_401)
    assert (await desk.prepare()).translation is not None


async def test_the_months_characters_are_a_hard_limit_and_begin_anew_with_the_month(
    database: Database,
) -> None:
    engine = Fake()
    desk = Desk(database, engine, budget=10)
    await desk.prepare()
    await desk.prepare()
    assert (engine.asked, len(desk.told)) == ([], 1)
    async with database.read() as tx:
        assert await tx.translations.spent("2022-01") == 0
    rich = Desk(database, engine, budget=100)
    await rich.prepare()
    async with database.read() as tx:
        spent = await tx.translations.spent("2022-01"), await tx.translations.spent("2022-02")
    assert spent == (sum(map(len, WORDS)), 0)


async def test_what_is_too_much_together_is_translated_piece_by_piece(
    database: Database,
) -> None:
    engine = Fake("Libre", trouble("too-large"))
    prepared = await Desk(database, engine).prepare()
    assert [len(texts) for texts in engine.asked] == [2, 1, 1]
    assert prepared.translation is not None


async def test_two_servers_of_one_kind_are_two_engines(database: Database) -> None:
    down, up = Fake("Libre", *(trouble() for _ in range(9))), Fake("Libre")
    desk = Desk(database, down, up)
    assert [(await desk.prepare()).translation is None for _ in range(2)] == [False, False]
    assert (len(down.asked), len(up.asked), desk.told) == (1, 1, [])


async def test_a_server_that_answers_a_language_it_lacks_with_the_source_is_passed_over(
    database: Database,
) -> None:
    class Mirror(Fake):
        async def translate(
            self, texts: tuple[str, ...], source: str, target: str
        ) -> tuple[str, ...]:
            del source, target
            self.asked.append(texts)
            return texts

    mirror, good = Mirror("Mirror"), Fake("Good")
    prepared = await Desk(database, mirror, good).prepare()
    assert prepared.translation is not None
    assert (prepared.translation.engine, len(mirror.asked)) == ("Good", 1)


async def test_r6_markup_that_an_engine_unescapes_is_text_in_the_alert(
    database: Database, sentences: Sentences
) -> None:
    class Unescaping(Fake):
        async def translate(
            self, texts: tuple[str, ...], source: str, target: str
        ) -> tuple[str, ...]:
            del source, target
            return tuple(f"<b>{WORDS[text]}</b> & more" for text in texts)

    prepared = await Desk(database, Unescaping()).prepare()
    text = str(render_alert(prepared, sentences).text)
    assert "&lt;b&gt;NATO meets in Geneva&lt;/b&gt; &amp; more" in text


async def test_while_one_translation_is_late_the_next_alerts_hardly_wait(
    database: Database,
) -> None:
    engine = Fake()
    engine.gate = asyncio.Event()
    desk = Desk(database, engine)
    translating = Translating(desk.engines, patience=0.3, hurry=0.0)
    started = asyncio.get_running_loop().time()
    for _ in range(20):
        await translating.prepare(delivery(), make_chat())
    waited = asyncio.get_running_loop().time() - started
    await translating.close()
    await desk.engines.close()
    assert waited < 20 * 0.3


async def test_an_engine_that_was_just_out_of_reach_is_asked_once_more(
    database: Database,
) -> None:
    down = TranslationError("failed", "connection refused", reason="down", passing=True)
    twice, once = Fake("Libre", down, down), Fake("Libre", down)
    results = [await Desk(database, one, moment=0.0).prepare() for one in (twice, once)]
    assert [one.translation is None for one in results] == [True, False]
    assert (len(twice.asked), len(once.asked)) == (2, 2)


async def test_an_engine_without_a_price_neither_counts_nor_stops_at_the_limit(
    database: Database,
) -> None:
    paid, own = Fake("Paid"), Fake("Own")
    own.metered = False
    prepared = await Desk(database, paid, own, budget=10).prepare()
    assert prepared.translation is not None
    assert (paid.asked, prepared.translation.engine) == ([], "Own")
    async with database.read() as tx:
        assert await tx.translations.spent("2022-01") == 0


@pytest.mark.parametrize(
    "brief", [{"form": Form.HEADLINE}, {"gather": Gather.DAILY}], ids=["headline", "digest"]
)
async def test_the_lede_is_not_translated_where_nobody_reads_it(
    database: Database, brief: dict[str, Any], sentences: Sentences
) -> None:
    (title, _), engine = WORDS, Fake()
    told = delivery()
    if "gather" in brief:
        told = replace(told, alert=make_alert(**brief))
    else:
        told = replace(told, subscriptions=(make_subscription(**brief),))
    prepared = await Desk(database, engine).translating.prepare(told, make_chat())
    assert engine.asked == [(title,)]
    assert "<blockquote expandable>Die Nato tagt in Genf</blockquote>" in str(
        render_alert(prepared, sentences).text
    )
