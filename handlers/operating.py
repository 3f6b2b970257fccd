"""What operators command; to others there is no such command."""

import logging

from bot.domain.errors import BackupError
from bot.domain.message import Message
from bot.rendering import answers, paper
from handlers.deps import Deps
from handlers.turn import Turn

log = logging.getLogger(__name__)


async def stats(deps: Deps, turn: Turn) -> Message:
    """The queue, the sources, the errors, of all chats."""
    figures, now = await deps.chats.freshness(None)
    return answers.status(figures, now, True, turn.sentences)  # noqa: FBT003 - of everything


async def backup(deps: Deps, turn: Turn) -> Message:
    """A back-up beside the database, while everything goes on."""
    try:
        path, size = await deps.operating.back_up()
    except BackupError as error:
        log.warning("no back-up: %s", error)
        why = turn.sentences.plain(f"backup_{error.code}")
        return paper.said("backup_failed", turn.sentences, reason=why)
    kilobytes = f"{size / 1_000:,.0f}"
    return paper.said("backup_done", turn.sentences, name=path.name, size=kilobytes)


async def ban(deps: Deps, turn: Turn) -> Message:
    """`/ban 12345` shuts a chat or person out, `/ban off 12345` lets them in."""
    words = turn.argument.casefold().split()
    number = words[-1] if words else ""
    if not number.removeprefix("-").isdecimal():
        return paper.told("ban_how", turn.sentences)
    allowed = words[0] == "off"
    await deps.access.decide(int(number), allowed=allowed)
    return paper.said("ban_lifted" if allowed else "banned", turn.sentences, id=number)


async def broadcast(deps: Deps, turn: Turn) -> Message | None:
    """`/broadcast We are back`: these words to every chat; how far it is shows in one message."""
    if not turn.argument:
        return paper.told("broadcast_how", turn.sentences)
    await deps.operating.broadcast(turn.place.chat, turn.argument)
    return None


async def pause_sending(deps: Deps, turn: Turn) -> Message:
    """No alert leaves until `/pause_sending off`; nothing is lost."""
    paused = turn.argument.casefold() != "off"
    await deps.operating.pause_sending(paused=paused)
    return paper.told("sending_paused" if paused else "sending_resumed", turn.sentences)
