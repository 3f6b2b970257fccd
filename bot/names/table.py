"""Reads the shipped names: one table for the whole program."""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

import regex

from bot.domain.names import Names
from bot.domain.spellings import Alias


@cache
def shipped_names() -> Names:
    """The table of entities.toml and cldr.json (read once, 0.2 s and 9 MB)."""
    folder = files("bot.names")
    entities = tomllib.loads(folder.joinpath("entities.toml").read_text("utf-8"))
    cldr = json.loads(folder.joinpath("cldr.json").read_text("utf-8"))
    return Names(_aliases(entities, cldr))


@cache
def language_names() -> dict[str, dict[str, str]]:
    """What languages are called, by the locale they are called so in."""
    text = files("bot.names").joinpath("languages.json").read_text("utf-8")
    found: dict[str, dict[str, str]] = json.loads(text)
    return found


def _aliases(
    entities: Mapping[str, Mapping[str, str]], cldr: Mapping[str, Mapping[str, str]]
) -> Iterator[Alias]:
    """Our own lines, then names by language."""
    for kind in entities.values():
        yield from _of_lines(kind)
    for entity, names in cldr.items():
        for language, text in names.items():
            yield from (Alias(entity, one, language) for one in text.split("|"))


def _of_lines(lines: Mapping[str, str]) -> Iterator[Alias]:
    for entity, line in lines.items():
        for part in line.split(";"):
            head, _, rest = part.strip().partition(" ")
            coded = regex.fullmatch(r"[a-z]{2}(?:,[a-z]{2})*", head) is not None
            codes: Sequence[str | None] = head.split(",") if coded else [None]
            for name in (rest if coded else part).split("|"):
                yield from (Alias(entity, name.strip(), code) for code in codes)
