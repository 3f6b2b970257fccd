"""What a chat reads about a source it added: once, and without a sound."""

from urllib.parse import urlsplit

from bot.domain.incidents import Incident
from bot.domain.message import Keyboard, Message
from bot.domain.model import Notice, NoticeKind
from bot.domain.secrets import masked
from bot.domain.standing import Standing
from bot.rendering.html import clean, isolated, lines, shorten
from bot.rendering.sentences import Sentences
from bot.rendering.sources import judging, to_card

SENTENCES: dict[NoticeKind, str] = {
    "moved": "notice_moved",
    "gone": "notice_gone",
    "failing": "notice_failing",
    "engine": "notice_engine",
    "topic": "notice_topic",
    "report": "notice_report",
    "rights": "notice_rights",
}
TITLE_UNITS = 64
ADDRESS_UNITS = 200


def render_notice(notice: Notice, sentences: Sentences) -> Message:
    """The sentence of its kind: where the source moved, that it is gone, or why it fails."""
    values = notice.values
    text = sentences.say(
        SENTENCES[notice.kind],
        title=isolated(shorten(clean(values.get("title", "")), TITLE_UNITS)),
        reason=_reason(notice, sentences),
        engine=clean(values.get("engine", "")),
        count=clean(values.get("count", "")),
        address=shown_address(values.get("address", "")),
    )
    words = shorten(clean(values.get("words", "")), ADDRESS_UNITS)
    text = lines(text, sentences.say("notice_words", words=words) if words else None)
    return Message(text=text, silent=True, keyboard=_choices(notice, sentences))


def _reason(notice: Notice, sentences: Sentences) -> str:
    code = notice.values.get("code")
    if notice.kind == "engine":
        return sentences.plain(f"engine_{code or 'error'}")  # without: an older version's
    return sentences.plain(f"reason_{code}") if code else ""


def _choices(notice: Notice, sentences: Sentences) -> Keyboard:
    """What an operator can do about a reported source, in one tap."""
    if notice.kind != "report":
        return ()
    number = int(notice.values.get("source", "0"))
    judge = judging(number, Standing.GOOD, sentences)
    return (judge, (to_card(number, sentences),))


def render_incident(incident: Incident, sentences: Sentences, *, over: bool) -> Message:
    """What operators read of a database that fails, and later in its place."""
    reason = sentences.plain(f"trouble_{incident.kind}")
    since = f"{incident.since:%H:%M}"
    if not over:
        return Message(text=sentences.say("trouble", reason=reason, since=since))
    until = f"{incident.last:%H:%M}"
    return Message(text=sentences.say("trouble_over", reason=reason, since=since, until=until))


def shown_address(url: str) -> str:
    """An address as groups may see it: no user, password or query, where secrets are kept."""
    parts = urlsplit(masked(url))
    host = parts.netloc.rpartition("@")[2]
    return shorten(clean(f"{host}{parts.path}{'?…' if parts.query else ''}"), ADDRESS_UNITS)
