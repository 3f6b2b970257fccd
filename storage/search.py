"""Full text: SQLite's FTS5, PostgreSQL's tsvector; both hold the words that we made."""

from collections.abc import Collection

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.candidates import AllOf, AnyOf, Wanted, Word
from bot.domain.model import Article
from storage.articles import WITH_SOURCE
from storage.rows import article_of
from storage.schema import CATALOGUE, article, source

# The table is of each database's own kind, so that it is no part of the schema (migration 0013).
_SQLITE = {
    "add": "INSERT OR REPLACE INTO article_words(rowid, words) VALUES (:id, :words)",
    "find": "SELECT rowid FROM article_words WHERE article_words MATCH :wanted"
    " AND rowid < :before ORDER BY rowid DESC LIMIT :limit",
    "lacks": "NOT EXISTS (SELECT 1 FROM article_words WHERE article_words.rowid = article.id)",
    "unfile": "DELETE FROM article_words WHERE rowid IN"
    " (SELECT id FROM article WHERE source = :source)",
}
_POSTGRESQL = {
    "add": "INSERT INTO article_words(article, words)"
    " VALUES (:id, array_to_tsvector(CAST(:words AS text[])))"
    " ON CONFLICT (article) DO UPDATE SET words = excluded.words",
    "find": "SELECT article FROM article_words WHERE words @@ CAST(:wanted AS tsquery)"
    " AND article < :before ORDER BY article DESC LIMIT :limit",
    "lacks": "NOT EXISTS (SELECT 1 FROM article_words WHERE article_words.article = article.id)",
    "unfile": "DELETE FROM article_words WHERE article IN"
    " (SELECT id FROM article WHERE source = :source)",
}
_NEWEST = 2**62


class Search:
    """`ports.Search`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._sqlite = connection.dialect.name == "sqlite"
        self._say = _SQLITE if self._sqlite else _POSTGRESQL

    async def add(self, article_id: int, words: Collection[str]) -> None:
        values = " ".join(sorted(words)) if self._sqlite else sorted(words)
        await self._connection.execute(text(self._say["add"]), {"id": article_id, "words": values})

    async def find(
        self, wanted: Wanted, chat: int, before: int | None, limit: int
    ) -> tuple[list[Article], int | None]:
        values = {
            "wanted": (fts5 if self._sqlite else tsquery)(wanted),
            "before": before or _NEWEST,
            "limit": limit,
        }
        ids = list(await self._connection.scalars(text(self._say["find"]), values))
        rows = await self._connection.execute(
            select(*WITH_SOURCE)
            .join(source, source.c.id == article.c.source)
            .where(article.c.id.in_(ids), source.c.owner.in_([CATALOGUE, chat]))
            .order_by(article.c.id.desc())
        )
        found = [article_of(row) for row in rows.mappings()]
        return found, ids[-1] if len(ids) == limit else None

    async def unindexed(self, before: int | None, limit: int) -> list[Article]:
        rows = await self._connection.execute(
            select(*WITH_SOURCE)
            .join(source, source.c.id == article.c.source)
            .where(article.c.id < (before or _NEWEST), text(self._say["lacks"]))
            .order_by(article.c.id.desc())
            .limit(limit)
        )
        return [article_of(row) for row in rows.mappings()]


async def unfile(connection: AsyncConnection, source_id: int) -> None:
    """A source has another name: `Storytelling.index` files its articles anew, under that."""
    say = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    await connection.execute(text(say["unfile"]), {"source": source_id})


def fts5(wanted: Wanted) -> str:
    """In FTS5's language; words hold letters and digits alone, so that nothing need be escaped."""
    return _written(wanted, {"and": " AND ", "or": " OR ", "beginning": "*"})


def tsquery(wanted: Wanted) -> str:
    """In PostgreSQL's language."""
    return _written(wanted, {"and": " & ", "or": " | ", "beginning": ":*"})


def _written(wanted: Wanted, signs: dict[str, str]) -> str:
    match wanted:
        case Word(word, beginning):
            return f"{word}{signs['beginning']}" if beginning else word
        case AllOf(parts):
            return "(" + signs["and"].join(_written(one, signs) for one in parts) + ")"
        case AnyOf(parts):
            return "(" + signs["or"].join(_written(one, signs) for one in parts) + ")"
