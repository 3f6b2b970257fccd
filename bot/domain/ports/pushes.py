"""Hubs that tell of changes: what is remembered of them, and how they are asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.pushing import Farewell, Hub, Push


class Pushes(Protocol):
    async def want(self, source_id: int, hub: Hub, path: str, secret: str, now: datetime) -> None:
        """This source is told of by `hub`: ask it, at a new path, unless we have already."""
        ...

    async def drop(self, source_id: int, now: datetime) -> None:
        """No hub is to tell of this source any more: what was asked for becomes a farewell."""
        ...

    async def part(self, now: datetime) -> None:
        """The same for all sources that are polled no more."""
        ...

    async def leave(self, now: datetime, limit: int, seconds: float) -> list[Farewell]:
        """Take farewells whose hub is to be asked."""
        ...

    async def left(self, one: Farewell, due: datetime | None) -> None:
        """The hub was asked, and may be again from `due` on; None: it is asked no more."""
        ...

    async def farewell(self, path: str) -> Farewell | None:
        """The farewell whose callback has this path."""
        ...

    async def claim(self, now: datetime, limit: int, seconds: float) -> list[Push]:
        """Take what is to be asked for, of sources that are polled; it is `pending` from now."""
        ...

    async def asked(self, push: Push, due: datetime) -> None:
        """The hub was asked and may be again from `due` on, unless it has confirmed meanwhile."""
        ...

    async def at(self, path: str) -> Push | None:
        """The subscription whose callback has this path."""
        ...

    async def confirm(self, push: Push, due: datetime) -> None:
        """The hub has come back; ask it again at `due`."""
        ...

    async def ring(self, push: Push, method: str, now: datetime) -> bool:
        """Poll the source at once, or `polling.spare_after` its last poll; False: nobody polls it.

        One that is polled at this moment is polled again after that.

        `method` is what the push was signed with.
        """
        ...


class Poster(Protocol):
    """The way out to hubs: the same guard as for feeds."""

    async def post(self, url: str, form: Mapping[str, str]) -> int:
        """POST a form; returns the status. Redirects are not followed.

        Raises:
            FetchError: it could not be sent.
        """
        ...
