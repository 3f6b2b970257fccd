"""The tables.

Moments that SQL calculates with (`due`, `until`) are unix seconds in Float; moments that people
read are UtcDateTime. `claim` is the fence of a lease: it rises with each claim; a row is under a
lease while its `due` is still what the claim made it (`leased`), or `leased` is `claims.RUNG`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.types import RowId, UtcDateTime

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

CATALOGUE = 0
"""`source.owner` of what serves everybody (a chat's id is never 0)."""

source = Table(
    "source",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("url", Text, nullable=False),
    Column("owner", BigInteger, nullable=False, server_default=text("0")),
    Column("title", Text, nullable=False),
    Column("site", Text),
    Column("section", Text),
    Column("language", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("digest", Text),
    Column("first_polled", UtcDateTime),
    Column("last_ok", UtcDateTime),
    Column("checked", UtcDateTime),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("error", Text),
    Column("failing", UtcDateTime),  # since when
    Column("told", Boolean, nullable=False, server_default=text("false")),
    Column("gone", UtcDateTime),  # since when the publisher says 410
    Column("closed", Boolean, nullable=False, server_default=text("false")),
    Column("wishes", Text, nullable=False, server_default=text("'{}'")),  # JSON of model.Wishes
    Column("gap", Float),
    Column("news", UtcDateTime),  # when a visit last found something new
    Column("moving_to", Text),
    Column("moving_since", UtcDateTime),
    Column("moving_seen", Integer, nullable=False, server_default=text("0")),
    Column("host", Text, nullable=False, server_default=text("''")),
    Column("listed", Text),  # the catalogue's address for it, where it has moved since
    Column("retired", Boolean, nullable=False, server_default=text("false")),
    Column("standing", Text, nullable=False, server_default=text("''")),  # model.Standing
    Column("promoted", Boolean, nullable=False, server_default=text("false")),
    Column("due", Float, nullable=False),
    Column("claim", Integer, nullable=False, server_default=text("0")),
    Column("leased", Float),
    UniqueConstraint("url", "owner"),
)
Index("ix_source_due", source.c.due)
Index("ix_source_host", source.c.host, source.c.due)

identity = Table(  # what a source has shown before, by several keys an entry
    "identity",
    metadata,
    Column("source", RowId, ForeignKey("source.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("seen", UtcDateTime, nullable=False),
)

story = Table(  # the articles of one event
    "story",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("created", UtcDateTime, nullable=False),
    Column("size", Integer, nullable=False, server_default=text("1")),  # outlets that tell it
)

article = Table(
    "article",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("source", RowId, ForeignKey("source.id", ondelete="CASCADE"), nullable=False),
    Column("story", RowId, ForeignKey("story.id", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("link", Text),
    Column("summary", Text, nullable=False),
    Column("published", UtcDateTime),
    Column("seen", UtcDateTime, nullable=False),
    Column("shown", UtcDateTime, nullable=False),  # published, or seen where that is unknown
    Column("language", Text),
    Column("section", Text),
    Column("authors", Text, nullable=False),  # a JSON list
    Column("image", Text),
    Column("lede", Text),  # of its own page; "" where there is none, NULL where nobody looked
)
Index("ix_article_seen", article.c.seen, article.c.id)
Index("ix_article_source", article.c.source, article.c.seen)
Index("ix_article_shown", article.c.shown)
Index("ix_article_section", article.c.section, article.c.seen)
Index("ix_article_story", article.c.story)

query = (
    Table(  # a distinct question in canonical form; its id is a hash of that, so rows never change
        "query",
        metadata,
        Column("id", BigInteger, primary_key=True, autoincrement=False),
        Column("text", Text, nullable=False),
        Column("created", UtcDateTime, nullable=False),
    )
)
Index("ix_query_created", query.c.created)

Index("ix_article_link", article.c.link)

hit = Table(  # which queries an article met; why is told by `explain`
    "hit",
    metadata,
    Column("article", RowId, ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
    Column("query", BigInteger, ForeignKey("query.id", ondelete="CASCADE"), primary_key=True),
    # Only its translation did: that counts in chats that match translations, too.
    Column("translated", Boolean, nullable=False, server_default=text("false")),
)

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
    Column("inviter", Text),  # a keyed hash of who brought the bot here, see access
    Column("pivot", Boolean, nullable=False, server_default=text("false")),  # match translations
    Column("gone", UtcDateTime),
    Column("due", Float),
    Column("asleep", Boolean, nullable=False, server_default=text("false")),  # all of it is held
    Column("claim", Integer, nullable=False, server_default=text("0")),
    Column("leased", Float),
)
Index("ix_chat_inviter", chat.c.inviter)
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
Index("ix_alert_edit_at", alert.c.edit_at, sqlite_where=TO_EDIT, postgresql_where=TO_EDIT)

push = Table(  # WebSub: what a hub tells us of; no bytes of a push are kept
    "push",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("source", RowId, ForeignKey("source.id", ondelete="CASCADE"), nullable=False),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("method", Text, nullable=False, server_default=text("''")),
    Column("pending", Boolean, nullable=False, server_default=text("false")),
    Column("until", UtcDateTime),  # end of the lease
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("due", Float, nullable=False),
    Column("leased", Float),
    Column("claim", Integer, nullable=False, server_default=text("0")),
    UniqueConstraint("source"),
    UniqueConstraint("path"),
)
Index("ix_push_due", push.c.due)

lease = Table(  # what only one process may do at a time
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Float, nullable=False),
)

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

translation = Table(  # what engines said; `key` is a hash of the original text
    "translation",
    metadata,
    Column("key", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("engine", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("made", UtcDateTime, nullable=False),
)
Index("ix_translation_made", translation.c.made)

pivot = Table(  # articles whose translations are still to be matched; a row goes when it is done
    "pivot",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("article", RowId, ForeignKey("article.id", ondelete="CASCADE"), nullable=False),
    Column("target", Text, nullable=False),  # a language: de
    Column("due", Float, nullable=False),
    Column("claim", Integer, nullable=False, server_default=text("0")),
    Column("leased", Float),
    UniqueConstraint("article", "target"),
)
Index("ix_pivot_due", pivot.c.due)

translated_characters = Table(  # what engines were sent in a month
    "translated_characters",
    metadata,
    Column("month", Text, primary_key=True),
    Column("engine", Text, primary_key=True),
    Column("characters", BigInteger, nullable=False),
)

kept = Table(  # secrets that were made, by name
    "kept",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

access = Table(  # who was let in or shut out: keyed hashes of ids, never ids
    "access",
    metadata,
    Column("key", Text, primary_key=True),
    Column("allowed", Boolean, nullable=False),
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

incoming = Table(  # updates by Telegram's numbers; `content` goes when they are handled
    "incoming",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("content", Text),
    Column("seen", UtcDateTime, nullable=False),
)
