"""What is read: sources, articles, stories, what they met, and translations."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.schema.base import metadata
from storage.types import RowId, UtcDateTime

CATALOGUE = 0
"""`source.owner` of what serves everybody (a chat's id is never 0)."""

source = Table(
    "source",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("url", Text, nullable=False),
    Column("owner", BigInteger, nullable=False, server_default=text("0")),
    Column("title", Text, nullable=False),
    Column("site", Text),
    Column("section", Text),
    Column("language", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("digest", Text),
    Column("first_polled", UtcDateTime),
    Column("last_ok", UtcDateTime),
    Column("checked", UtcDateTime),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("error", Text),
    Column("failing", UtcDateTime),  # since when
    Column("told", Boolean, nullable=False, server_default=text("false")),
    Column("gone", UtcDateTime),  # since when the publisher says 410
    Column("closed", Boolean, nullable=False, server_default=text("false")),
    Column("wishes", Text, nullable=False, server_default=text("'{}'")),  # JSON of model.Wishes
    Column("gap", Float),
    Column("news", UtcDateTime),  # when a visit last found something new
    Column("moving_to", Text),
    Column("moving_since", UtcDateTime),
    Column("moving_seen", Integer, nullable=False, server_default=text("0")),
    Column("host", Text, nullable=False, server_default=text("''")),
    Column("listed", Text),  # the catalogue's address for it, where it has moved since
    Column("retired", Boolean, nullable=False, server_default=text("false")),
    Column("standing", Text, nullable=False, server_default=text("''")),  # model.Standing
    Column("promoted", Boolean, nullable=False, server_default=text("false")),
    Column("due", Float, nullable=False),
    Column("claim", Integer, nullable=False, server_default=text("0")),
    Column("leased", Float),
    UniqueConstraint("url", "owner"),
)
Index("ix_source_due", source.c.due)
Index("ix_source_host", source.c.host, source.c.due)

identity = Table(  # what a source has shown before, by several keys an entry
    "identity",
    metadata,
    Column("source", RowId, ForeignKey("source.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("seen", UtcDateTime, nullable=False),
)

push = Table(  # WebSub: what a hub tells us of; no bytes of a push are kept
    "push",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("source", RowId, ForeignKey("source.id", ondelete="CASCADE"), nullable=False),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("method", Text, nullable=False, server_default=text("''")),
    Column("pending", Boolean, nullable=False, server_default=text("false")),
    Column("until", UtcDateTime),  # end of the lease
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("due", Float, nullable=False),
    Column("leased", Float),
    Column("claim", Integer, nullable=False, server_default=text("0")),
    UniqueConstraint("source"),
    UniqueConstraint("path"),
)
Index("ix_push_due", push.c.due)

farewell = Table(  # what a hub is asked to end; of no source any more
    "farewell",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("due", Float, nullable=False),
    Column("leased", Float),
    Column("claim", Integer, nullable=False, server_default=text("0")),
    UniqueConstraint("path"),
)
Index("ix_farewell_due", farewell.c.due)

story = Table(  # the articles of one event
    "story",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("created", UtcDateTime, nullable=False),
    Column("size", Integer, nullable=False, server_default=text("1")),  # outlets that tell it
)

article = Table(
    "article",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("source", RowId, ForeignKey("source.id", ondelete="CASCADE"), nullable=False),
    Column("story", RowId, ForeignKey("story.id", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("link", Text),
    Column("summary", Text, nullable=False),
    Column("published", UtcDateTime),
    Column("seen", UtcDateTime, nullable=False),
    Column("shown", UtcDateTime, nullable=False),  # published, or seen where that is unknown
    Column("language", Text),
    Column("section", Text),
    Column("authors", Text, nullable=False),  # a JSON list
    Column("image", Text),
    Column("lede", Text),  # of its own page; "" where there is none, NULL where nobody looked
)
Index("ix_article_seen", article.c.seen, article.c.id)
Index("ix_article_source", article.c.source, article.c.seen)
Index("ix_article_shown", article.c.shown)
Index("ix_article_section", article.c.section, article.c.seen)
Index("ix_article_story", article.c.story)
Index("ix_article_link", article.c.link)

query = Table(  # a distinct question; its id is a hash of its canonical text: no row changes
    "query",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
)
Index("ix_query_created", query.c.created)

hit = Table(  # which queries an article met; why is told by `explain`
    "hit",
    metadata,
    Column("article", RowId, ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
    Column("query", BigInteger, ForeignKey("query.id", ondelete="CASCADE"), primary_key=True),
    # Only its translation did: that counts in chats that match translations, too.
    Column("translated", Boolean, nullable=False, server_default=text("false")),
)

translation = Table(  # what engines said; `key` is a hash of the original text
    "translation",
    metadata,
    Column("key", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("engine", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("made", UtcDateTime, nullable=False),
)
Index("ix_translation_made", translation.c.made)

pivot = Table(  # articles whose translations are still to be matched; a row goes when it is done
    "pivot",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("article", RowId, ForeignKey("article.id", ondelete="CASCADE"), nullable=False),
    Column("target", Text, nullable=False),  # a language: de
    Column("due", Float, nullable=False),
    Column("claim", Integer, nullable=False, server_default=text("0")),
    Column("leased", Float),
    UniqueConstraint("article", "target"),
)
Index("ix_pivot_due", pivot.c.due)

translated_characters = Table(  # what engines were sent in a month
    "translated_characters",
    metadata,
    Column("month", Text, primary_key=True),
    Column("engine", Text, primary_key=True),
    Column("characters", BigInteger, nullable=False),
)
