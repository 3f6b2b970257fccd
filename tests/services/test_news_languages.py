"""In which languages news rings: the rule, and the fan-out's SQL, which must say the same."""

from itertools import product

import pytest

from bot.domain.grammar import parse
from bot.domain.languages import News, NewsLanguages, names_language, news_languages, rings
from bot.domain.model import ChatKind
from bot.domain.ports import CatalogueEntry
from storage.engine import Database
from tests.builders import NOW, PRIVATE, make_article

AUTO = news_languages(("auto",), translated=False)
QUERY = parse("NATO")


@pytest.mark.parametrize(
    ("setting", "translated", "expected"),
    [
        (("auto",), False, {"en", "de", "?"}),
        (("auto",), True, {"en", "de", "fr", "?"}),
        (("all",), False, {"en", "de", "fr", "?"}),
        (("fr",), False, {"fr", "?"}),
        (("auto", "fr"), False, {"en", "de", "fr", "?"}),
    ],
)
def test_what_rings_in_a_german_chat(
    setting: tuple[str, ...], translated: bool, expected: set[str]
) -> None:
    default = news_languages(setting, translated=translated)
    tags = {"en": "en-GB", "de": "de", "fr": "FR", "?": None}
    assert {name for name, tag in tags.items() if rings(tag, "", "de-AT", default)} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("NATO lang:de", True), ("source:#7", True), ("NATO source:spiegel", False), ("NATO", False)],
)
def test_a_query_may_name_its_language_itself(text: str, expected: bool) -> None:
    assert names_language(parse(text).node) == expected


async def test_the_fan_out_says_what_the_rule_says(database: Database) -> None:
    tags = (None, "en", "de-AT", "fr", "no language")
    defaults = (AUTO, NewsLanguages(), news_languages(("fr",), translated=False))
    cases = list(product(tags, News, ("en", "de", "de-CH"), defaults))
    async with database.write() as tx:
        source = await tx.sources.add(CatalogueEntry(url="https://a.org/x", title="A"), None, NOW)
        await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
        await tx.subscriptions.add(PRIVATE, "NATO", QUERY, NOW)
    for number, (tag, chosen, locale, default) in enumerate(cases):
        async with database.write() as tx:
            await tx.chats.set_locale(PRIVATE.chat, locale)
            await tx.chats.set_news(PRIVATE.chat, chosen)
            news = make_article(source=source.id, key=f"k{number}", language=tag)
            (stored,) = await tx.articles.add([news])
            rung = await tx.alerts.enqueue(stored, [QUERY.id], NOW, default)
        assert (rung == 1) == rings(tag, chosen, locale, default), (tag, chosen, locale, default)


async def test_a_language_that_is_asked_for_rings_anyhow(database: Database) -> None:
    query = parse("NATO lang:fr")
    async with database.write() as tx:
        source = await tx.sources.add(CatalogueEntry(url="https://a.org/x", title="A"), None, NOW)
        await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
        await tx.subscriptions.add(PRIVATE, "NATO lang:fr", query, NOW)
        (stored,) = await tx.articles.add([make_article(source=source.id, language="fr")])
        assert await tx.alerts.enqueue(stored, [query.id], NOW, AUTO) == 1
