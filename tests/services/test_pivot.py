"""Matching translations: where a chat wants it, once, and never instead of the article's words."""

from dataclasses import dataclass, replace

import pytest

from bot.domain.choices import Offer
from bot.domain.errors import EngineReason, TranslationError
from bot.domain.grammar import parse
from bot.domain.model import Article, ChatKind, Delivery, Place
from bot.domain.ports import CatalogueEntry
from bot.names.table import shipped_names
from bot.rendering.sentences import Locales
from bot.rendering.why import reasons
from bot.services.engines import Engines
from bot.services.live_index import LiveIndex
from bot.services.pivot import AGAIN, STALE, TRIES, Pivoting
from bot.services.preferences import Preferences
from bot.services.why import Explainer
from storage.engine import Database
from tests.builders import NOW, PRIVATE, make_article
from tests.fakes import FakeClock

WORDS = {
    "Gespräche über Waffenruhe beginnen": "Ceasefire talks begin",
    "Beide Seiten reden in Genf über Fußball.": "Both sides talk about football in Geneva.",
}
TITLE, SUMMARY = WORDS
OTHER = Place(77, 0)


class Fake:
    """A free engine that knows WORDS; down as long as it is told to be."""

    name = "Libre"
    metered = True

    def __init__(self, *, free: bool = True) -> None:
        self.free = free
        self.down = False
        self.asked = 0

    async def translate(self, texts: tuple[str, ...], source: str, target: str) -> tuple[str, ...]:
        assert (source, target) == ("de", "en")
        self.asked += 1
        if self.down:
            raise TranslationError("failed", "no luck")
        return tuple(WORDS[text] for text in texts)


@dataclass
class Desk:
    database: Database
    engine: Fake
    budget: int | None = None

    def __post_init__(self) -> None:
        self.clock = FakeClock()
        self.index = LiveIndex(shipped_names())
        self.told: list[str] = []
        self.engines = Engines(
            self.database, [self.engine], self.clock, self._alarm, budget=self.budget
        )
        self.preferences = Preferences(self.database, self.clock, Offer(True, True))
        self.pivoting = Pivoting(
            storage=self.database, engines=self.engines, index=self.index, clock=self.clock,
            rung=lambda: None, names=shipped_names(),
        )  # fmt: skip

    async def _alarm(self, engine: str, why: EngineReason, words: str) -> None:
        self.told.append(f"{engine}: {why} {words}".rstrip())

    async def subscribe(self, text: str, place: Place = PRIVATE, *, wants: bool = True) -> None:
        query = parse(text)
        self.index.add(query)
        async with self.database.write() as tx:
            await tx.chats.ensure(place.chat, ChatKind.PRIVATE, "", "en")
            await tx.subscriptions.add(place, text, query, NOW)
        await self.preferences.set_pivot(place, wants)

    async def publish(
        self, language: str = "de", title: str = TITLE, summary: str = SUMMARY
    ) -> Article:
        """A new article, matched by its own words, and queued."""
        async with self.database.write() as tx:
            entry = CatalogueEntry(url="https://example.org/f", title="Spiegel")
            source = await tx.sources.add(entry, None, NOW)
            new = make_article(
                source=source.id, title=title, summary=summary, language=language,
                link="https://example.org/1",
            )  # fmt: skip
            (article,) = await tx.articles.add([new])
        (hits,) = await self.index.match_all([article])
        async with self.database.write() as tx:
            await tx.articles.record_hits({article.id: hits})
            await tx.pivots.queue([article], NOW)
            await tx.alerts.enqueue(article, sorted(hits), NOW)
        return article

    async def alerts(self) -> list[tuple[int, str]]:
        """Chat and subscriptions of everything that is to be sent."""
        async with self.database.write() as tx:
            lanes = await tx.alerts.claim_lanes(self.clock(), 9, 40)
            found = await tx.alerts.next_of(lanes, self.clock())
        return sorted(map(_told, found.values()))


def _told(one: Delivery) -> tuple[int, str]:
    return one.alert.place.chat, " · ".join(each.typed for each in one.subscriptions)


async def test_an_article_rings_by_its_translation_where_a_chat_wants_that(
    database: Database,
) -> None:
    desk = Desk(database, Fake())
    await desk.subscribe("ceasefire talks")
    await desk.subscribe("ceasefire talks", OTHER, wants=False)
    await desk.publish()
    assert await desk.alerts() == []
    assert await desk.pivoting.tick() == 1
    assert await desk.alerts() == [(PRIVATE.chat, "ceasefire talks")]
    assert await desk.pivoting.tick() == 0  # nothing is left in the queue


async def test_what_rang_by_its_own_words_rings_no_second_time(database: Database) -> None:
    desk = Desk(database, Fake())
    await desk.subscribe("Geneva")
    await desk.subscribe("ceasefire talks")
    await desk.publish()
    assert await desk.pivoting.tick() == 0
    assert await desk.alerts() == [(PRIVATE.chat, "Geneva · ceasefire talks")]


