"""Who may use the bot, what is kept by name, and words to everybody."""

import sqlalchemy as sa
from alembic import op

from storage.types import RowId, UtcDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    none = sa.text("0")
    op.create_table(
        "kept",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_kept"),
    )
    op.create_table(
        "access",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_access"),
    )
    op.create_table(
        "broadcast",
        sa.Column("id", RowId, nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("message", sa.BigInteger()),
        sa.Column("after", sa.BigInteger()),
        sa.Column("told", sa.Integer(), nullable=False, server_default=none),
        sa.Column("missed", sa.Integer(), nullable=False, server_default=none),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False, server_default=none),
        sa.ForeignKeyConstraint(
            ["chat"], ["chat.id"], name="fk_broadcast_chat_chat", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_broadcast"),
    )


def downgrade() -> None:
    for table in ("broadcast", "access", "kept"):
        op.drop_table(table)
