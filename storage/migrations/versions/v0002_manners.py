"""What a source asks for, how often it publishes, where it moves; what people are told of it."""

import sqlalchemy as sa
from alembic import op

from bot.domain.polling import host_of
from storage.types import RowId, UtcDateTime

revision = "0002"
down_revision = "0001"

NEW = (
    "failing", "told", "gone", "closed", "wishes", "gap", "news",
    "moving_to", "moving_since", "moving_seen", "host", "listed",
)  # fmt: skip


def upgrade() -> None:
    no, none = sa.text("false"), sa.text("''")
    for column in (
        sa.Column("failing", UtcDateTime(), nullable=True),
        sa.Column("told", sa.Boolean(), server_default=no, nullable=False),
        sa.Column("gone", UtcDateTime(), nullable=True),
        sa.Column("closed", sa.Boolean(), server_default=no, nullable=False),
        sa.Column("wishes", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("gap", sa.Float(), nullable=True),
        sa.Column("news", UtcDateTime(), nullable=True),
        sa.Column("moving_to", sa.Text(), nullable=True),
        sa.Column("moving_since", UtcDateTime(), nullable=True),
        sa.Column("moving_seen", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("host", sa.Text(), server_default=none, nullable=False),
        sa.Column("listed", sa.Text(), nullable=True),
    ):
        op.add_column("source", column)
    op.create_index("ix_source_host", "source", ["host", "due"], unique=False)
    _name_hosts()
    op.create_table(
        "notice",
        sa.Column("id", RowId, nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("claim", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat"], ["chat.id"], name=op.f("fk_notice_chat"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_due", "notice", ["due"], unique=False)
    op.create_index("ix_notice_chat", "notice", ["chat"], unique=False)


def downgrade() -> None:
    op.drop_table("notice")
    op.drop_index("ix_source_host", "source")
    with op.batch_alter_table("source") as source:
        for name in reversed(NEW):
            source.drop_column(name)


def _name_hosts() -> None:
    """Sources that are there already: SQL knows no addresses."""
    source = sa.table("source", sa.column("id"), sa.column("url"), sa.column("host"))
    connection = op.get_bind()
    rows = connection.execute(sa.select(source.c.id, source.c.url)).all()
    if rows:
        connection.execute(
            sa.update(source)
            .where(source.c.id == sa.bindparam("row"))
            .values(host=sa.bindparam("name")),
            [{"row": row.id, "name": host_of(row.url)} for row in rows],
        )
