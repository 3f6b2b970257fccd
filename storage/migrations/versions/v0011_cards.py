"""Messages in private chats that manage another chat."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "card",
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("about", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat"], ["chat.id"], name="fk_card_chat_chat", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat", "message", name="pk_card"),
    )
    op.create_index("ix_card_about", "card", ["about"])


def downgrade() -> None:
    op.drop_table("card")
