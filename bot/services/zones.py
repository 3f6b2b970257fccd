"""Time zones by the names that people use."""

import re
import unicodedata
from datetime import UTC, tzinfo
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_NO_PLACES = ("Etc/", "SystemV/", "posix", "right")
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?00)?", re.IGNORECASE)


def zone_of(name: str) -> tzinfo:
    """The zone with this IANA name; UTC for one that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def find_zone(text: str) -> str | None:
    """The IANA name for a city ("São Paulo"), a zone ("Europe/Berlin") or an offset ("UTC+3")."""
    wanted = _folded(text)
    if wanted in ("utc", "gmt", "off"):
        return "UTC"
    offset = _OFFSET.fullmatch(text.strip())
    if offset and int(offset[2]) <= 12:
        # POSIX counts west of Greenwich: Etc/GMT-3 is three hours ahead.
        return f"Etc/GMT{'-' if offset[1] == '+' else '+'}{int(offset[2])}"
    return _by_city().get(wanted)


def near_cities(text: str) -> list[str]:
    """Cities whose names are nearly so."""
    found = get_close_matches(_folded(text), _by_city(), n=3)
    return [name.title() for name in found]


def _by_city() -> dict[str, str]:
    """Folded city and full names; the old "US/Eastern" kind has no city and is left out."""
    names = sorted(name for name in available_timezones() if "/" in name)
    places = [
        name for name in names if not name.startswith(("Etc/", "SystemV/", "posix", "right"))
    ]
    cities = {_folded(name.rsplit("/", 1)[1]): name for name in places}
    return cities | {_folded(name): name for name in places}


def _folded(text: str) -> str:
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if one.isascii())
    return bare.replace("_", " ").strip().casefold()
