"""Rows under a lease can be told from rows that wait, so that a dead process's leases can end."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

TABLES = ("source", "chat", "notice", "import_job", "broadcast")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("leased", sa.Float()))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "leased")
