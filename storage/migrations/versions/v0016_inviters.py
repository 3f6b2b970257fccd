"""Who brought the bot into a chat, as a keyed hash."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("chat", sa.Column("inviter", sa.Text()))
    op.create_index("ix_chat_inviter", "chat", ["inviter"])


def downgrade() -> None:
    op.drop_index("ix_chat_inviter", "chat")
    op.drop_column("chat", "inviter")
