"""What the house needs for itself: leases, secrets, access, updates."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Table,
    Text,
)

from storage.schema.base import metadata
from storage.types import UtcDateTime

lease = Table(  # what only one process may do at a time
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Float, nullable=False),
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

incoming = Table(  # updates by Telegram's numbers; `content` goes when they are handled
    "incoming",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("content", Text),
    Column("seen", UtcDateTime, nullable=False),
)
