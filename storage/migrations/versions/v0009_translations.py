"""Translations, the characters they took, and who wants them."""

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "translation",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", "source", "target", name="pk_translation"),
    )
    op.create_index("ix_translation_made", "translation", ["made"])
    op.create_table(
        "translated_characters",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("characters", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "engine", name="pk_translated_characters"),
    )
    none = sa.text("''")
    op.add_column("chat", sa.Column("translate", sa.Text(), nullable=False, server_default=none))


def downgrade() -> None:
    op.drop_column("chat", "translate")
    op.drop_table("translated_characters")
    op.drop_table("translation")
