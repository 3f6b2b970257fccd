"""The stories of the window in memory, in step with the database."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.candidates import words_of
from bot.domain.documents import document_of
from bot.domain.model import Article
from bot.domain.names import NO_NAMES, Names
from bot.domain.ports import Storage, Tx
from bot.domain.stories import Sketch, Stories, sketch_of

OLD = 200
"""Articles of an older archive that are indexed at one tick."""

SLICE = 25
"""Articles read before others may run: about 10 ms."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a new article is compared and found by."""

    sketch: Sketch
    words: frozenset[str]


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
            await self._take_in(found)

    async def sketches(self, articles: Sequence[Article]) -> list[Drawn]:
        """What new articles are compared and found by, worked out before the transaction."""
        found = []
        for article in articles:
            document = document_of(article, self._names)
            found.append(Drawn(sketch_of(article, document), words_of(document)))
            await asyncio.sleep(0)
        return found

    async def keep(
        self, tx: Tx, articles: Sequence[Article], sketches: Sequence[Drawn], now: datetime
    ) -> list[Article]:
        """Store new articles, each in its story; returns them with `id` and `story`."""
        if not articles:
            return []
        await tx.stories.alone()
        while found := await tx.stories.after(self._last, now - self._window):
            await self._take_in(found)
        stories, stored = self._stories, []
        for article, drawn in zip(articles, sketches, strict=True):
            known = stories.story_of(drawn.sketch)
            (one,) = await tx.articles.add([replace(article, story=known or 0)])
            await tx.search.add(one.id, drawn.words)
            if known:
                await tx.stories.joined(one, now)
            stories.add(drawn.sketch, one.story)
            if stories is self._stories:  # else another poll has failed: the next one begins anew
                self._last = max(self._last, one.id)
            stored.append(one)
        return stored

    async def index(self, storage: Storage, before: int | None = None) -> int | None:
        """Index a slice of what was stored before there was an index, of ids less than `before`.

        Returns the `before` of the next slice; None: all is done.
        """
        async with storage.read() as tx:
            found = await tx.search.unindexed(before, OLD)
        drawn = await self.sketches(found)
        async with storage.write() as tx:
            for article, one in zip(found, drawn, strict=True):
                await tx.search.add(article.id, one.words)
        return found[-1].id if found else None

    async def reindex(self, tx: Tx, corrected: Sequence[Article]) -> None:
        """Find articles by their corrected words."""
        for one in corrected:
            await tx.search.add(one.id, words_of(document_of(one, self._names)))

    def forget(self) -> None:
        """What was kept was rolled back: begin anew, from the database."""
        self._stories = Stories(self._window)
        self._last = 0

    async def _take_in(self, articles: Sequence[Article]) -> None:
        """Remember stored articles; others run in between."""
        stories = self._stories
        for count, one in enumerate(articles, start=1):
            stories.add(self._sketch(one), one.story)
            self._last = max(self._last, one.id)
            if count % SLICE == 0:
                await asyncio.sleep(0)
                if stories is not self._stories:  # forgotten meanwhile
                    return

    def _sketch(self, article: Article) -> Sketch:
        return sketch_of(article, document_of(article, self._names))
