"""Publishers' categories in many languages, and our eight sections."""

import pytest

from bot.domain.model import Section
from bot.domain.sections import section_of


@pytest.mark.parametrize(
    ("categories", "expected"),
    [
        (["Politik"], Section.POLITICS),
        (["ÉCONOMIE"], Section.BUSINESS),
        (["Спорт", "Хоккей"], Section.SPORT),
        (["科技"], Section.TECHNOLOGY),
        (["sport", "politics"], None),
        (["Gardening"], None),
        ([], None),
    ],
)
def test_a_category_names_a_section_or_none(
    categories: list[str], expected: Section | None
) -> None:
    assert section_of(categories) == expected
