"""Reads the shipped names: one table for the whole program."""

import json
import tomllib
from functools import cache
from importlib.resources import files

from bot.domain.names import Names, read_names


@cache
def shipped_names() -> Names:
    """The table of entities.toml and cldr.json (read once, 0.2 s and 20 MB)."""
    folder = files("bot.names")
    entities = tomllib.loads(folder.joinpath("entities.toml").read_text("utf-8"))
    cldr = json.loads(folder.joinpath("cldr.json").read_text("utf-8"))
    return read_names(entities, cldr)


@cache
def language_names() -> dict[str, dict[str, str]]:
    """What languages are called, by the locale they are called so in."""
    text = files("bot.names").joinpath("languages.json").read_text("utf-8")
    found: dict[str, dict[str, str]] = json.loads(text)
    return found
