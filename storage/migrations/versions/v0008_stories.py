"""How many outlets tell a story, and which alerts must show more of them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    one, none = sa.text("1"), sa.text("0")
    op.add_column("story", sa.Column("size", sa.Integer(), nullable=False, server_default=one))
    op.add_column("alert", sa.Column("size", sa.Integer(), nullable=False, server_default=one))
    op.add_column("alert", sa.Column("shown", sa.Integer(), nullable=False, server_default=one))
    op.add_column("alert", sa.Column("edited", sa.Float(), nullable=False, server_default=none))
    op.add_column("alert", sa.Column("edit_at", sa.Float()))
    op.create_index("ix_alert_story", "alert", ["story"])
    waiting = sa.text("edit_at IS NOT NULL")
    op.create_index(
        "ix_alert_edit_at",
        "alert",
        ["edit_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    op.drop_index("ix_alert_edit_at", "alert")
    op.drop_index("ix_alert_story", "alert")
    for column in ("edit_at", "edited", "shown", "size"):
        op.drop_column("alert", column)
    op.drop_column("story", "size")
