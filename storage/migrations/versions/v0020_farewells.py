"""Subscriptions at WebSub hubs that are being ended."""

import sqlalchemy as sa
from alembic import op

from storage.types import RowId

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    zero = sa.text("0")
    op.create_table(
        "farewell",
        sa.Column("id", RowId, nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, server_default=zero),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("leased", sa.Float()),
        sa.Column("claim", sa.Integer(), nullable=False, server_default=zero),
        sa.PrimaryKeyConstraint("id", name="pk_farewell"),
        sa.UniqueConstraint("path", name="uq_farewell_path"),
    )
    op.create_index("ix_farewell_due", "farewell", ["due"])


def downgrade() -> None:
    op.drop_table("farewell")
