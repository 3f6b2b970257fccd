"""What a place has chosen, and what it was told lately."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Picture(StrEnum):
    """The link preview under an alert."""

    SMALL = "small"
    LARGE = "large"
    OFF = "off"


class Gather(StrEnum):
    """Why alerts wait for one common message; NONE: each goes alone, as soon as it may.

    APART: they had one, which could not be said, so that each goes alone after all.
    """

    NONE = ""
    QUIET = "quiet"
    HOURLY = "hourly"
    DAILY = "daily"
    BURST = "burst"
    CAP = "cap"
    APART = "apart"

    @property
    def together(self) -> bool:
        """Whether they make one message."""
        return self not in (Gather.NONE, Gather.APART)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Quiet hours in minutes of the local day, from `start` up to `end`, perhaps over midnight."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSettings:
    """What a place has chosen. `digest_at` is a minute of its local day."""

    quiet: Quiet | None = None
    digest_at: int = 8 * 60
    paused: bool = False
    muted_until: datetime | None = None
    cap: int | None = None  # single alerts in 24 h; more wait for the daily digest
    picture: Picture = Picture.SMALL
    buttons: bool = True

    def silenced(self, now: datetime) -> bool:
        """Whether what happens now is dropped."""
        return self.paused or (self.muted_until is not None and now < self.muted_until)


@dataclass(frozen=True, slots=True)
class Crowd:
    """What a place was told lately: the first of a full burst, if any, and single alerts in 24 h.

    `burst` is when the oldest of the last five alerts of the same subscription or source was
    sent, if all of them were within ten minutes.
    """

    burst: datetime | None = None
    day: int = 0
