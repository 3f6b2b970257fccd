"""The tables.

Moments that SQL calculates with (`due`, `until`) are unix seconds in Float; moments that people
read are UtcDateTime. `claim` is the fence of a lease: it rises with each claim; a row is under a
lease while its `due` is still what the claim made it (`leased`), or `leased` is `claims.RUNG`.
"""

from storage.schema.base import metadata
from storage.schema.news import (
    CATALOGUE,
    article,
    farewell,
    hit,
    identity,
    pivot,
    push,
    query,
    source,
    story,
    translated_characters,
    translation,
)
from storage.schema.outbox import (
    EDITABLE,
    TO_EDIT,
    UNSENT,
    alert,
    broadcast,
    import_item,
    import_job,
    notice,
)
from storage.schema.people import (
    AWAKE,
    card,
    chat,
    muted_source,
    offer,
    place,
    prompt,
    report,
    subscription,
)
from storage.schema.upkeep import access, incoming, kept, lease

__all__ = [
    "AWAKE",
    "CATALOGUE",
    "EDITABLE",
    "TO_EDIT",
    "UNSENT",
    "access",
    "alert",
    "article",
    "broadcast",
    "card",
    "chat",
    "farewell",
    "hit",
    "identity",
    "import_item",
    "import_job",
    "incoming",
    "kept",
    "lease",
    "metadata",
    "muted_source",
    "notice",
    "offer",
    "pivot",
    "place",
    "prompt",
    "push",
    "query",
    "report",
    "source",
    "story",
    "subscription",
    "translated_characters",
    "translation",
]
