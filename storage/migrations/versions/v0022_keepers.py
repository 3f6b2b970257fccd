"""Who hears that we lost our rights in a group or channel."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("chat", sa.Column("keeper", sa.BigInteger()))
    op.create_index("ix_chat_keeper", "chat", ["keeper"])


def downgrade() -> None:
    op.drop_index("ix_chat_keeper", "chat")
    op.drop_column("chat", "keeper")
