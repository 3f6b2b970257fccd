"""Files on their way into chats, entry by entry."""

import sqlalchemy as sa
from alembic import op

from storage.types import RowId, UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    zero, none = sa.text("0"), sa.text("''")
    op.create_table(
        "import_job",
        sa.Column("id", RowId, nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.BigInteger(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=True),
        sa.Column("cancelled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("show", sa.Float(), server_default=zero, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=zero, nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("claim", sa.Integer(), server_default=zero, nullable=False),
        sa.ForeignKeyConstraint(
            ["chat"], ["chat.id"], name=op.f("fk_import_job_chat"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_job")),
        sa.UniqueConstraint("chat", name=op.f("uq_import_job_chat")),
    )
    op.create_index("ix_import_job_due", "import_job", ["due"], unique=False)
    op.create_table(
        "import_item",
        sa.Column("job", RowId, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("name", sa.Text(), server_default=none, nullable=False),
        sa.Column("reason", sa.Text(), server_default=none, nullable=False),
        sa.Column("detail", sa.Text(), server_default=none, nullable=False),
        sa.ForeignKeyConstraint(
            ["job"], ["import_job.id"], name=op.f("fk_import_item_job"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job", "position", name=op.f("pk_import_item")),
    )


def downgrade() -> None:
    op.drop_table("import_item")
    op.drop_table("import_job")
