"""Full text: by which words an article is found."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE TABLE article_words (article bigint PRIMARY KEY"
            " REFERENCES article(id) ON DELETE CASCADE, words tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_article_words ON article_words USING gin (words)")
        return
    op.execute(
        "CREATE VIRTUAL TABLE article_words USING fts5"
        "(words, tokenize='ascii', detail=none, columnsize=0)"
    )
    op.execute(
        "CREATE TRIGGER article_words_gone AFTER DELETE ON article"
        " BEGIN DELETE FROM article_words WHERE rowid = old.id; END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER article_words_gone")
    op.execute("DROP TABLE article_words")
