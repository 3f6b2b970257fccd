"""The front page: what most outlets tell, what is new, and something of every section."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.model import Article, Section
from bot.domain.ports import Clock, Storage

TODAY = timedelta(hours=24)
TOP, LATEST, OF_A_SECTION = 5, 12, 4


@dataclass(frozen=True, slots=True)
class Front:
    """What stands on it, each story once; sections without news are left out."""

    top: tuple[Article, ...]
    latest: tuple[Article, ...]
    sections: tuple[tuple[Section, tuple[Article, ...]], ...]


class FrontPage:
    """Lays out the front page from the archive."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def of(self, chat: int) -> Front:
        """The page for the readers of a chat (0: what serves everybody)."""
        async with self._storage.read() as tx:
            top = await tx.articles.top(chat, self._clock() - TODAY, TOP)
            latest = await tx.articles.latest(chat, limit=LATEST + len(top))
            found = [
                (one, await tx.articles.of_section(chat, one, limit=OF_A_SECTION + len(top)))
                for one in Section
            ]
        told = {one.story for one in top}

        def rest(some: list[Article], count: int) -> tuple[Article, ...]:
            return tuple([one for one in some if one.story not in told][:count])

        sections = ((section, rest(some, OF_A_SECTION)) for section, some in found)
        return Front(
            tuple(top),
            rest(latest, LATEST),
            tuple((name, some) for name, some in sections if some),
        )
