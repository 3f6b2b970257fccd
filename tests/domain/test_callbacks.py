"""Callback data is ours, short, and anything else is nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.callbacks import Callback, Verb, decode

PRESSES = st.builds(
    Callback,
    st.sampled_from(Verb),
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.integers(0, 999_999),
)


@given(PRESSES)
def test_a_press_comes_back_as_it_went_in_64_bytes(press: Callback) -> None:
    assert (decode(press.encode()), len(press.encode().encode()) <= 64) == (press, True)


@given(st.text())
def test_text_that_is_not_ours_is_no_press(text: str) -> None:
    found = decode(text)
    assert found is None or found.encode().split(":")[:2] == text.split(":")[:2]


@pytest.mark.parametrize(
    "data", [None, "", "v2:list:0:0", "v1:drop:1:0", "v1:list:1", "v1:list:zzzzzzzzzzzzz:0"]
)
def test_foreign_data_is_no_press(data: str | None) -> None:
    assert decode(data) is None
