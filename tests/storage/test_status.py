"""The figures behind /status."""

from datetime import timedelta

from bot.domain.grammar import parse
from bot.domain.model import ChatKind
from bot.domain.ports import CatalogueEntry
from storage.engine import Database
from tests.builders import NOW, PRIVATE, make_article

QUERY = parse("NATO")


async def test_freshness_counts_what_a_chat_has_and_what_all_have(database: Database) -> None:
    async with database.write() as tx:
        source = await tx.sources.add(CatalogueEntry(url="https://a.org/f", title="A"), None, NOW)
        await tx.sources.add(CatalogueEntry(url="https://b.org/f", title="B"), 77, NOW)
        await tx.chats.ensure(PRIVATE.chat, ChatKind.PRIVATE, "Ada", "en")
        await tx.subscriptions.add(PRIVATE, "NATO", QUERY, NOW)
        (stored,) = await tx.articles.add([make_article(source=source.id)])
        await tx.articles.record_hits({stored.id: [QUERY.id]})
        await tx.alerts.enqueue(stored, [QUERY.id], NOW)
    later = NOW + timedelta(hours=1)
    async with database.read() as tx:
        mine = await tx.status.freshness(PRIVATE.chat, later)
        everything = await tx.status.freshness(None, later)
    assert (mine.sources, mine.articles_24h, mine.queued, mine.last_article) == (1, 1, 1, NOW)
    assert (everything.sources, everything.chats, everything.oldest_queued) == (2, 1, NOW)
