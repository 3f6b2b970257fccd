"""Who reads: chats, their places, choices and subscriptions."""

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

chat = Table(  # `due` makes it the delivery lane of this chat; NULL: asleep
    "chat",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("timezone", Text, nullable=False, server_default=text("'UTC'")),
    Column("news", Text, nullable=False, server_default=text("''")),  # languages.News
    Column("translate", Text, nullable=False, server_default=text("''")),
    Column("keeper", BigInteger),  # the private chat of who last changed something here
    Column("inviter", Text),  # a keyed hash of who brought the bot here, see access
    Column("pivot", Boolean, nullable=False, server_default=text("false")),  # match translations
    Column("gone", UtcDateTime),
    Column("due", Float),
    Column("asleep", Boolean, nullable=False, server_default=text("false")),  # all of it is held
    Column("claim", Integer, nullable=False, server_default=text("0")),
    Column("leased", Float),
)
Index("ix_chat_inviter", chat.c.inviter)
Index("ix_chat_keeper", chat.c.keeper)
AWAKE = chat.c.due.is_not(None)
Index("ix_chat_due", chat.c.due, sqlite_where=AWAKE, postgresql_where=AWAKE)
Index("ix_chat_pivot", chat.c.locale, sqlite_where=chat.c.pivot, postgresql_where=chat.c.pivot)

place = Table(  # what a place has chosen; no row: the defaults
    "place",
    metadata,
    Column("chat", BigInteger, ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("topic", BigInteger, primary_key=True, autoincrement=False),
    Column("quiet_start", Integer),  # minutes of the local day
    Column("quiet_end", Integer),
    Column("digest_at", Integer, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("muted_until", Float),
    Column("cap", Integer),
    Column("picture", Text, nullable=False),
    Column("buttons", Boolean, nullable=False),
)

muted_source = Table(  # what a place does not want to hear from
    "muted_source",
    metadata,
    Column("chat", BigInteger, ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("topic", BigInteger, primary_key=True, autoincrement=False),
    Column("source", RowId, ForeignKey("source.id", ondelete="CASCADE"), primary_key=True),
)

report = Table(  # which chats think ill of a source, each once
    "report",
    metadata,
    Column("source", RowId, ForeignKey("source.id", ondelete="CASCADE"), primary_key=True),
    Column("chat", BigInteger, ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("made", UtcDateTime, nullable=False),
)
Index("ix_report_chat", report.c.chat)

offer = Table(  # a page's feed behind a button: an address has no room in 64 bytes
    "offer",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("chat", BigInteger, ForeignKey("chat.id", ondelete="CASCADE"), nullable=False),
    Column("url", Text, nullable=False),
    Column("made", UtcDateTime, nullable=False),
)
Index("ix_offer_chat", offer.c.chat)
Index("ix_offer_made", offer.c.made)

subscription = Table(
    "subscription",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("chat", BigInteger, ForeignKey("chat.id", ondelete="CASCADE"), nullable=False),
    Column("topic", BigInteger, nullable=False),
    Column("query", BigInteger, ForeignKey("query.id"), nullable=False),
    Column("typed", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("when", Text, nullable=False, server_default=text("'instant'")),
    Column("silent", Boolean, nullable=False, server_default=text("false")),
    Column("form", Text, nullable=False, server_default=text("'full'")),
    Column("urgent", Boolean, nullable=False, server_default=text("false")),
    # Its query names a language, or is all of one source: the chat's news languages do not count.
    Column("worldwide", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("chat", "topic", "query"),
)
Index("ix_subscription_query", subscription.c.query)

prompt = Table(  # our messages that ask for a command's argument
    "prompt",
    metadata,
    Column("chat", BigInteger, ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("message", BigInteger, primary_key=True),
    Column("verb", Text, nullable=False),
    Column("asked", UtcDateTime, nullable=False),
)

card = Table(  # our messages in private chats that manage another chat (/channel)
    "card",
    metadata,
    Column("chat", BigInteger, ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("message", BigInteger, primary_key=True, autoincrement=False),
    Column("about", BigInteger, nullable=False),  # the managed chat; 0 where that is forgotten
)
Index("ix_card_about", card.c.about)
