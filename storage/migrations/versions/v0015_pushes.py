"""Subscriptions at WebSub hubs."""

import sqlalchemy as sa
from alembic import op

from storage.types import RowId, UtcDateTime

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    none, zero = sa.text("''"), sa.text("0")
    op.create_table(
        "push",
        sa.Column("id", RowId, nullable=False),
        sa.Column("source", RowId, nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False, server_default=none),
        sa.Column("pending", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("until", UtcDateTime()),
        sa.Column("failures", sa.Integer(), nullable=False, server_default=zero),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("leased", sa.Float()),
        sa.Column("claim", sa.Integer(), nullable=False, server_default=zero),
        sa.ForeignKeyConstraint(
            ["source"], ["source.id"], name="fk_push_source_source", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_push"),
        sa.UniqueConstraint("source", name="uq_push_source"),
        sa.UniqueConstraint("path", name="uq_push_path"),
    )
    op.create_index("ix_push_due", "push", ["due"])


def downgrade() -> None:
    op.drop_table("push")
