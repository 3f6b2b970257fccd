"""What an article's own page says of it, where its feed said too little."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("article", sa.Column("lede", sa.Text()))


def downgrade() -> None:
    op.drop_column("article", "lede")
