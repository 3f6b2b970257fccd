"""Editing what a subscription is called: stored, matched from the next article on, explained."""

import pytest

from bot.domain.documents import document_of
from bot.domain.errors import QueryError
from bot.domain.grammar import parse
from bot.domain.model import Article, ChatKind, Place, Receipt
from bot.domain.ports import CatalogueEntry
from bot.names.table import shipped_names
from bot.services.live_index import LiveIndex
from bot.services.naming import Naming
from bot.services.why import Explainer
from storage.engine import Database
from tests.builders import NOW, PRIVATE, make_article
from tests.fakes import FakeClock

FRENCH = make_article(title="L'OTAN se réunit", summary="", language="fr")
GERMAN = make_article(title="Das Bündnis tagt", summary="", language="de")


class Desk:
    """A place that subscribes to queries, and an index that knows them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.index = LiveIndex(shipped_names())
        self.naming = Naming(database, self.index, FakeClock(), shipped_names())

    async def subscribe(self, text: str, place: Place = PRIVATE) -> int:
        query = parse(text)
        self.index.add(query)
        async with self.database.write() as tx:
            await tx.chats.ensure(place.chat, ChatKind.PRIVATE, "Ada", "en")
            one, _ = await tx.subscriptions.add(place, text, query, NOW)
        return one.id

    async def rung(self, article: Article) -> set[str]:
        """The queries that this article meets, as the bell finds them."""
        (hits,) = await self.index.match_all([article])
        async with self.database.read() as tx:
            return {await tx.subscriptions.query_text(one) or "" for one in hits}


async def test_a_name_switched_off_does_not_ring_from_the_next_article_on(
    database: Database,
) -> None:
    desk = Desk(database)
    one = await desk.subscribe("NATO")
    assert await desk.rung(FRENCH) == {"NATO"}
    found = await desk.naming.toggle(PRIVATE, one, "OTAN")
    assert await desk.rung(FRENCH) == set()
    assert await desk.rung(make_article(title="Саммит НАТО", language="ru")) == {"NATO !=otan"}
    assert found is not None
    assert (found.subscription.id, found.subscription.typed) == (one, "NATO")
    await desk.naming.toggle(PRIVATE, one, "OTAN")
    assert await desk.rung(FRENCH) == {"NATO"}


async def test_an_added_name_rings_and_why_names_it(database: Database) -> None:
    desk = Desk(database)
    one = await desk.subscribe("NATO")
    await desk.naming.add(PRIVATE, one, 0, "Bündnis")
    async with database.write() as tx:
        entry = CatalogueEntry(url="https://example.org/f", title="S")
        source = await tx.sources.add(entry, None, NOW)
        link = "https://example.org/1"
        article = make_article(
            source=source.id, title=GERMAN.title, summary="", language="de", link=link
        )
        await tx.articles.add([article])
    assert await desk.rung(GERMAN) == {"bundnis | NATO"}
    found = await Explainer(database, shipped_names()).of_link(PRIVATE, link)
    assert found is not None
    assert [(w.term, w.word) for w in found.met[0].words] == [("bundnis", "Bündnis")]


async def test_other_places_keep_the_query_as_it_was(database: Database) -> None:
    desk = Desk(database)
    one = await desk.subscribe("NATO")
    await desk.subscribe("NATO", Place(77, 0))
    await desk.naming.toggle(PRIVATE, one, "OTAN")
    assert await desk.rung(FRENCH) == {"NATO"}


async def test_an_edit_in_a_place_touches_no_subscription_of_another(database: Database) -> None:
    desk = Desk(database)
    one = await desk.subscribe("NATO")
    assert await desk.naming.toggle(Place(77, 0), one, "OTAN") is None
    assert await desk.rung(FRENCH) == {"NATO"}


async def test_an_edit_that_another_subscription_asks_already_changes_nothing(
    database: Database,
) -> None:
    desk = Desk(database)
    one = await desk.subscribe("NATO")
    await desk.subscribe("NATO !=OTAN")
    found = await desk.naming.toggle(PRIVATE, one, "OTAN")
    assert found is not None
    assert (found.twin, found.subscription.query) == (2, "NATO")


async def test_what_waits_to_be_sent_stays_the_edited_subscriptions_own(
    database: Database,
) -> None:
    desk = Desk(database)
    one = await desk.subscribe("NATO")
    query = parse("NATO")
    async with database.write() as tx:
        entry = CatalogueEntry(url="https://example.org/f", title="S")
        source = await tx.sources.add(entry, None, NOW)
        titles = ("NATO meets", "L'OTAN se réunit")
        for title, language in zip(titles, ("en", "fr"), strict=True):
            new = make_article(title=title, summary="", language=language, source=source.id)
            (article,) = await tx.articles.add([new])
            await tx.articles.record_hits({article.id: [query.id]})
            await tx.alerts.enqueue(article, [query.id], NOW)
    await desk.naming.toggle(PRIVATE, one, "OTAN")
    async with database.write() as tx:
        (lane,) = await tx.alerts.claim_lanes(NOW, 1, 40)
        (first,) = (await tx.alerts.next_of([lane], NOW)).values()
        await tx.alerts.settle([Receipt(first.alert, 7, NOW)])
        (second,) = (await tx.alerts.next_of([lane], NOW)).values()
    assert [(d.article.title, len(d.subscriptions)) for d in (first, second)] == [
        ("NATO meets", 1),
        ("L'OTAN se réunit", 0),  # only by the name that is off: no longer wanted
    ]


async def test_an_edit_keeps_within_the_operators_limits(database: Database) -> None:
    desk = Desk(database)
    one = await desk.subscribe("NATO")
    with pytest.raises(QueryError):
        await desk.naming.add(PRIVATE, one, 0, "word " * 60)
    assert document_of(FRENCH, shipped_names()).entities == {"nato"}


async def test_a_subscription_narrowed_to_languages_rings_for_these_alone(
    database: Database,
) -> None:
    desk = Desk(database)
    one = await desk.subscribe("NATO")
    await desk.naming.toggle_language(PRIVATE, one, "de")
    german = make_article(title="Die NATO tagt", language="de-AT")
    assert (await desk.rung(FRENCH), await desk.rung(german)) == (set(), {"lang:de NATO"})
    await desk.naming.toggle_language(PRIVATE, one, "fr")
    both = {"(lang:de | lang:fr) NATO"}
    assert (await desk.rung(FRENCH), await desk.rung(german)) == (both, both)