async def test_a_chat_that_does_not_want_it_is_shown_only_what_the_original_met(
    database: Database,
) -> None:
    desk = Desk(database, Fake())
    await desk.subscribe("ceasefire talks")
    for text in ("Geneva", "ceasefire talks"):
        await desk.subscribe(text, OTHER, wants=False)
    await desk.publish()
    await desk.pivoting.tick()
    assert await desk.alerts() == [(OTHER.chat, "Geneva"), (PRIVATE.chat, "ceasefire talks")]


@pytest.mark.parametrize("query", ["ceasefire lang:en", "ceasefire -Fußball", "ceasefire -Genf"])
async def test_what_a_query_says_of_the_original_holds(database: Database, query: str) -> None:
    desk = Desk(database, Fake())
    await desk.subscribe(query)
    await desk.publish()
    assert (await desk.pivoting.tick(), await desk.alerts()) == (0, [])


@pytest.mark.parametrize("language", ["en", None])
async def test_what_is_in_the_chats_language_or_in_no_known_one_is_not_translated(
    database: Database, language: str
) -> None:
    desk = Desk(database, Fake())
    await desk.subscribe("ceasefire")
    await desk.publish(language)
    await desk.pivoting.tick()
    assert desk.engine.asked == 0


async def test_an_engine_with_a_price_is_never_asked(database: Database) -> None:
    desk = Desk(database, Fake(free=False))
    await desk.subscribe("ceasefire")
    await desk.publish()
    await desk.pivoting.tick()
    assert (desk.engines.matching, desk.engine.asked) == (False, 0)


async def test_it_takes_no_more_than_its_share_of_the_months_characters(
    database: Database,
) -> None:
    length = sum(map(len, WORDS))
    desk = Desk(database, Fake(), budget=2 * length - 1)
    await desk.subscribe("ceasefire")
    await desk.publish()
    await desk.pivoting.tick()
    assert (desk.engine.asked, desk.told) == (0, [])
    assert await desk.engines.translate((TITLE,), "de", "en") is not None  # for an alert


async def test_while_the_engine_is_down_it_waits_and_then_rings(database: Database) -> None:
    desk = Desk(database, Fake())
    await desk.subscribe("ceasefire")
    await desk.publish()
    desk.engine.down = True
    assert await desk.pivoting.tick() == 0
    desk.engine.down = False
    assert await desk.pivoting.tick() == 0  # not at once again
    desk.clock.advance(AGAIN.total_seconds() + 1)
    assert await desk.pivoting.tick() == 1


async def test_it_is_given_up_after_some_tries_or_when_it_is_no_news_any_more(
    database: Database,
) -> None:
    desk = Desk(database, Fake())
    await desk.subscribe("ceasefire")
    await desk.publish()
    desk.engine.down = True
    for _ in range(TRIES + 2):
        await desk.pivoting.tick()
        desk.clock.advance(AGAIN.total_seconds() + 1)
    assert desk.engine.asked == TRIES
    desk.engine.down = False
    await desk.publish()
    desk.clock.advance(STALE.total_seconds() + 1)
    assert (await desk.pivoting.tick(), desk.engine.asked) == (0, TRIES)


async def test_a_translation_made_to_be_matched_is_the_one_that_is_shown(
    database: Database,
) -> None:
    desk = Desk(database, Fake())
    await desk.subscribe("ceasefire")
    await desk.publish()
    await desk.pivoting.tick()
    assert await desk.engines.translate((TITLE, SUMMARY), "de", "en") is not None
    assert desk.engine.asked == 1


async def test_a_post_without_a_title_rings_by_its_translation_and_why_says_so(
    database: Database,
) -> None:
    desk = Desk(database, Fake())
    await desk.subscribe("ceasefire talks")
    post = await desk.publish(title="", summary=TITLE)
    assert await desk.pivoting.tick() == 1
    found = await Explainer(database, shipped_names()).of_link(PRIVATE, post.link or "")
    assert found is not None
    assert [one.subscription.typed for one in found.met] == ["ceasefire talks"]


async def test_why_says_that_it_was_the_translation(database: Database, locales: Locales) -> None:
    desk = Desk(database, Fake())
    await desk.subscribe("ceasefire talks")
    await desk.subscribe("hockey")
    article = await desk.publish()
    await desk.pivoting.tick()
    found = await Explainer(database, shipped_names()).of_link(PRIVATE, article.link or "")
    assert found is not None
    assert [one.subscription.typed for one in found.met] == ["ceasefire talks"]
    shown = reasons(found, locales.of("en")).text
    assert "<code>ceasefire</code> met “Ceasefire” in the translation" in shown
    await desk.preferences.set_pivot(PRIVATE, False)
    again = await Explainer(database, shipped_names()).of_link(PRIVATE, article.link or "")
    assert again is not None
    assert again.met == ()


async def test_without_a_free_engine_it_cannot_be_chosen(database: Database) -> None:
    desk = Desk(database, Fake())
    desk.preferences = Preferences(database, desk.clock, Offer(translation=True))
    await desk.subscribe("ceasefire")
    async with database.read() as tx:
        chat = await tx.chats.get(PRIVATE.chat)
    assert chat is not None
    assert replace(chat, pivot=True) != chat
