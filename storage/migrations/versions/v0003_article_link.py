"""Find an article by its address, for /why."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("ix_article_link", "article", ["link"])


def downgrade() -> None:
    op.drop_index("ix_article_link", "article")
