"""The figures behind /status."""

from datetime import timedelta

from sqlalchemy import update

from bot.domain.grammar import parse
from bot.domain.model import ChatKind
from bot.domain.ports import CatalogueEntry
from storage.engine import Database
from storage.schema import source as sources
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


async def test_what_fails_longest_is_first_and_floods_never_hide_it(database: Database) -> None:
    """A flood fails since never: SQLite has NULL first, PostgreSQL last."""
    async with database.write() as tx:
        for name, error, hours in (
            ("flood", "flood", None),
            ("lately", "timeout", 1),
            ("long", "timeout", 9),
        ):
            entry = CatalogueEntry(url=f"https://{name}.org/f", title=name)
            added = await tx.sources.add(entry, None, NOW)
            since = None if hours is None else NOW - timedelta(hours=hours)
            await tx.connection.execute(
                update(sources).where(sources.c.id == added.id).values(error=error, failing=since)
            )
    async with database.read() as tx:
        some, every = await tx.status.troubled(2), await tx.status.troubled(9)
    assert [one.title for one in some] == ["long", "lately"]
    assert [one.title for one in every] == ["long", "lately", "flood"]
