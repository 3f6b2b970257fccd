"""Days are read as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.days import read_day

TODAY = date(2022, 1, 9)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2022-01-09", TODAY),
        ("today", TODAY),
        ("Yesterday", date(2022, 1, 8)),
        ("9 Jan", TODAY),
        ("January 9", TODAY),
        ("10 Jan", date(2021, 1, 10)),
        ("Jan 9, 2020", date(2020, 1, 9)),
        ("9.1.", TODAY),
        ("31.12.2021", date(2021, 12, 31)),
        ("2022-02-30", None),
        ("9 Foo", None),
        ("soon", None),
    ],
)
def test_a_day(typed: str, expected: date | None) -> None:
    assert read_day(typed, TODAY) == expected


@given(st.text(max_size=20))
def test_any_text_is_a_day_or_none(text: str) -> None:
    assert isinstance(read_day(text, TODAY), date | None)
