"""One story from many outlets, and two events that look alike: the gold set and the rules."""

import random
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.documents import document_of
from bot.domain.model import Article
from bot.domain.stories import Sketch, Stories, sketch_of
from bot.names.table import shipped_names
from tests.builders import NOW, make_article

GOLD = Path(__file__).parents[1] / "data" / "stories.txt"
LINES = [line for line in GOLD.read_text("utf-8").splitlines() if not line.startswith("#")]
ROWS = [line.split(" | ") for line in LINES]
DAYS = [int(row[0].partition("@")[2] or 0) for row in ROWS]


def sketch(article: Article) -> Sketch:
    return sketch_of(article, document_of(article, shipped_names()))


def told(number: int, minute: int) -> Sketch:
    _, language, title, summary = ROWS[number]
    seen = NOW + timedelta(days=DAYS[number], minutes=minute)
    return sketch(
        make_article(
            title=title, summary=summary, language=language, source=1_000 + number, seen=seen
        )
    )


def clustered(order: list[int]) -> dict[int, int]:
    """Row → story, told in this order, the days one after another."""
    stories = Stories()
    found: dict[int, int] = {}
    for minute, number in enumerate(sorted(order, key=lambda number: DAYS[number])):
        one = told(number, minute)
        found[number] = stories.story_of(one) or number + 1
        stories.add(one, found[number])
    return found


def measured(found: dict[int, int]) -> tuple[float, float]:
    """Precision and recall over pairs of articles."""
    both = merged = same = 0
    for one in range(len(ROWS)):
        for other in range(one):
            alike, together = ROWS[one][0] == ROWS[other][0], found[one] == found[other]
            both += alike and together
            merged += together
            same += alike
    return both / merged, both / same


def test_the_gold_set_is_large_enough() -> None:
    assert len(ROWS) >= 300
    assert len({row[0] for row in ROWS}) >= 100


def test_stories_are_told_apart_with_precision_97_and_f1_90_over_shuffled_orders() -> None:
    results = []
    for seed in range(6):
        order = list(range(len(ROWS)))
        random.Random(seed).shuffle(order)  # noqa: S311 - a repeatable order, no secret
        results.append(measured(clustered(order)))
    precision = sum(one for one, _ in results) / len(results)
    recall = sum(one for _, one in results) / len(results)
    assert (precision >= 0.97, 2 * precision * recall / (precision + recall) >= 0.90) == (
        True,
        True,
    ), results


def article(title: str, source: int, minutes: int = 0, **more: object) -> Sketch:
    seen = NOW + timedelta(minutes=minutes)
    return sketch(make_article(title=title, source=source, seen=seen, summary="", **more))


WIRE = "Volcano erupts near the capital of Iceland"


@pytest.mark.parametrize(
    ("second", "joins"),
    [
        (article(WIRE, 2), True),  # the same wire text under two names
        (article(WIRE.upper(), 2), True),
        (article("Weather for the weekend", 1), False),
        (article(WIRE, 2, minutes=60 * 24 * 4), False),  # four days on: the window is over
        (article("Rain", 2), False),
        (article(WIRE, 2, source_owner=7), False),  # somebody's own source
    ],
)
def test_a_wire_copy_joins_and_what_only_looks_like_one_does_not(
    second: Sketch, joins: bool
) -> None:
    stories = Stories()
    stories.add(article(WIRE, 1), 11)
    assert stories.story_of(second) == (11 if joins else None)


def test_numbers_that_contradict_make_two_events() -> None:
    stories = Stories()
    first = "19 dead in apartment fire, faulty heater blamed"
    stories.add(article(first, 1), 11)
    assert stories.story_of(article("12 dead in row house fire as detectors fail", 2)) is None


def test_a_flood_ends_in_the_oldest_forgotten_and_its_words_with_them() -> None:
    stories = Stories(most=3)
    titles = [f"Number {word} is called before {word}s go" for word in ("ada", "bea", "cem")]
    for number, title in enumerate([WIRE, *titles]):
        stories.add(article(title, number), number + 1)
    other = Stories(most=3)
    for number, title in enumerate(titles, start=1):
        other.add(article(title, number), number + 1)
    assert (len(stories), stories.story_of(article(WIRE, 9))) == (3, None)
    assert dict(stories._frequency) == dict(other._frequency)


def test_what_left_the_window_is_forgotten_altogether() -> None:
    stories = Stories()
    stories.add(article(WIRE, 1), 11)
    stories.story_of(article("Something else altogether", 2, minutes=60 * 49))
    kept = [dict(one) for one in (stories._found_by, stories._titles, stories._frequency)]
    assert (len(stories), kept) == (0, [{}, {}, {}])
