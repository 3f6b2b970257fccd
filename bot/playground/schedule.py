"""What the demo newsroom has published at a moment: values and arithmetic, no clock of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Outlet:
    """An invented newspaper; `update` is its word for a later version of a story."""

    name: str
    slug: str
    language: str
    format: str
    update: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as written, and who publishes it."""

    outlet: Outlet
    title: str
    summary: str
    section: str


@dataclass(frozen=True, slots=True)
class Item:
    """A published article; `number` counts all publications from 0."""

    number: int
    draft: Draft
    title: str
    published: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time of steady publishing: from `start` on one more every `every` seconds.

    Item number `first` comes `every` seconds after the start; after `most` items it ends.
    """

    start: datetime
    first: int
    every: float
    most: int | None = None

    def out(self, now: datetime) -> int:
        """How many items are out by the end of this stretch, or by now: the next number."""
        passed = int(max((now - self.start).total_seconds(), 0) / self.every)
        return self.first + (passed if self.most is None else min(passed, self.most))

    def moment(self, number: int) -> datetime:
        """When this stretch published an item."""
        return self.start + timedelta(seconds=(number - self.first + 1) * self.every)


Schedule = tuple[Stretch, ...]
"""Stretches in order of time: each takes over from the one before at its first number."""


def opening(now: datetime, already: int, every: float) -> Schedule:
    """Publish from now on; `already` items are out, the last one right now."""
    return (Stretch(now - timedelta(seconds=already * every), 0, every),)


def paused(schedule: Schedule, now: datetime) -> Schedule:
    """Publish nothing more."""
    return _then(schedule, now, most=0)


def resumed(schedule: Schedule, now: datetime) -> Schedule:
    """Publish steadily again, the next one after a full pause between two."""
    return _then(schedule, now, most=None)


def pressed(schedule: Schedule, now: datetime) -> Schedule:
    """Publish the next one now, and go on or stay paused as before."""
    last = schedule[-1]
    start = now - timedelta(seconds=last.every)
    most = None if last.most is None else 1
    return (*schedule, Stretch(start, last.out(now), last.every, most))


def is_paused(schedule: Schedule) -> bool:
    """Whether nothing comes by itself."""
    return schedule[-1].most is not None


def items(schedule: Schedule, drafts: Sequence[Draft], now: datetime, most: int) -> list[Item]:
    """The newest `most` items that are out at `now`, oldest first."""
    out = schedule[-1].out(now) if drafts else 0
    return [_item(schedule, drafts, number) for number in range(max(0, out - most), out)]


def _then(schedule: Schedule, now: datetime, most: int | None) -> Schedule:
    last = schedule[-1]
    return (*schedule, replace(last, start=now, first=last.out(now), most=most))


def _item(schedule: Schedule, drafts: Sequence[Draft], number: int) -> Item:
    """After all drafts have been out they come again, as later versions of their stories."""
    stretch = next(one for one in reversed(schedule) if one.first <= number)
    rounds, index = divmod(number, len(drafts))
    draft = drafts[index]
    title = f"{draft.title} ({draft.outlet.update} {rounds + 1})" if rounds else draft.title
    return Item(number, draft, title, stretch.moment(number))
