"""What operators decide about sources, who reported them, and a page's feeds behind buttons."""

import sqlalchemy as sa
from alembic import op

from storage.types import RowId, UtcDateTime

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column(
        "source", sa.Column("standing", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "source",
        sa.Column("promoted", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.create_table(
        "report",
        sa.Column("source", RowId, nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("made", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["source.id"], name="fk_report_source_source", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["chat"], ["chat.id"], name="fk_report_chat_chat", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "chat", name="pk_report"),
    )
    op.create_index("ix_report_chat", "report", ["chat"])
    op.create_table(
        "offer",
        sa.Column("id", RowId, nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("made", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat"], ["chat.id"], name="fk_offer_chat_chat", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_offer"),
    )
    op.create_index("ix_offer_chat", "offer", ["chat"])
    op.create_index("ix_offer_made", "offer", ["made"])


def downgrade() -> None:
    op.drop_table("offer")
    op.drop_table("report")
    with op.batch_alter_table("source") as source:
        source.drop_column("promoted")
        source.drop_column("standing")
