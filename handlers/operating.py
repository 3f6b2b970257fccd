"""For operators: /stats, /backup, /pause_sending; to others there is no such command."""

from bot.domain.errors import StorageError
from bot.domain.message import Message
from bot.rendering import answers, paper
from handlers.deps import Deps
from handlers.turn import Turn


async def stats(deps: Deps, turn: Turn) -> Message:
    """The queue, the sources, the errors, of all chats."""
    figures, now = await deps.chats.freshness(None)
    return answers.status(figures, now, True, turn.sentences)  # noqa: FBT003 - of everything


async def backup(deps: Deps, turn: Turn) -> Message:
    """A back-up beside the database, while everything goes on."""
    try:
        path, size = await deps.operating.back_up()
    except StorageError as error:
        return paper.said("backup_failed", turn.sentences, reason=str(error))
    kilobytes = f"{size / 1_000:,.0f}"
    return paper.said("backup_done", turn.sentences, name=path.name, size=kilobytes)


async def pause_sending(deps: Deps, turn: Turn) -> Message:
    """No alert leaves until `/pause_sending off`; nothing is lost."""
    paused = turn.argument.casefold() != "off"
    await deps.operating.pause_sending(paused=paused)
    return paper.told("sending_paused" if paused else "sending_resumed", turn.sentences)
