"""Reading the page of an article that rings, where its feed said too little of it.

Each page once, in one process. An alert waits a few seconds for it; what comes later is shown by
an edit, and where nothing comes the feed's words are enough.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.model import Article, Chat, Delivery, Form
from bot.domain.pages import completed, wants_page
from bot.domain.ports import Clock, Storage
from bot.services.turns import Sleep
from bot.services.visits import Visits

log = logging.getLogger(__name__)

PATIENCE = 6.0
"""Seconds that an alert waits, counted from when the page was asked for: two pauses of a host
(its robots.txt, then the page) and the page itself."""

KEPT = 500
"""Readings that are remembered when they are over."""

LATE_TRIES = 8
PAUSE = 2.0


@dataclass(frozen=True, slots=True)
class _Reading:
    """A page that is being read, since `started` on the loop's clock."""

    task: "asyncio.Task[Article | None]"
    started: float


class Pages:
    """Completes articles by what their pages say; `sleep` lets time pass until alerts are sent."""

    def __init__(
        self,
        storage: Storage,
        visits: Visits,
        clock: Clock,
        *,
        patience: float = PATIENCE,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._storage = storage
        self._visits = visits
        self._clock = clock
        self._patience = patience
        self._sleep = sleep
        self._readings: dict[int, _Reading] = {}
        self._late: set[asyncio.Task[None]] = set()

    def begin(self, articles: Sequence[Article]) -> None:
        """Start reading the pages of articles that ring: their alerts are still on the way."""
        for article in articles:
            if wants_page(article):
                self._reading(article)

    async def prepare(self, delivery: Delivery, chat: Chat) -> Delivery:
        """The delivery with its article completed, if that came within the patience."""
        del chat  # a page is the same for everybody
        article = delivery.article
        brief = all(one.form is Form.HEADLINE for one in delivery.subscriptions)
        asked = article.lede == "" and article.id in self._readings
        if delivery.rest or brief or not (asked or wants_page(article)):
            return delivery  # a digest shows no ledes
        reading = self._reading(article)
        left = reading.started + self._patience - asyncio.get_running_loop().time()
        done, _ = await asyncio.wait({reading.task}, timeout=max(left, 0))
        if not done:
            self._show_late(delivery, reading)
            return delivery
        if (failed := reading.task.exception()) is not None:
            log.warning("the page of article %s was not kept", article.id, exc_info=failed)
            return delivery
        found = reading.task.result()
        return delivery if found is None else replace(delivery, article=_with(article, found))

    async def close(self) -> None:
        """Stop what is under way."""
        tasks = [*self._late, *(reading.task for reading in self._readings.values())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _reading(self, article: Article) -> _Reading:
        """Kept for a while when it is over: an alert may have been read before it was stored."""
        if article.id not in self._readings:
            for known in [one for one, reading in self._readings.items() if reading.task.done()]:
                if len(self._readings) > KEPT:
                    del self._readings[known]
            task = asyncio.create_task(self._completed(article))
            self._readings[article.id] = _Reading(task, asyncio.get_running_loop().time())
        return self._readings[article.id]

    async def _completed(self, article: Article) -> Article | None:
        """The article with what its page adds, stored; None: there is nothing to add."""
        async with self._visits.place(article.link or "") as there:
            if not (there and await self._mine(article)):
                return None
            found = completed(article, await self._visits.page(article.link or ""))
        if found == replace(article, lede=""):
            return None
        async with self._storage.write() as tx:
            await tx.articles.complete(found, self._clock())
        return found

    async def _mine(self, article: Article) -> bool:
        """Whether nobody else reads this page or has read it, in any process."""
        async with self._storage.write() as tx:
            return await tx.articles.ask_page(article.id)

    def _show_late(self, delivery: Delivery, reading: _Reading) -> None:
        late = asyncio.create_task(self._edited(delivery, reading))
        self._late.add(late)
        late.add_done_callback(self._late.discard)

    async def _edited(self, delivery: Delivery, reading: _Reading) -> None:
        """When the page comes after the alert went out: have it edited once it is sent."""
        if await asyncio.shield(reading.task) is None:
            return
        for _ in range(LATE_TRIES):
            async with self._storage.write() as tx:
                if await tx.stories.rewrite(delivery.alert, self._clock()):
                    return
            await self._sleep(PAUSE)


def _with(article: Article, found: Article) -> Article:
    """What a page added, in the article as it is now: its headline may have been corrected."""
    return replace(
        article,
        lede=found.lede,
        published=found.published,
        section=found.section,
        image=found.image,
        authors=found.authors,
    )
