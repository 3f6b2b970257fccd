"""When a database that fails now and then has begun to fail, and when it is well again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal["disk", "busy", "unreachable"]
"""The disk is full or fails; somebody else holds the lock; nothing answers."""

QUIET = timedelta(seconds=20)
"""So long without a failure, and with a write that worked, it is over."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Failures without a pause of QUIET between two."""

    kind: Kind
    since: datetime
    last: datetime


class Incidents:
    """At most one at a time; moments come from one clock."""

    def __init__(self) -> None:
        self._incident: Incident | None = None
        self._worked = False

    def failed(self, kind: Kind, now: datetime) -> None:
        """The database failed."""
        self._worked = False
        since = self._incident.since if self._incident else now
        self._incident = Incident(kind, since, now)

    def worked(self) -> None:
        """Something was written."""
        self._worked = True

    def current(self, now: datetime) -> Incident | None:
        """What goes on; None: all is well."""
        if self._incident and self._worked and now - self._incident.last >= QUIET:
            self._incident = None
        return self._incident
