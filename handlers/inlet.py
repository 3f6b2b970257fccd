"""The queue between Telegram and the handlers, which remembers what is in it."""

import asyncio
import json
import logging
from datetime import timedelta

from telegram import Bot, Update

from bot.domain.errors import StorageTrouble
from bot.services.journal import AT_ONCE, Journal

log = logging.getLogger(__name__)


class Inlet(asyncio.Queue[object]):
    """PTB confirms a batch of updates when all of it was put here: by then it is written down."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal
        self._ours: set[int] = set()  # in this process's hands

    async def put(self, item: object) -> None:
        """Take an update, unless we had it before.

        Where the database fails it is handled all the same: its sender then hears that we are
        busy, which is better than silence.
        """
        if isinstance(item, Update):
            try:
                if not await self._journal.note(item.update_id, item.to_json()):
                    return
            except StorageTrouble as trouble:
                log.warning("update %s is not written down: %s", item.update_id, trouble)
            self._ours.add(item.update_id)
        await super().put(item)

    async def take_up(self, bot: Bot, age: timedelta = AT_ONCE) -> int:
        """Queue what others were killed over; returns how many updates that were.

        Where several processes are brought updates at once (a webhook), only what is older than
        `age` can be known for that.
        """
        left = [one for one in await self._journal.left(age) if one[0] not in self._ours]
        for number, content in left:
            self._ours.add(number)
            await super().put(Update.de_json(json.loads(content), bot))
        return len(left)

    async def done(self, update: object) -> None:
        """It was handled, or failed in a way that was told."""
        if isinstance(update, Update):
            self._ours.discard(update.update_id)
            try:
                await self._journal.done(update.update_id)
            except StorageTrouble as trouble:
                log.warning("update %s may be handled again: %s", update.update_id, trouble)
