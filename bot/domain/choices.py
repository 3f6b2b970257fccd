"""What /settings offers to tap: a few sensible values of each setting."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bot.domain.languages import News
from bot.domain.places import Picture, Quiet

LANGUAGES = ("en", "de", "es", "fr", "ru", "uk", "ar", "zh")
"""Locales, in the order in which they are offered."""


READ = (*LANGUAGES, "it", "pt", "nl", "pl", "tr", "ja", "ko", "sv", "el", "he", "hi", "fa")
"""Languages of news that a reader may want as they are; their order travels in callback data."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What this installation can do: translate at all; translate everything to be matched."""

    translation: bool = False
    matching: bool = False


class Setting(IntEnum):
    """One line of the card; the number travels in callback data and never changes."""

    CARD = 0
    LANGUAGE = 1
    ZONE = 2
    QUIET = 3
    DIGEST = 4
    MUTE = 5
    PICTURE = 6
    BUTTONS = 7
    CAP = 8
    NEWS = 9
    TRANSLATE = 10
    PIVOT = 11


NEWS = tuple(News)

MUTES = (0, 1, 8, 24)
"""Hours; 0 ends a mute."""

VALUES: Mapping[Setting, tuple[Mapping[str, Any], ...]] = {
    Setting.QUIET: (
        {"quiet": None},
        {"quiet": Quiet(22 * 60, 7 * 60)},
        {"quiet": Quiet(23 * 60, 7 * 60)},
        {"quiet": Quiet(0, 8 * 60)},
    ),
    Setting.DIGEST: tuple({"digest_at": hour * 60} for hour in (7, 8, 12, 18, 21)),
    Setting.PICTURE: tuple({"picture": one} for one in Picture),
    Setting.BUTTONS: ({"buttons": True}, {"buttons": False}),
    Setting.CAP: tuple({"cap": one} for one in (None, 10, 25, 50)),
}
"""What each choice of a place's settings changes, by its number in callback data."""
