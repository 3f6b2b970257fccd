"""What places have chosen, and alerts that wait."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

UNSENT = sa.text("sent IS NULL AND buried IS NULL")


def upgrade() -> None:
    zero, none, no = sa.text("0"), sa.text("''"), sa.text("false")
    op.create_table(
        "place",
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quiet_start", sa.Integer(), nullable=True),
        sa.Column("quiet_end", sa.Integer(), nullable=True),
        sa.Column("digest_at", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("muted_until", sa.Float(), nullable=True),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("buttons", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat"], ["chat.id"], name="fk_place_chat_chat", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat", "topic", name="pk_place"),
    )
    op.add_column("chat", sa.Column("asleep", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("alert", sa.Column("ready", sa.Float(), nullable=False, server_default=zero))
    op.add_column("alert", sa.Column("gather", sa.Text(), nullable=False, server_default=none))
    op.drop_index("ix_alert_unsent", "alert")
    op.create_index(
        "ix_alert_unsent",
        "alert",
        ["chat", "ready", "id"],
        sqlite_where=UNSENT,
        postgresql_where=UNSENT,
    )
    op.create_index("ix_alert_told", "alert", ["chat", "sent"])


def downgrade() -> None:
    op.drop_index("ix_alert_told", "alert")
    op.drop_index("ix_alert_unsent", "alert")
    op.drop_column("alert", "gather")
    op.drop_column("alert", "ready")
    op.drop_column("chat", "asleep")
    op.drop_table("place")
    op.create_index(
        "ix_alert_unsent", "alert", ["chat", "id"], sqlite_where=UNSENT, postgresql_where=UNSENT
    )
