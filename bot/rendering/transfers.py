"""What the bot says about files that leave a chat and come in."""

from bot.domain.callbacks import Callback, Verb
from bot.domain.faults import Complaint, unpacked
from bot.domain.imports import Import, Progress, Refusal
from bot.domain.message import Button, Document, Message
from bot.rendering.html import Html, clean, isolated, lines, shorten
from bot.rendering.sentences import Sentences

NAME_UNITS = 80
REASON_UNITS = 160


def exported(files: tuple[Document, ...], *, private: bool, texts: Sentences) -> Message:
    """The files, and what they are."""
    masked = None if private else texts.say("export_masked")
    return Message(text=lines(texts.say("export_caption"), masked), documents=files)


def import_hint(texts: Sentences) -> Message:
    """A file without a word, in a private chat."""
    return Message(text=texts.say("import_hint"))


def unreadable(why: Complaint, texts: Sentences) -> Message:
    """The file cannot be read, and where."""
    reason = _shown(texts.told(why), REASON_UNITS)
    return Message(text=texts.say("import_unreadable", reason=reason))


def not_fetched(texts: Sentences) -> Message:
    """Telegram did not give the file."""
    return Message(text=texts.say("import_not_fetched"))


def import_running(texts: Sentences) -> Message:
    """One at a time in a chat."""
    return Message(text=texts.say("import_running"))


def show_import(job: Import, so_far: Progress, over: bool, texts: Sentences) -> Message:
    """How far it is, with a way to stop it; at its end the summary."""
    if not over:
        stop = Button(
            texts.plain("button_stop_import"), data=Callback(Verb.STOP_IMPORT, job.id).encode()
        )
        text = texts.say("import_progress", done=so_far.done, total=so_far.total)
        return Message(text=text, keyboard=((stop,),), silent=True)
    left = so_far.total - so_far.done
    counts = texts.say(
        "import_counts", added=so_far.added, known=so_far.known, refused=so_far.refused
    )
    text = lines(
        texts.say("import_stopped" if left else "import_over"),
        counts,
        texts.say("import_left", left=left) if left else None,
        *(_refusal(one, texts) for one in so_far.refusals),
        _more(so_far, texts),
        texts.say("import_first_poll") if so_far.added else None,
    )
    return Message(text=text, silent=True)


def _refusal(one: Refusal, texts: Sentences) -> Html:
    wrong = unpacked(one.detail) if one.code == "query" else None
    detail = texts.told(wrong) if wrong else one.detail
    count = int(detail) if detail.isdecimal() else 0
    shown = _shown(detail, REASON_UNITS)
    reason = texts.plain(f"refusal_{one.code}", detail=shown, count=count)
    return texts.say("import_refused", name=_shown(one.name, NAME_UNITS), reason=reason)


def _more(so_far: Progress, texts: Sentences) -> Html | None:
    hidden = so_far.refused - len(so_far.refusals)
    return texts.say("import_more", count=hidden) if hidden > 0 else None


def _shown(text: str, most: int) -> str:
    return isolated(shorten(clean(text), most))
