"""Make cldr.json: countries and cities from Unicode CLDR, through Babel (`make names`).

Babel is a tool of developers: 33 MB of which this extract is a hundredth. CLDR's data is under the
Unicode License v3 (SPDX: Unicode-3.0), see NOTICE.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel import Locale

LANGUAGES = (
    "af", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "da", "de", "el", "en", "es", "et",
    "eu", "fa", "fi", "fr", "gl", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka",
    "kk", "ko", "lt", "lv", "mk", "ms", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sq",
    "sr", "sr_Latn", "sv", "sw", "ta", "th", "tr", "uk", "ur", "uz", "vi", "zh_Hans", "zh_Hant",
)  # fmt: skip

SPOKEN = ("ar", "de", "en", "es", "fr", "ru", "uk", "zh")

NO_NEWS = {
    "AC", "AQ", "BV", "CC", "CD", "CG", "CP", "CQ", "CX", "DG", "EA", "EH", "EU", "EZ", "GB", "HK",
    "HM", "IC", "IO", "KP", "KR", "MO", "PS", "QO", "RE", "SX", "TA", "TF", "UM", "UN", "US",
    "XA", "XB", "ZZ",
}  # fmt: skip
"""Nobody lives there, it is no country, its name is a common word (Réunion), or CLDR's is clumsy
("Hong Kong SAR China"): what matters of these is in entities.toml."""

KEPT_ALTHOUGH = {"CG", "EH", "GB", "KP", "KR", "US"}
"""Clumsy, but right in most languages."""

AMERICAN_CITIES = (
    "Anchorage", "Asuncion", "Bogota", "Caracas", "Chicago", "Denver", "Detroit", "Edmonton",
    "Guayaquil", "Havana", "La_Paz", "Lima", "Los_Angeles", "Managua", "Mexico_City", "Monterrey",
    "Montevideo", "New_York", "Port-au-Prince", "Santo_Domingo", "Sao_Paulo", "Tegucigalpa",
    "Tijuana", "Toronto", "Vancouver", "Winnipeg", "Argentina/Buenos_Aires", "Argentina/Cordoba",
)  # fmt: skip
OTHER_CITIES = (
    "Australia/Adelaide", "Australia/Brisbane", "Australia/Melbourne", "Australia/Perth",
    "Australia/Sydney", "Pacific/Auckland", "Pacific/Honolulu",
)  # fmt: skip
WHOLE_REGIONS = ("Europe/", "Asia/", "Africa/")
NO_CITIES = {
    "Europe/Kiev", "Europe/Busingen", "Europe/Isle_of_Man", "Europe/Jersey", "Europe/Guernsey",
    "Europe/Gibraltar", "Europe/Luxembourg", "Europe/Malta", "Europe/Monaco", "Europe/San_Marino",
    "Europe/Vatican", "Europe/Andorra", "Asia/Singapore", "Asia/Macau", "Asia/Hong_Kong",
    "Asia/Bahrain", "Asia/Brunei", "Asia/Kuwait", "Asia/Qatar", "Asia/Gaza", "Asia/Tehran",
    "Asia/Jerusalem", "Africa/Djibouti", "Asia/Hovd", "Asia/Oral", "Asia/Aden", "Asia/Male",
    "Asia/Chita", "Asia/Dili", "Asia/Macao",
}  # fmt: skip
"""Countries that are zones, cities in entities.toml, and names that are other words as well."""


def main() -> None:
    """Write cldr.json beside this file."""
    found = {name: dict(sorted(names.items())) for name, names in sorted(_entities().items())}
    lines = [
        f"{json.dumps(name)}: {json.dumps(names, ensure_ascii=False, separators=(',', ':'))}"
        for name, names in found.items()
    ]
    path = Path(__file__).with_name("cldr.json")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    named = json.dumps(_languages(), ensure_ascii=False, indent=0)
    path.with_name("languages.json").write_text(named + "\n", "utf-8")


def _languages() -> dict[str, dict[str, str]]:
    """What languages are called, in the languages the bot speaks."""
    codes = sorted({Locale.parse(tag).language for tag in LANGUAGES} | {"no", "mn", "sw", "tl"})
    return {
        spoken: {code: str(Locale.parse(spoken).languages[code]) for code in codes}
        for spoken in SPOKEN
    }


def _entities() -> dict[str, dict[str, str]]:
    """Entity → language → names, joined by `|`."""
    found: dict[str, dict[str, str]] = {}
    locales = [Locale.parse(tag) for tag in LANGUAGES]
    every = {str(zone) for one in locales for zone in one.time_zones}
    zones = sorted(zone for zone in every if _has_news(zone))
    for locale in locales:
        cities = [*_cities(locale, zones)]
        called = [*locale.territories.values(), *(name for _, name in cities)]
        taken = Counter(one for name in called for one in _spellings(name)[:1])
        for entity, name in [*_countries(locale), *cities]:
            names = found.setdefault(entity, {})
            known = names.get(locale.language, "")
            parts = [*filter(None, known.split("|")), *_own(name, taken)]
            names[locale.language] = "|".join(dict.fromkeys(parts))
    return {
        entity: {language: text for language, text in names.items() if text}
        for entity, names in found.items()
    }


def _own(name: str, taken: Mapping[str, int]) -> list[str]:
    """Both names of `Myanmar (Burma)`; none of `Meksyk (miasto)`, nor what others are called."""
    outer, *inner = _spellings(name) or [name]
    if not inner and outer == name:
        return [name]
    if taken[outer] > 1:
        return []
    return [outer, *(one for one in inner if not taken[one] and _is_name(one))]


def _is_name(text: str) -> bool:
    """No `miasto` (town), and no `США` that says whose islands these are."""
    return text[0] == text[0].title() and not text.isupper()


def _countries(locale: Locale) -> Iterator[tuple[str, str]]:
    for code, name in locale.territories.items():
        if re.fullmatch(r"[A-Z]{2}", code) and (code not in NO_NEWS or code in KEPT_ALTHOUGH):
            yield code.lower(), name


def _has_news(zone: str) -> bool:
    inside = zone.startswith(WHOLE_REGIONS) and zone.count("/") == 1
    chosen = zone in OTHER_CITIES or zone.removeprefix("America/") in AMERICAN_CITIES
    return chosen or (inside and zone not in NO_CITIES)


def _cities(locale: Locale, zones: list[str]) -> Iterator[tuple[str, str]]:
    """The city a time zone is named after; where CLDR is silent, its English name."""
    english = Locale.parse("en").time_zones
    for zone in zones:
        last = zone.rpartition("/")[2]
        plain = english.get(zone, {}).get("city") or last.replace("_", " ")
        yield last.lower(), locale.time_zones.get(zone, {}).get("city") or plain


def _spellings(name: str) -> list[str]:
    """What stands before brackets, then what stands in them."""
    inner = re.findall(r"[(（]([^)）]+)[)）]", name)
    outer = re.sub(r"[(（][^)）]*[)）]", "", name).strip()
    return [one.strip() for one in (outer, *inner) if len(one.strip()) > 1]


if __name__ == "__main__":
    main()
