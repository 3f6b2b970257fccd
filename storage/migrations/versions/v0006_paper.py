"""The archive by date and section, and sources that places do not want to hear from."""

import sqlalchemy as sa
from alembic import op

from storage.types import RowId, UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "muted_source",
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", RowId, nullable=False),
        sa.ForeignKeyConstraint(
            ["chat"], ["chat.id"], name="fk_muted_source_chat_chat", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source"], ["source.id"], name="fk_muted_source_source_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat", "topic", "source", name="pk_muted_source"),
    )
    op.add_column("article", sa.Column("shown", UtcDateTime(), nullable=True))
    op.execute(
        "UPDATE article SET shown ="
        " CASE WHEN published IS NOT NULL AND published <= seen THEN published ELSE seen END"
    )
    with op.batch_alter_table("article") as article:
        article.alter_column("shown", existing_type=UtcDateTime(), nullable=False)
    op.create_index("ix_article_shown", "article", ["shown"])
    op.create_index("ix_article_section", "article", ["section", "seen"])


def downgrade() -> None:
    op.drop_index("ix_article_section", "article")
    op.drop_index("ix_article_shown", "article")
    with op.batch_alter_table("article") as article:
        article.drop_column("shown")
    op.drop_table("muted_source")
