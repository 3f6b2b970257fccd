"""What rises: planted bursts in a synthetic stream, phrases before words, names in one."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import trends
from bot.domain.documents import document_of
from bot.domain.trends import DAY, SLICE, STEP, WEEK, Told, counting, rising, terms_of
from bot.names.table import shipped_names
from tests.builders import NOW, make_article

OUTLETS = 30
PER_DAY = 2_000
PLANTED = 10


def stream(seed: int) -> tuple[list[Told], set[str]]:
    """Eight days of headlines over a Zipfian vocabulary, with bursts on the last; and the bursts.

    Two outlets begin to sign every headline with a new rubric, which is no trend.
    """
    dice = random.Random(seed)  # noqa: S311 - a repeatable stream, no secret
    words = [f"w{number}" for number in range(3_000)]
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    told = []
    for day in range(8):
        for _ in range(PER_DAY):
            seen = NOW - timedelta(days=7 - day, minutes=dice.uniform(0, 1_440))
            terms = set(dice.choices(words, cum_weights=weights, k=7))
            source = dice.randrange(OUTLETS)
            if day == 7 and source < 2:
                terms.add("rubric")
            told.append(Told(seen, source, "en", (), "\n".join(terms)))
    bursts = {f"burst{number}" for number in range(PLANTED)}
    for burst in bursts:
        for _ in range(dice.randint(8, 30)):
            seen = NOW - timedelta(minutes=dice.uniform(0, 1_440))
            words_of = (burst, *dice.sample(words, 5))
            told.append(Told(seen, dice.randrange(OUTLETS), "en", (), "\n".join(words_of)))
    return sorted(told, key=lambda one: one.seen), bursts


def test_of_ten_planted_bursts_95_percent_are_among_the_ten_over_ten_streams() -> None:
    right = 0
    for seed in range(10):
        told, bursts = stream(seed)
        right += len({one.term for one in rising(told, NOW, DAY, "en")} & bursts)
    assert right >= 0.95 * 10 * PLANTED


def told_by(outlets: int, *terms: str, hours: float = 1, language: str = "en") -> list[Told]:
    seen = NOW - timedelta(hours=hours)
    names = tuple(term for term in terms if term[0] == "@")
    return [Told(seen, n, language, names, "\n".join(terms[len(names) :])) for n in range(outlets)]


def test_a_term_needs_three_outlets() -> None:
    quiet = told_by(1, "calm", hours=90)
    assert rising(quiet + told_by(2, "storm") * 9, NOW, DAY, "en") == []
    assert [one.term for one in rising(quiet + told_by(9, "storm"), NOW, DAY, "en")] == ["storm"]


def test_a_phrase_comes_before_its_words() -> None:
    told = told_by(1, "calm", hours=90) + told_by(9, "rate", "rate hike", "hike")
    assert [one.term for one in rising(told, NOW, DAY, "en")] == ["rate hike"]


def test_what_is_usual_does_not_rise() -> None:
    daily = [one for day in range(8) for one in told_by(9, "weather", hours=24 * day + 2)]
    assert rising(daily, NOW, DAY, "en") == []


def test_names_count_in_every_language_and_words_in_their_own() -> None:
    told = told_by(1, "calm", hours=90)
    told += told_by(3, "@nato", "talks") + told_by(5, "@nato", "gespräche", language="de")
    english = rising(told, NOW, DAY, "en")
    assert [(one.term, one.count) for one in english] == [("@nato", 8), ("talks", 3)]


def test_a_week_is_held_against_the_week_before() -> None:
    told = told_by(9, "old", hours=24 * 9) + told_by(9, "new", hours=24 * 2)
    found = rising(told, NOW, WEEK, "en")
    assert [(one.term, sum(one.series)) for one in found] == [("new", 9)]


def test_counting_stops_after_so_many_articles_that_others_may_run() -> None:
    told = told_by(1, "calm", hours=90) + told_by(9, "storm") * 500
    stops = sum(1 for _ in counting(told, NOW, DAY, "en"))
    assert stops >= 3 * len(told) // STEP  # counted, their outlets, their rise


def test_what_is_decided_of_many_terms_stops_as_well() -> None:
    terms = [f"w{number}" for number in range(3 * SLICE)]
    told = told_by(1, "calm", hours=90) + told_by(OUTLETS, *terms)
    stops = sum(1 for _ in counting(told, NOW, DAY, "en"))
    few = sum(1 for _ in counting(told[:1], NOW, DAY, "en"))
    assert stops >= few + 2 * len(terms) // SLICE  # their outlets, their rise


def plainly(told: Sequence[Told], now: datetime) -> dict[str, tuple[float, int]]:
    """What `rising` means for single words and fewer than ten of them, said without steps."""
    start, found = now - DAY, {}
    spans = max(min((start - told[0].seen) / DAY, 7), 1) if told else 1
    for term in {term for one in told for term in one.terms_for("en")}:
        with_it = [one for one in told if term in one.terms_for("en")]
        lately = [one for one in with_it if one.seen > start]
        before = [one for one in with_it if now - 8 * DAY < one.seen <= start]
        usual = len(before) / spans
        z = (len(lately) - usual) / sqrt(usual + 1)
        if len(lately) >= 3 and len({one.source for one in lately}) >= 3 and z >= 2:
            found[term] = (z, len(lately))
    return found


@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 5, 20, 30, 100, 200]),
            st.integers(1, 4),
            st.sampled_from(["en", "en", "de"]),
            st.sets(st.sampled_from(["@nato", "ice", "storm"]), min_size=1),
        ),
        min_size=15,
        max_size=40,
    ),
    st.integers(1, 3),
)
def test_counting_in_steps_of_any_size_finds_what_counting_at_once_finds(
    drawn: list[tuple[int, int, str, set[str]]], size: int
) -> None:
    told = []
    for hours, source, language, terms in sorted(drawn, key=lambda one: -one[0]):
        names, words = sorted(terms & {"@nato"}), sorted(terms - {"@nato"})
        seen = NOW - timedelta(hours=hours)
        told.append(Told(seen, source, language, tuple(names), "\n".join(words)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trends, "STEP", size)
        patch.setattr(trends, "SLICE", size)
        stepped = rising(told, NOW, DAY, "en")
    assert {one.term: (one.z, one.count) for one in stepped} == plainly(told, NOW)
    assert stepped == rising(told, NOW, DAY, "en")


@pytest.mark.parametrize(
    ("title", "language", "there", "not_there"),
    [
        ("Rate hike in March", "en", {"rate hike", "rate", "march"}, {"in", "hike in"}),
        ("The 19 of the 20", "en", set(), {"19", "the 19"}),
        ("L'OTAN à Genève", "fr", {"@nato", "@geneva"}, {"otan", "geneve"}),
        ("北约峰会", "zh", {"@nato"}, set()),
    ],
)
def test_terms_of_a_headline(
    title: str, language: str, there: set[str], not_there: set[str]
) -> None:
    document = document_of(make_article(title=title, language=language), shipped_names())
    found = set(terms_of(document))
    assert there <= found
    assert not found & not_there
