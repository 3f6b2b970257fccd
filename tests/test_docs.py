"""What is written about Newsbell is true."""

import tomllib
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from bot.config import Settings, load_settings
from bot.domain.choices import Setting
from bot.domain.errors import FETCH_CODES
from bot.domain.model import When
from bot.domain.places import Gather, Picture
from handlers.commands import COMMANDS

ROOT = Path(__file__).parent.parent


def test_the_example_lists_every_setting() -> None:
    listed = dotenv_values(ROOT / ".env.example")
    assert set(listed) == {name.upper() for name in Settings.model_fields}


def test_the_example_says_the_defaults() -> None:
    assert load_settings({}, ROOT / ".env.example") == load_settings({}, None)


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text()
    silent = [c.names[0] for c in COMMANDS if f"/{c.names[0]}`" not in readme]
    assert silent == ["start"]  # Telegram's own button


def english() -> dict[str, Any]:
    return tomllib.loads((ROOT / "bot/rendering/locales/en.toml").read_text())


def test_every_way_a_source_can_fail_has_a_sentence() -> None:
    assert {key.removeprefix("reason_") for key in english() if key.startswith("reason_")} == set(
        FETCH_CODES
    )


def test_every_command_has_its_line_in_the_menu() -> None:
    assert {f"menu_{c.names[0]}" for c in COMMANDS} == {
        key for key in english() if key.startswith("menu_")
    }


BY_VALUE = {
    *(f"{part}_{when}" for part in ("card", "button", "digest") for when in When),
    *(f"setting_{one.name.lower()}{more}" for one in Setting for more in ("", "_more")),
    *(f"gathered_{one}" for one in Gather),
    *(f"value_{one}" for one in Picture),
}
"""Sentences whose names are made of a value."""


def test_no_sentence_is_unused() -> None:
    code = "".join(
        path.read_text() for room in ("bot", "handlers") for path in (ROOT / room).rglob("*.py")
    )
    made = ("menu_", "reason_", "refusal_", "ask_", "limit_")  # built from a verb or a code
    named = BY_VALUE | {key for key in english() if f'"{key}"' in code}
    unused = [key for key in english() if key not in named and not key.startswith(made)]
    assert unused == []
