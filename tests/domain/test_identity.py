"""Publishers rebuild ids, move to https, track and re-date; none of it is news."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.identity import identity_keys, new_entries
from bot.domain.model import Entry
from tests.builders import NOW, make_entry

LINK = "http://news.example.org/moscow-talks"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "rebuilt-17"},
        {"link": "https://www.news.example.org/moscow-talks/"},
        {"link": f"{LINK}?utm_source=rss&fbclid=1#top", "id": "other"},
        {"published": NOW + timedelta(days=3)},
        {"title": "Moscow rules out any concession", "summary": "Rewritten."},
        {"id": "x", "link": "https://elsewhere.example.org/moved"},
    ],
    ids=["new id", "https and www", "tracking", "new date", "edited", "moved house"],
)
def test_churn_is_not_news(changes: dict[str, object]) -> None:
    known = set(identity_keys(make_entry(link=LINK)))
    assert new_entries([make_entry(**{"link": LINK} | changes)], known) == []


def test_an_id_that_is_an_address_is_the_same_under_https() -> None:
    entry = Entry(id="http://a.org/1", title="A", link=None)
    known = set(identity_keys(entry))
    assert new_entries([replace(entry, id="https://a.org/1")], known) == []


def test_a_new_story_in_the_same_fetch_still_is_news() -> None:
    known = set(identity_keys(make_entry()))
    fresh = make_entry(
        id="2", link="https://news.example.org/2", title="Rain", summary="It rains."
    )
    assert new_entries([make_entry(id="rebuilt"), fresh], known) == [fresh]


def test_two_entries_that_share_an_id_by_mistake_are_both_news() -> None:
    one = make_entry(id="same", link="https://a.org/1", title="One", summary="")
    other = make_entry(id="same", link="https://a.org/2", title="Two", summary="")
    assert new_entries([one, other, one], set()) == [one, other]


def test_weather_every_day_is_news_every_day() -> None:
    monday = make_entry(id="mo", link="https://a.org/mo", title="Weather", summary="")
    tuesday = make_entry(id="tu", link="https://a.org/tu", title="Weather", summary="")
    assert new_entries([tuesday], set(identity_keys(monday))) == [tuesday]
