"""Which languages' news a chat receives."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    none, no = sa.text("''"), sa.text("false")
    op.add_column("chat", sa.Column("news", sa.Text(), nullable=False, server_default=none))
    op.add_column(
        "subscription", sa.Column("worldwide", sa.Boolean(), nullable=False, server_default=no)
    )
    op.execute(
        "UPDATE subscription SET worldwide = true WHERE query IN"
        " (SELECT id FROM query WHERE text LIKE '%lang:%' OR text LIKE '%source:#%')"
    )


def downgrade() -> None:
    op.drop_column("subscription", "worldwide")
    op.drop_column("chat", "news")
