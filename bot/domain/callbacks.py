"""What a button says when it is pressed: typed, at most 64 bytes, untrusted.

The text is `v1:verb:id:page`. It carries no chat (that comes from the update) and no right (that
is checked at the press); it never expires.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_FORM = re.compile(r"v1:([a-z]{1,8}):(-?[0-9a-z]{1,13}):([0-9]{1,6})")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MOST = 2**63


class Verb(StrEnum):
    """What is to be done."""

    EXAMPLE = "example"  # subscribe to the example with this index
    UNDO_ADD = "undo"  # remove a subscription that was just made
    FORM = "form"  # headline only, or headline and summary
    LIST = "list"
    CARD = "card"
    ADD = "add"  # to the chat that this message manages
    REMOVE = "remove"
    AGAIN = "again"  # subscribe again to the query with this id
    REMOVE_ALL = "clear"
    KEEP_ALL = "keep"
    LATEST = "latest"
    FEED = "offer"  # subscribe to the feed that was offered under this number
    ADD_SOURCE = "addsrc"  # have that feed as a source of this chat
    SEARCH = "search"  # a page of what the query with this id finds
    SOURCES = "sources"
    SOURCE = "source"
    QUIET_SOURCE = "cardmute"  # on its card: not heard here, or heard again
    DROP_SOURCE = "dropsrc"  # a source of this chat's own
    REPORT = "report"
    HUSH = "hush"  # operators: it rings nobody, or rings again
    RETIRE = "retire"  # operators: it is not asked any more, or asked again
    PROMOTE = "promote"  # operators: a chat's own source is everybody's
    SETTING = "setting"  # the card of the setting with this number
    CHOOSE = "choose"  # of the setting with this number, the value with this one
    WHEN = "when"  # instant, hourly, daily: the next of them
    SOUND = "sound"
    SHAPE = "shape"  # headline only or full, on the card
    URGENT = "urgent"
    NAMES = "names"  # what the words of a subscription are called: a page of it
    NAME = "name"  # of a subscription, the known name with this mark: off, or on again
    OWN = "own"  # of a subscription, the added name with this mark: away
    ADD_NAME = "addname"  # of a subscription, one name more for the thing with this number
    TONGUES = "tongues"  # the languages in which a subscription rings
    TONGUE = "tongue"  # of a subscription, the language with this number: chosen, or not any more
    DAILY = "daily"  # under a fresh subscription: into the digest
    DAY = "day"  # a page of the day with this ordinal number
    SECTION = "section"  # a page of the section with this number
    RELATED = "related"  # what the reader of this article may like
    MORE = "more"  # the menu under an alert
    LESS = "less"  # back to the alert's own buttons
    MUTE_SOURCE = "nosource"  # this source, here; or hear it again
    SNOOZE = "snooze"  # this place, for so many hours
    BRIEF = "brief"  # headlines only, for what rang this alert
    SILENCE = "silence"  # unsubscribe from what rang this alert
    TREND = "trend"  # the stories of the query with this id
    FORGET = "forget"
    STOP_IMPORT = "halt"  # the import with this id


@dataclass(frozen=True, slots=True)
class Callback:
    """One press: a verb, a row's id (63 bits, may be negative), a page counted from 0."""

    verb: Verb
    id: int = 0
    page: int = 0

    def encode(self) -> str:
        """At most 64 bytes, as Telegram demands."""
        return f"v1:{self.verb}:{base36(self.id)}:{self.page}"


def decode(data: str | None) -> Callback | None:
    """The press behind `data`; None for anything that we did not make."""
    match = _FORM.fullmatch(data or "")
    if match is None or match[1] not in set(Verb):
        return None
    number = int(match[2], 36)
    return Callback(Verb(match[1]), number, int(match[3])) if abs(number) < _MOST else None


def base36(number: int) -> str:
    """A number in digits and small letters, so that 63 bits take 13 characters."""
    digits, rest = "", abs(number)
    while rest:
        rest, digit = divmod(rest, 36)
        digits = _DIGITS[digit] + digits
    return ("-" if number < 0 else "") + (digits or "0")
