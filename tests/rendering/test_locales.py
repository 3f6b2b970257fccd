"""Sentences with numbers in every locale: a noun beside a number has all its plural forms."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.figures import DeadLetter
from bot.domain.settling import NO_TOPIC, UNANSWERED
from bot.rendering import answers
from bot.rendering.alert import moment
from bot.rendering.sentences import Locales, plural
from tests.builders import NOW
from tests.rendering.test_answers import FIGURES

PATHS = sorted((Path(__file__).parents[2] / "bot/rendering/locales").glob("*.toml"))
WITHOUT_A_NOUN = {"preview_form", "source_day", "gathered_more", "import_more", "option_hours"}
"""12 in 24 h, 12 a day, 12 more, 12 h: nothing that is counted stands behind the number."""

ABBREVIATED = {"ago_minutes", "ago_hours", "ago_days"}
"""12 min ago: in other languages than Arabic an abbreviation, which has one form."""

SAME = {"de": {"Zeichen"}}
"""Nouns that are alike in singular and plural."""

BESIDE = re.compile(r"\{(?:count|detail|limit)\}\s+([^\W\d_]+)")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_number_beside_a_noun_has_every_plural_form(path: Path) -> None:
    needed = {plural(path.stem, count) for count in range(1, 201)}
    found = tomllib.loads(path.read_text("utf-8"))
    lacking = [
        key
        for key, sentence in found.items()
        if isinstance(sentence, str) and _beside(path.stem, key, sentence) and needed != {"other"}
    ]
    incomplete = [
        key for key, forms in found.items() if isinstance(forms, dict) and not needed <= {*forms}
    ]
    assert (lacking, incomplete) == ([], [])


def _beside(locale: str, key: str, sentence: str) -> list[str]:
    """Nouns that stand behind a count."""
    if key in WITHOUT_A_NOUN or (locale != "ar" and key in ABBREVIATED):
        return []
    return [one for one in BESIDE.findall(sentence) if one not in SAME.get(locale, set())]


@pytest.mark.parametrize(
    ("locale", "count", "expected"),
    [
        ("en", 1, "a query has at most one term"),
        ("ru", 21, "в запросе не больше 21 слова или фразы"),
        ("uk", 3, "у запиті не більше ніж 3 слова чи фрази"),
        ("ar", 2, "للبحث لفظان على الأكثر"),
    ],
)
def test_a_limit_is_told_in_the_form_of_its_number(
    locale: str, count: int, expected: str, locales: Locales
) -> None:
    assert locales.of(locale).plain("fault_too_many_terms", count=count) == expected


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", "9 Jan 2022, 10:57 UTC"),
        ("de", "9. Jan. 2022, 10:57 UTC"),
        ("ru", "9 янв. 2022, 10:57 UTC"),
        ("zh", "2022年1月9日 10:57 UTC"),
    ],
)
def test_a_moment_is_told_in_the_readers_language(
    locale: str, expected: str, locales: Locales
) -> None:
    assert moment(NOW, locales.of(locale)) == expected


def test_every_locale_has_twelve_months(locales: Locales) -> None:
    named = [locales.of(code).plain("months").split() for code in sorted(locales.codes)]
    assert [len({*months}) for months in named] == [12] * len(PATHS)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (UNANSWERED, "Telegram hat zweimal nicht geantwortet"),
        (NO_TOPIC, "Telegram kennt das Thema nicht"),
        ("Message is too <b>", "Genf: Message is too &lt;b&gt; ("),
    ],
)
def test_an_operator_reads_in_their_language_why_telegram_refused(
    reason: str, expected: str, locales: Locales
) -> None:
    figures = replace(FIGURES, letters=(DeadLetter("Genf", reason, NOW),))
    assert expected in answers.status(figures, NOW, True, locales.of("de")).text
