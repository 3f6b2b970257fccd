"""The dry run: what a query would have rung for in 24 hours, and what to try instead.

Asked of the archive's index, so that the answer comes at once however much a day brings.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.candidates import wanted_by
from bot.domain.figures import Preview, Proposal
from bot.domain.languages import NewsLanguages, names_language, rings
from bot.domain.matching import is_met
from bot.domain.model import Article, Chat
from bot.domain.names import Names
from bot.domain.ports import Clock, Storage
from bot.domain.proposals import narrower, wider
from bot.domain.query import Query
from bot.services.searching import MOST_LOOKED_AT, Searching, analysed

DRY_RUN = timedelta(hours=24)
EXAMPLES = 3
MANY_A_DAY = 50
"""More alerts than that a day, and a narrower form is proposed."""

PROPOSALS = 2
LEAST_SPAN = timedelta(hours=1)
TRIED = 200
"""Candidates that a wider form is tried on: there are eight forms at most."""

_Heard = Callable[[Query, Article], bool]


@dataclass(frozen=True, slots=True)
class _Day:
    """What met a query, newest first; `capped`: there was more than was looked at."""

    hits: tuple[Article, ...]
    capped: bool


class DryRun:
    """Tries queries on the last day, for the readers of a chat."""

    def __init__(
        self, storage: Storage, searching: Searching, clock: Clock, names: Names,
        news: NewsLanguages,
    ) -> None:  # fmt: skip
        self._storage = storage
        self._searching = searching
        self._clock = clock
        self._names = names
        self._news = news

    async def of(self, chat: int, query: Query) -> Preview:
        """What this query would have done."""
        now = self._clock()
        async with self._storage.read() as tx:
            asking = await tx.chats.get(chat)
            oldest = await tx.articles.first_since(chat, now - DRY_RUN)
        heard = self._hearing(asking)
        found = await self._day(chat, query, now, heard)
        reached = found.hits[-1].seen if found.capped and found.hits else oldest
        span = min(max(now - (reached or now - DRY_RUN), LEAST_SPAN), DRY_RUN)
        per_day = len(found.hits) * (DRY_RUN / span)
        if found.hits and per_day <= MANY_A_DAY:
            proposals: tuple[Proposal, ...] = ()
        elif found.hits:
            proposals = await self._narrower(query, found.hits)
        else:
            proposals = await self._wider(chat, query, now, heard)
        return Preview(
            count=len(found.hits),
            hits=found.hits[:EXAMPLES],
            capped=found.capped,
            per_day=round(per_day),
            proposals=proposals,
        )

    async def _day(
        self, chat: int, query: Query, now: datetime, heard: _Heard, most: int = MOST_LOOKED_AT
    ) -> _Day:
        hits: list[Article] = []
        capped, wanted = False, wanted_by(query, self._names)
        async for some, going_on in self._searching.candidates(chat, wanted, most=most):
            async for article, document in analysed(some, self._names):
                if article.seen < now - DRY_RUN:
                    return _Day(tuple(hits), capped=False)
                if heard(query, article) and is_met(query.node, document):
                    hits.append(article)
            capped = going_on is not None
        return _Day(tuple(hits), capped)

    def _hearing(self, asking: Chat | None) -> _Heard:
        """Whether news of a language rings there."""

        def heard(query: Query, article: Article) -> bool:
            if asking is None or names_language(query.node):
                return True
            return rings(article.language, asking.news, asking.locale, self._news)

        return heard

    async def _narrower(self, query: Query, hits: tuple[Article, ...]) -> tuple[Proposal, ...]:
        """Forms that would have rung for less."""
        sections = Counter(one.section for one in hits if one.section)
        common = next((section for section, _ in sections.most_common(1)), None)
        forms, counts = narrower(query, common), Counter[str]()
        async for _, document in analysed(hits, self._names):
            counts.update(one.text for one in forms if is_met(one.node, document))
        return _best({text: count for text, count in counts.items() if count < len(hits)})

    async def _wider(
        self, chat: int, query: Query, now: datetime, heard: _Heard
    ) -> tuple[Proposal, ...]:
        """Forms that would have rung."""
        found = [(one.text, await self._day(chat, one, now, heard, TRIED)) for one in wider(query)]
        return _best({text: len(day.hits) for text, day in found if day.hits})


def _best(counts: dict[str, int]) -> tuple[Proposal, ...]:
    useful = [Proposal(text, count) for text, count in counts.items()]
    return tuple(sorted(useful, key=lambda one: (one.count, one.text))[:PROPOSALS])
