"""Editing what a subscription is called: stored, matched from the next article on, explained."""

from dataclasses import replace
from datetime import datetime, timedelta

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

ENGLISH = make_article(title="NATO meets", summary="", language="en")
FRENCH = make_article(title="L'OTAN se réunit", summary="", language="fr")
GERMAN = make_article(title="Das Bündnis tagt", summary="", language="de")


class Desk:
    """A place that subscribes to queries, and an index that knows them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.index = LiveIndex(shipped_names())
        self.naming = Naming(database, self.index, FakeClock(), shipped_names())

    async def subscribe(self, text: str, place: Place = PRIVATE, at: datetime = NOW) -> int:
        query = parse(text)
        self.index.add(query)
        async with self.database.write() as tx:
            await tx.chats.ensure(place.chat, ChatKind.PRIVATE, "Ada", "en")
            one, _ = await tx.subscriptions.add(place, text, query, at)
        return one.id

    async def ring(self, query: str, *articles: Article) -> None:
        """Alerts that meet this query wait from now on."""
        asked = parse(query)
        async with self.database.write() as tx:
            entry = CatalogueEntry(url="https://example.org/f", title="S")
            source = await tx.sources.add(entry, None, NOW)
            for one in articles:
                (stored,) = await tx.articles.add([replace(one, source=source.id, key=one.title)])
                await tx.articles.record_hits({stored.id: [asked.id]})
                await tx.alerts.enqueue(stored, [asked.id], NOW)

    async def said(self) -> dict[str, list[str]]:
        """The headlines of what waits, each with the queries for which it is said."""
        found: dict[str, list[str]] = {}
        async with self.database.write() as tx:
            (lane,) = await tx.alerts.claim_lanes(NOW, 1, 40)
            while heads := await tx.alerts.next_of([lane], NOW):
                (next_,) = heads.values()
                found[next_.article.title] = [one.query for one in next_.subscriptions]
                await tx.alerts.settle([Receipt(next_.alert, 7 + len(found), NOW)])
        return found

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
    await desk.ring("NATO", ENGLISH, FRENCH)
    await desk.naming.toggle(PRIVATE, one, "OTAN")
    assert await desk.said() == {
        "NATO meets": ["NATO !=otan"],
        "L'OTAN se réunit": [],  # only by the name that is off: no longer wanted
    }


async def test_languages_chosen_tap_by_tap_keep_what_waits_in_each_of_them(
    database: Database,
) -> None:
    """The first tap does not want the French alert, the second does."""
    desk = Desk(database)
    one = await desk.subscribe("NATO")
    await desk.ring("NATO", ENGLISH, FRENCH, replace(GERMAN, title="Die NATO tagt"))
    await desk.naming.toggle_language(PRIVATE, one, "de")
    await desk.naming.toggle_language(PRIVATE, one, "fr")
    both = ["(lang:de | lang:fr) NATO"]
    assert await desk.said() == {
        "NATO meets": [],
        "L'OTAN se réunit": both,
        "Die NATO tagt": both,
    }


async def test_the_last_language_taken_back_wants_all_that_waits_again(
    database: Database,
) -> None:
    desk = Desk(database)
    one = await desk.subscribe("NATO")
    await desk.ring("NATO", ENGLISH, FRENCH)
    await desk.naming.toggle_language(PRIVATE, one, "de")
    await desk.naming.toggle_language(PRIVATE, one, "de")
    assert await desk.said() == {"NATO meets": ["NATO"], "L'OTAN se réunit": ["NATO"]}


async def test_an_edited_subscription_takes_no_alert_from_before_it_was_made(
    database: Database,
) -> None:
    desk = Desk(database)
    await desk.subscribe("meets")
    await desk.ring("meets", ENGLISH)
    later = await desk.subscribe("NATO", at=NOW + timedelta(hours=1))
    await desk.naming.toggle(PRIVATE, later, "OTAN")
    assert await desk.said() == {"NATO meets": ["meets"]}


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
