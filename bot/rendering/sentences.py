"""The bot's own sentences, by locale: a language is one file."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.faults import Complaint, Fault
from bot.rendering.html import FIRST_STRONG_ISOLATE, POP_ISOLATE, Html, escape

FALLBACK = "en"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_VALUE = re.compile(r"\{(\w+)\}")
_TO_ISOLATE = re.compile(
    r"<code>.*?</code>|\{(?:count|number|rate|day|month|year)\}|(\{\w+\})", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Sentences:
    """One locale. A sentence is text with `{names}`, or plural forms under `one`, `few`, …."""

    locale: str
    _texts: Mapping[str, str | Mapping[str, str]]

    def say(self, key: str, **values: object) -> Html:
        """The sentence, its values escaped unless they are Html already.

        `count` chooses the plural form. Locale files are written in Telegram's HTML.
        """
        form = self._form(key, values.get("count"))
        return Html(_VALUE.sub(lambda match: _shown(values[match[1]]), form))

    def plain(self, key: str, **values: object) -> str:
        """The same as plain text, for toasts, buttons and menus (such sentences hold no tags)."""
        return _VALUE.sub(
            lambda match: str(values[match[1]]), self._form(key, values.get("count"))
        )

    def told(self, complaint: Complaint) -> str:
        """What is wrong with what somebody typed or sent, as plain text."""
        return self.plain(complaint.fault.key, **complaint.values)

    def language(self, code: str) -> str:
        """A language's name in this one (CLDR's); the code where it has none."""
        found = self._texts.get(f"language_{code}", code)
        return found if isinstance(found, str) else code

    def _form(self, key: str, count: object) -> str:
        found = self._texts[key]
        if isinstance(found, str):
            return found
        wanted = plural(self.locale, count if isinstance(count, int) else 0)
        return found.get(wanted, found["other"])


@dataclass(frozen=True, slots=True)
class Locales:
    """Every locale there is; what a locale lacks is said in English."""

    _all: Mapping[str, Sentences]

    @property
    def codes(self) -> frozenset[str]:
        """The languages there are sentences in."""
        return frozenset(self._all)

    def of(self, code: str | None) -> Sentences:
        """The locale for a BCP 47 tag: itself, its language, else English."""
        tag = (code or FALLBACK).lower()
        return self._all.get(tag) or self._all.get(tag.partition("-")[0]) or self._all[FALLBACK]


def load_locales(
    files: Mapping[str, str], languages: Mapping[str, Mapping[str, str]] | None = None
) -> Locales:
    """Locales from the texts of their TOML files, by code; "en" must be there.

    `languages`: by locale, what languages are called.
    """
    tables: dict[str, dict[str, Any]] = {code: tomllib.loads(text) for code, text in files.items()}
    english = {one.key: one.value for one in Fault} | tables[FALLBACK]
    named = {
        locale: {f"language_{code}": name for code, name in names.items()}
        for locale, names in (languages or {}).items()
    }
    return Locales(
        {
            code: Sentences(code, english | _directed(code, own) | named.get(code, {}))
            for code, own in tables.items()
        }
    )


def _directed(locale: str, own: Mapping[str, Any]) -> dict[str, Any]:
    """Sentences of a script from right to left, with an isolate around each value.

    Else a name in Latin letters at the beginning turns the whole sentence round (UAX #9, P2).
    """
    if locale.partition("-")[0] not in RIGHT_TO_LEFT:
        return dict(own)
    return {
        key: _isolating(text)
        if isinstance(text, str)
        else {form: _isolating(one) for form, one in text.items()}
        for key, text in own.items()
    }


def _isolating(text: str) -> str:
    """What stands in <code> is copied, so it stays as it is; so do figures, which have no turn."""
    return _TO_ISOLATE.sub(
        lambda match: f"{FIRST_STRONG_ISOLATE}{match[0]}{POP_ISOLATE}" if match[1] else match[0],
        text,
    )


def plural(locale: str, count: int) -> str:
    """The CLDR plural category of a whole number (Unicode CLDR, "Language Plural Rules")."""
    language = locale.partition("-")[0]
    if language in ("ru", "uk"):
        return _slavic(count)
    if language == "ar":
        return _arabic(count)
    if language == "zh":
        return "other"
    single = count in (0, 1) if language == "fr" else count == 1
    return "one" if single else "other"


def _slavic(count: int) -> str:
    tens, last = count % 100, count % 10
    if last == 1 and tens != 11:
        return "one"
    return "few" if last in (2, 3, 4) and tens not in (12, 13, 14) else "many"


def _arabic(count: int) -> str:
    if count <= 2:
        return ("zero", "one", "two")[max(count, 0)]
    tens = count % 100
    if 3 <= tens <= 10:
        return "few"
    return "many" if tens >= 11 else "other"


def _shown(value: object) -> str:
    return value if isinstance(value, Html) else escape(str(value))
