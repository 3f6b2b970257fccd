"""That an alert may have arrived is known apart from missing rights; no edits of what has none."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    no = sa.text("false")
    op.add_column(
        "alert", sa.Column("unanswered", sa.Boolean(), server_default=no, nullable=False)
    )
    op.execute(
        "UPDATE alert SET edit_at = NULL WHERE edit_at IS NOT NULL AND (buried IS NOT NULL"
        " OR (sent IS NOT NULL AND (message IS NULL OR gather <> '')))"
    )


def downgrade() -> None:
    op.drop_column("alert", "unanswered")
