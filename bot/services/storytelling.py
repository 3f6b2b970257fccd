"""The stories of the window in memory, in step with the database."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.documents import document_of
from bot.domain.model import Article
from bot.domain.names import NO_NAMES, Names
from bot.domain.ports import Storage, Tx
from bot.domain.stories import Sketch, Stories, sketch_of

SLICE = 25
"""Articles read before others may run: about 10 ms."""


class Storytelling:
    """Gives each new article its story, within the transaction that stores it.

    Articles are told one after the other, in all processes: `Stories.alone` sees to that.
    """

    def __init__(self, names: Names = NO_NAMES, window: timedelta = timedelta(hours=48)) -> None:
        self._names = names
        self._window = window
        self._stories = Stories(window)
        self._last = 0

    async def load(self, storage: Storage, now: datetime) -> int:
        """Read the window, letting others run; returns how many articles it holds."""
        while True:
            async with storage.read() as tx:
                found = await tx.stories.after(self._last, now - self._window)
            if not found:
                return len(self._stories)
            for start in range(0, len(found), SLICE):
                self._take_in(found[start : start + SLICE])
                await asyncio.sleep(0)

    async def sketches(self, articles: Sequence[Article]) -> list[Sketch]:
        """What is compared of new articles, worked out before the transaction."""
        found = []
        for article in articles:
            found.append(self._sketch(article))
            await asyncio.sleep(0)
        return found

    async def keep(
        self, tx: Tx, articles: Sequence[Article], sketches: Sequence[Sketch], now: datetime
    ) -> list[Article]:
        """Store new articles, each in its story; returns them with `id` and `story`."""
        if not articles:
            return []
        await tx.stories.alone()
        while found := await tx.stories.after(self._last, now - self._window):
            self._take_in(found)
        stored = []
        for article, sketch in zip(articles, sketches, strict=True):
            known = self._stories.story_of(sketch)
            (one,) = await tx.articles.add([replace(article, story=known or 0)])
            self._stories.add(sketch, one.story)
            self._last = max(self._last, one.id)
            stored.append(one)
        return stored

    def forget(self) -> None:
        """What was kept was rolled back: begin anew, from the database."""
        self._stories = Stories(self._window)
        self._last = 0

    def _take_in(self, articles: Sequence[Article]) -> None:
        for one in articles:
            self._stories.add(self._sketch(one), one.story)
            self._last = max(self._last, one.id)

    def _sketch(self, article: Article) -> Sketch:
        return sketch_of(article, document_of(article, self._names))
