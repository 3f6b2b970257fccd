"""Operators hear once that the database fails; the same message says later that it works again."""

from collections.abc import Callable

from bot.domain.incidents import Incident, Incidents, Kind
from bot.domain.message import Message
from bot.domain.model import Place
from bot.domain.outcomes import Flooded, Sent, Unreachable
from bot.domain.ports import Clock, Screen

Tell = Callable[[Incident, bool], Message]
"""Says what goes on; True: that it is over."""


class Watch:
    """Hears from the database how it is."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.incidents = Incidents()

    def report(self, kind: Kind | None) -> None:
        """A failure, or (None) a write that worked."""
        if kind is None:
            self.incidents.worked()
        else:
            self.incidents.failed(kind, self._clock())


class Alarm:
    """Tells operators directly: what goes through the database would have to wait for it."""

    def __init__(
        self, watch: Watch, screen: Screen, operators: tuple[int, ...], tell: Tell, clock: Clock
    ) -> None:
        self._watch = watch
        self._screen = screen
        self._operators = operators
        self._tell = tell
        self._clock = clock
        self._told: dict[int, int] = {}  # message ids by operator
        self._about: Incident | None = None

    async def tick(self) -> None:
        """Say what has begun, or that it has ended."""
        now = self._watch.incidents.current(self._clock())
        if now is not None:
            self._about = now
            for operator in self._operators:
                if operator not in self._told:
                    await self._say(operator, now)
        elif self._about is not None:
            over, self._about = self._about, None
            for operator, number in self._told.items():
                await self._screen.edit(Place(operator), number, self._tell(over, True))  # noqa: FBT003 - it is over
            self._told.clear()

    async def _say(self, operator: int, incident: Incident) -> None:
        outcome = await self._screen.send(Place(operator), self._tell(incident, False))  # noqa: FBT003 - it goes on
        if not isinstance(outcome, Flooded | Unreachable):
            self._told[operator] = outcome.message_id if isinstance(outcome, Sent) else 0
