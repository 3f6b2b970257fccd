"""/export and /import: what a chat has, out as files and in again."""

from telegram import Document
from telegram.error import TelegramError

from bot.domain.callbacks import Callback, Verb
from bot.domain.errors import PortableError
from bot.domain.faults import Complaint, Fault
from bot.domain.message import Message
from bot.domain.portable import MOST_BYTES
from bot.rendering import answers, transfers
from handlers.deps import Deps, Pressed
from handlers.subscribing import ask
from handlers.turn import Turn

TOO_LARGE = Complaint(Fault.FILE_TOO_LARGE, {"size": MOST_BYTES // 1_000})


async def export(deps: Deps, turn: Turn) -> Message:
    """Everything about this chat, as files."""
    files = await deps.portability.export(turn.place.chat)
    return transfers.exported(files, private=turn.private, texts=turn.sentences)


async def import_(deps: Deps, turn: Turn) -> Message | None:
    """Take the file in; None: its progress is a message of its own. A bare command asks."""
    sent = _document(turn)
    if sent is None:
        return ask(turn, "import")
    if (sent.file_size or 0) > MOST_BYTES:
        return transfers.unreadable(TOO_LARGE, turn.sentences)
    try:
        file = await sent.get_file()
        data = bytes(await file.download_as_bytearray())
    except TelegramError:
        return transfers.not_fetched(turn.sentences)
    try:
        job = await deps.portability.start_import(turn.place, data)
    except PortableError as error:
        return transfers.unreadable(error.complaint, turn.sentences)
    return None if job is not None else transfers.import_running(turn.sentences)


async def press_stop(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """Stop under a running import; the message itself is changed by who works it off."""
    stopped = await deps.portability.cancel(turn.place, pressed.id)
    return Pressed(
        toast=answers.toast("toast_stopping" if stopped else "toast_gone", turn.sentences)
    )


def _document(turn: Turn) -> Document | None:
    """The message's own file, or that of the message it replies to."""
    replied = turn.message.reply_to_message
    return turn.message.document or (replied.document if replied else None)


PRESSES = {Verb.STOP_IMPORT: press_stop}
"""This changes something: administrators only, in groups and channels."""
