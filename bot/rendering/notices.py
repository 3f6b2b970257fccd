"""What a chat reads about a source it added: once, and without a sound."""

from urllib.parse import urlsplit

from bot.domain.message import Message
from bot.domain.model import Notice, NoticeKind
from bot.rendering.html import clean, isolated, shorten
from bot.rendering.sentences import Sentences

SENTENCES: dict[NoticeKind, str] = {
    "moved": "notice_moved",
    "gone": "notice_gone",
    "failing": "notice_failing",
    "engine": "notice_engine",
    "topic": "notice_topic",
}
TITLE_UNITS = 64
ADDRESS_UNITS = 200


def render_notice(notice: Notice, sentences: Sentences) -> Message:
    """The sentence of its kind: where the source moved, that it is gone, or why it fails."""
    values = notice.values
    code = values.get("code")
    text = sentences.say(
        SENTENCES[notice.kind],
        title=isolated(shorten(clean(values.get("title", "")), TITLE_UNITS)),
        reason=sentences.plain(f"reason_{code}") if code else "",
        engine=clean(values.get("engine", "")),
        what=shorten(clean(values.get("what", "")), ADDRESS_UNITS),
        address=shown_address(values.get("address", "")),
    )
    return Message(text=text, silent=True)


def shown_address(url: str) -> str:
    """An address as groups may see it: no user, password or query, where secrets are kept."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return shorten(clean(f"{host}{parts.path}{'?…' if parts.query else ''}"), ADDRESS_UNITS)
