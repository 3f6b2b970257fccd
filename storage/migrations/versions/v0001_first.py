"""The first tables."""

import sqlalchemy as sa
from alembic import op

from storage.types import RowId, UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "chat",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), server_default=sa.text("'UTC'"), nullable=False),
        sa.Column("gone", UtcDateTime(), nullable=True),
        sa.Column("due", sa.Float(), nullable=True),
        sa.Column("claim", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat")),
    )
    op.create_index(
        "ix_chat_due",
        "chat",
        ["due"],
        unique=False,
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "query",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_query")),
    )
    op.create_index("ix_query_created", "query", ["created"], unique=False)
    op.create_table(
        "source",
        sa.Column("id", RowId, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("owner", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("first_polled", UtcDateTime(), nullable=True),
        sa.Column("last_ok", UtcDateTime(), nullable=True),
        sa.Column("checked", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("retired", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("claim", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("url", "owner", name=op.f("uq_source_url_owner")),
    )
    op.create_index("ix_source_due", "source", ["due"], unique=False)
    op.create_table(
        "story",
        sa.Column("id", RowId, nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
    )
    op.create_table(
        "article",
        sa.Column("id", RowId, nullable=False),
        sa.Column("source", RowId, nullable=False),
        sa.Column("story", RowId, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("published", UtcDateTime(), nullable=True),
        sa.Column("seen", UtcDateTime(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("image", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["source"], ["source.id"], name=op.f("fk_article_source"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["story"], ["story.id"], name=op.f("fk_article_story"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
    )
    op.create_index("ix_article_seen", "article", ["seen", "id"], unique=False)
    op.create_index("ix_article_source", "article", ["source", "seen"], unique=False)
    op.create_index("ix_article_story", "article", ["story"], unique=False)
    op.create_table(
        "identity",
        sa.Column("source", RowId, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("seen", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["source.id"], name=op.f("fk_identity_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_identity")),
    )
    op.create_table(
        "prompt",
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("asked", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat"], ["chat.id"], name=op.f("fk_prompt_chat"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat", "message", name=op.f("pk_prompt")),
    )
    op.create_table(
        "subscription",
        sa.Column("id", RowId, nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.BigInteger(), nullable=False),
        sa.Column("query", sa.BigInteger(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("when", sa.Text(), server_default=sa.text("'instant'"), nullable=False),
        sa.Column("silent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("form", sa.Text(), server_default=sa.text("'full'"), nullable=False),
        sa.Column("urgent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat"], ["chat.id"], name=op.f("fk_subscription_chat"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["query"], ["query.id"], name=op.f("fk_subscription_query")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint(
            "chat", "topic", "query", name=op.f("uq_subscription_chat_topic_query")
        ),
    )
    op.create_index("ix_subscription_query", "subscription", ["query"], unique=False)
    op.create_table(
        "alert",
        sa.Column("id", RowId, nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.BigInteger(), nullable=False),
        sa.Column("story", RowId, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("article", RowId, nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("plain", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sent", UtcDateTime(), nullable=True),
        sa.Column("message", sa.BigInteger(), nullable=True),
        sa.Column("buried", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article"], ["article.id"], name=op.f("fk_alert_article"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["chat"], ["chat.id"], name=op.f("fk_alert_chat"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["story"], ["story.id"], name=op.f("fk_alert_story"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint(
            "chat", "topic", "story", "round", name=op.f("uq_alert_chat_topic_story_round")
        ),
    )
    op.create_index("ix_alert_article", "alert", ["article"], unique=False)
    op.create_index("ix_alert_message", "alert", ["chat", "message"], unique=False)
    op.create_index("ix_alert_sent", "alert", ["sent"], unique=False)
    op.create_index(
        "ix_alert_unsent",
        "alert",
        ["chat", "id"],
        unique=False,
        sqlite_where=sa.text("sent IS NULL AND buried IS NULL"),
        postgresql_where=sa.text("sent IS NULL AND buried IS NULL"),
    )
    op.create_table(
        "hit",
        sa.Column("article", RowId, nullable=False),
        sa.Column("query", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article"], ["article.id"], name=op.f("fk_hit_article"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["query"], ["query.id"], name=op.f("fk_hit_query"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article", "query", name=op.f("pk_hit")),
    )


def downgrade() -> None:
    for table in ("hit", "alert", "subscription", "prompt", "identity", "article", "story"):
        op.drop_table(table)
    for table in ("source", "query", "lease", "chat"):
        op.drop_table(table)
