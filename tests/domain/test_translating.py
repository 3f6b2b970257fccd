"""What is asked of engines, and what of their answers is good enough to be shown."""

from datetime import timedelta

import pytest

from bot.domain.translating import (
    NEVER,
    TRIES,
    Health,
    after_trouble,
    fault_of,
    toggled,
    wanted,
)
from tests.builders import NOW

TEXT = "Die Nato warnt Russland vor den Gesprächen in Genf, 19 Tote gemeldet am 9 Januar"
GOOD = "NATO warns Russia ahead of the talks in Geneva, 19 dead reported on 9 January"


@pytest.mark.parametrize(
    ("translated", "fault"),
    [
        (GOOD, None),
        ("", "nothing came back"),
        ("  ", "nothing came back"),
        (TEXT, "unchanged"),
        ("🙂🔑" * 10, "there is no word in it"),
        ("ok", "its length is not that of a translation"),
        (GOOD + " t.me/free", "it has an address that the original has not"),
        (GOOD + " on evil.example", "it has an address that the original has not"),
        (GOOD.replace("Geneva", "the U.S."), None),
        (GOOD * 5, "its length is not that of a translation"),
        ("NATO NATO NATO NATO NATO NATO 19 9 talks in the town of Geneva", "it repeats itself"),
        (GOOD + " https://evil.example", "it has an address that the original has not"),
        (GOOD + " @evilbot", "it has an address that the original has not"),
        ("NATO warns Russia ahead of the talks in Geneva, several dead", "a number is missing"),
    ],
)
def test_an_answer_that_is_no_translation_has_a_fault(translated: str, fault: str | None) -> None:
    assert fault_of(TEXT, translated, "de", "en") == fault


def test_a_translation_into_another_script_must_be_in_it() -> None:
    assert fault_of("NATO warns Russia ahead", "НАТО предупреждает Россию", "en", "ru") is None
    assert fault_of("NATO warns Russia ahead", "NATO preduprezhdaet Rossiyu", "en", "ru") == (
        "it is in another script"
    )


def test_numbers_count_by_their_value_in_any_digits() -> None:
    assert fault_of("19 dead, 25 hurt, 2022", "١٩ قتيلا و٢٥ جريحا في ٢٠٢٢", "en", "ar") is None


def test_an_address_that_the_original_has_may_stay() -> None:
    assert fault_of("Mehr auf spiegel.de heute", "More on spiegel.de today", "de", "en") is None


def test_a_short_name_may_stay_as_it_is() -> None:
    assert fault_of("NATO", "NATO", "de", "en") is None


@pytest.mark.parametrize(
    ("language", "locale", "choice", "expected"),
    [
        ("de", "en", "", True),
        ("de-AT", "de", "", False),
        (None, "en", "", False),
        ("de", "en", NEVER, False),
        ("de", "en", "de,fr", False),
        ("es", "en", "de,fr", True),
    ],
)
def test_what_a_chat_wants_translated(
    language: str | None, locale: str, choice: str, expected: bool
) -> None:
    assert wanted(language, locale, choice) is expected


def test_languages_are_left_out_and_taken_in_again_one_by_one() -> None:
    assert toggled("", "de") == "de"
    assert toggled("de", "ar") == "ar,de"
    assert toggled("ar,de", "de") == "ar"
    assert toggled(NEVER, "de") == "de"


def test_five_failures_in_a_row_give_an_engine_five_minutes_of_rest() -> None:
    health = Health()
    for _ in range(TRIES - 1):
        health = after_trouble(health, "failed", None, NOW)
    assert not health.rests(NOW)
    health = after_trouble(health, "failed", None, NOW)
    assert (health.rests(NOW), health.rests(NOW + timedelta(minutes=5))) == (True, False)


@pytest.mark.parametrize(
    ("kind", "wait", "seconds"),
    [("busy", 7.0, 7), ("busy", None, 60), ("quota", None, 3600), ("refused", None, 3600)],
)
def test_an_engine_rests_as_long_as_its_trouble_asks(
    kind: str, wait: float | None, seconds: int
) -> None:
    health = after_trouble(Health(), kind, wait, NOW)  # type: ignore[arg-type] # by name
    assert health.until == NOW + timedelta(seconds=seconds)


def test_too_many_requests_again_and_again_double_the_rest_up_to_a_quarter_of_an_hour() -> None:
    health, rests = Health(), []
    for _ in range(7):
        health = after_trouble(health, "busy", None, NOW)
        assert health.until is not None
        rests.append((health.until - NOW).total_seconds() / 60)
    assert rests == [1, 2, 4, 8, 15, 15, 15]
    assert after_trouble(health, "busy", 7.0, NOW).until == NOW + timedelta(seconds=7)


def test_what_was_the_requests_fault_is_not_held_against_the_engine() -> None:
    assert after_trouble(Health(failures=2), "unsupported", None, NOW) == Health(failures=2)
