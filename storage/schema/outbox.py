"""What is on its way: alerts, notices, broadcasts and imports."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.schema.base import metadata
from storage.types import RowId, UtcDateTime

alert = Table(  # the outbox: what one place is told about one story
    "alert",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("chat", BigInteger, ForeignKey("chat.id", ondelete="CASCADE"), nullable=False),
    Column("topic", BigInteger, nullable=False),
    Column("story", RowId, ForeignKey("story.id", ondelete="CASCADE"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("article", RowId, ForeignKey("article.id", ondelete="CASCADE"), nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("plain", Boolean, nullable=False, server_default=text("false")),
    Column("unanswered", Boolean, nullable=False, server_default=text("false")),
    Column("sent", UtcDateTime),
    Column("message", BigInteger),
    Column("buried", UtcDateTime),
    Column("reason", Text),  # of a burial; "" where it was simply no longer wanted
    Column("ready", Float, nullable=False, server_default=text("0")),  # not said before
    Column("gather", Text, nullable=False, server_default=text("''")),
    Column("size", Integer, nullable=False, server_default=text("1")),  # of the story, when made
    Column("shown", Integer, nullable=False, server_default=text("1")),
    Column("edited", Float, nullable=False, server_default=text("0")),
    Column("edit_at", Float),  # when it shows outlets that joined; a claim moves it on
    UniqueConstraint("chat", "topic", "story", "round"),
)
UNSENT = alert.c.sent.is_(None) & alert.c.buried.is_(None)
Index(
    "ix_alert_unsent",
    alert.c.chat,
    alert.c.ready,
    alert.c.id,
    sqlite_where=UNSENT,
    postgresql_where=UNSENT,
)
Index("ix_alert_told", alert.c.chat, alert.c.sent)
Index("ix_alert_message", alert.c.chat, alert.c.message)
Index("ix_alert_sent", alert.c.sent)
Index("ix_alert_article", alert.c.article)
Index("ix_alert_story", alert.c.story)
TO_EDIT = alert.c.edit_at.is_not(None)
EDITABLE = alert.c.buried.is_(None) & (
    alert.c.sent.is_(None) | (alert.c.message.is_not(None) & (alert.c.gather == ""))
)
"""What can still show more than it does: said by itself, or perhaps being said just now."""
Index("ix_alert_edit_at", alert.c.edit_at, sqlite_where=TO_EDIT, postgresql_where=TO_EDIT)

notice = Table(  # what a chat is told about a source it added; a row goes when it is said
    "notice",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("chat", BigInteger, ForeignKey("chat.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("values", Text, nullable=False),  # a JSON object of strings
    Column("created", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due", Float, nullable=False),
    Column("claim", Integer, nullable=False, server_default=text("0")),
    Column("leased", Float),
)
Index("ix_notice_due", notice.c.due)
Index("ix_notice_chat", notice.c.chat)

import_job = Table(  # a file on its way into a place, one a chat; a row goes when its end is told
    "import_job",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("chat", BigInteger, ForeignKey("chat.id", ondelete="CASCADE"), nullable=False),
    Column("topic", BigInteger, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("message", BigInteger),  # ours that shows how far it is
    Column("cancelled", Boolean, nullable=False, server_default=text("false")),
    Column("show", Float, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due", Float, nullable=False),
    Column("claim", Integer, nullable=False, server_default=text("0")),
    Column("leased", Float),
    UniqueConstraint("chat"),
)
Index("ix_import_job_due", import_job.c.due)

import_item = Table(  # an entry of such a file, and what became of it
    "import_item",
    metadata,
    Column("job", RowId, ForeignKey("import_job.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("payload", Text, nullable=False),  # a JSON object, see bot.domain.portable.facts_of
    Column("state", Text, nullable=False, server_default=text("'pending'")),
    Column("name", Text, nullable=False, server_default=text("''")),
    Column("reason", Text, nullable=False, server_default=text("''")),
    Column("detail", Text, nullable=False, server_default=text("''")),
)

broadcast = Table(  # an operator's words to every chat, on their way; the row goes at the end
    "broadcast",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("chat", BigInteger, ForeignKey("chat.id", ondelete="CASCADE"), nullable=False),
    Column("text", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("message", BigInteger),  # ours that shows how far it is
    Column("after", BigInteger),  # the last chat that was told
    Column("told", Integer, nullable=False, server_default=text("0")),
    Column("missed", Integer, nullable=False, server_default=text("0")),
    Column("due", Float, nullable=False),
    Column("claim", Integer, nullable=False, server_default=text("0")),
    Column("leased", Float),
)
