"""What is written about Newsbell is true."""

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from dotenv import dotenv_values

from bot.config import Settings, load_settings
from bot.domain.choices import Setting
from bot.domain.errors import FETCH_CODES, BackupCode, EngineReason
from bot.domain.faults import Fault
from bot.domain.incidents import Kind
from bot.domain.languages import News
from bot.domain.model import Section, When
from bot.domain.places import Gather, Picture
from bot.domain.settling import OUR_WORDS
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


@pytest.mark.parametrize(
    "path", sorted((ROOT / "bot/rendering/locales").glob("*.toml")), ids=lambda path: path.stem
)
def test_help_names_every_form_of_a_query_that_the_readme_has(path: Path) -> None:
    table = (ROOT / "README.md").read_text().partition("| query | meets |")[2]
    forms = re.findall(r"^\| (`.*?) \| ", table.partition("\n\n")[0], re.MULTILINE)
    asked = [one.replace("\\|", "|") for row in forms for one in re.findall("`(.*?)`", row)]
    shown = tomllib.loads(path.read_text())["help_grammar"]
    assert [one for one in asked if f"<code>{one}</code>" not in shown] == ["WHO"]


BY_VALUE = {
    *(f"{part}_{when}" for part in ("card", "button", "digest") for when in When),
    *(f"setting_{one.name.lower()}{more}" for one in Setting for more in ("", "_more")),
    *(f"gathered_{one}" for one in Gather),
    *(f"value_{one}" for one in Picture),
    *(f"news_{one or 'default'}" for one in News),
    *(f"trouble_{one}" for one in get_args(Kind)),
    *(f"translate_{one}" for one in ("always", "never", "except")),
    *(f"heading_{one.casefold()}" for one in Section),
    *(f"engine_{one}" for one in get_args(EngineReason)),
    *(f"backup_{one}" for one in get_args(BackupCode)),
    *(f"letter_{one}" for one in OUR_WORDS),
}
"""Sentences whose names are made of a value."""


def test_no_sentence_is_unused() -> None:
    code = "".join(
        path.read_text() for room in ("bot", "handlers") for path in (ROOT / room).rglob("*.py")
    )
    made = (
        "menu_",
        "reason_",
        "refusal_",
        "ask_",
        "limit_",
        "standing_",
        "toast_promote_",
        "fault_",
    )  # built from a verb or a code
    named = BY_VALUE | {key for key in english() if f'"{key}"' in code}
    unused = [key for key in english() if key not in named and not key.startswith(made)]
    assert unused == []


FAULTS = [(one.key, one.value) for one in Fault]
"""Their English sentences stand beside them."""

OTHERS = sorted(
    path for path in (ROOT / "bot/rendering/locales").glob("*.toml") if path.stem != "en"
)


@pytest.mark.parametrize("path", OTHERS, ids=[path.stem for path in OTHERS])
def test_a_locale_has_every_sentence_with_the_same_values_and_no_other(path: Path) -> None:
    own = tomllib.loads(path.read_text())
    assert {key: values_of(text) for key, text in own.items()} == {
        key: values_of(text) for key, text in [*english().items(), *FAULTS]
    }


def values_of(sentence: str | dict[str, str]) -> set[str]:
    """The names in braces, of all plural forms together; tags count as names too."""
    forms = [sentence] if isinstance(sentence, str) else list(sentence.values())
    return {name for form in forms for name in re.findall(r"\{\w+\}|</?[a-z]+>", form)}
