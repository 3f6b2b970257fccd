"""Chats may have translations matched as well: which ones, what is to be done, what it met."""

import sqlalchemy as sa
from alembic import op

from storage.types import RowId

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    no = sa.text("false")
    op.add_column("chat", sa.Column("pivot", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("hit", sa.Column("translated", sa.Boolean(), nullable=False, server_default=no))
    chosen = sa.text("pivot")
    op.create_index(
        "ix_chat_pivot", "chat", ["locale"], sqlite_where=chosen, postgresql_where=chosen
    )
    op.create_table(
        "pivot",
        sa.Column("id", RowId, nullable=False),
        sa.Column("article", RowId, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("leased", sa.Float()),
        sa.ForeignKeyConstraint(
            ["article"], ["article.id"], name="fk_pivot_article_article", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pivot"),
        sa.UniqueConstraint("article", "target", name="uq_pivot_article_target"),
    )
    op.create_index("ix_pivot_due", "pivot", ["due"])


def downgrade() -> None:
    op.drop_table("pivot")
    op.drop_index("ix_chat_pivot", "chat")
    op.drop_column("hit", "translated")
    op.drop_column("chat", "pivot")
