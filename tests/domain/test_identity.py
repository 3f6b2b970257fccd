"""Publishers rebuild ids, move to https, track and re-date; none of it is news (I1 to I8)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.identity import Document, canonical_link
from bot.domain.model import Entry
from tests.builders import NOW, make_entry

LINK = "http://news.example.org/moscow-talks"


def known_from(*documents: list[Entry]) -> set[str]:
    """What is remembered after these fetches, one after the other."""
    known: set[str] = set()
    for entries in documents:
        known |= set(Document(entries).shown(known))
    return known


def new(entries: list[Entry], *before: list[Entry]) -> list[Entry]:
    """What is news in this fetch after those; only what is asked for is looked up."""
    document = Document(entries)
    return document.new(known_from(*before) & set(document.asked()))


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "rebuilt-17"},
        {"link": "https://www.news.example.org/moscow-talks/"},
        {"link": f"{LINK}?utm_source=rss&fbclid=1#top", "id": "other"},
        {"link": f"{LINK};jsessionid=A7?sid=9#xtor=RSS-1", "id": "other"},
        {"published": NOW + timedelta(days=3)},
        {"published": None},
        {"title": "Moscow rules out any concession", "summary": "Rewritten."},
        {"id": "x", "link": "https://elsewhere.example.org/moved"},
        {"id": "x", "title": "Moscow: no concessions", "summary": "Rewritten."},
        {"id": LINK, "link": LINK},
        {"id": "x", "link": None},
    ],
    ids=[
        "new id", "https and www", "tracking", "a session", "new date", "no date", "edited",
        "moved house", "new id and edited", "the link as id", "no link any more",
    ],
)  # fmt: skip
def test_i1_churn_is_not_news(changes: dict[str, object]) -> None:
    assert new([make_entry(**{"link": LINK} | changes)], [make_entry(link=LINK)]) == []


def test_i1_an_id_that_is_an_address_is_the_same_under_https() -> None:
    entry = Entry(id="http://a.org/1", title="A", link=None)
    assert new([replace(entry, id="https://a.org/1")], [entry]) == []


def story(number: int, **changes: object) -> Entry:
    facts = {
        "id": f"{number}",
        "link": f"https://news.example.org/{number}",
        "title": f"Headline {number} of a long and busy day",
        "summary": f"What happened at {number} o'clock, told in one sentence.",
    }
    return make_entry(**facts | changes)


CHURN: dict[str, Callable[[int, Entry], Entry]] = {
    "ids rebuilt": lambda n, one: replace(one, id=f"build-2-{n}"),
    "to https and www": lambda n, one: replace(one, link=f"https://www.news.example.org/{n}/"),
    "tracking": lambda _, one: replace(one, id="t" + one.id, link=f"{one.link}?utm_medium=rss"),
    "dates": lambda n, one: replace(one, published=NOW + timedelta(days=n)),
    "new house, same words": lambda n, one: replace(one, id=f"n{n}", link=f"https://b.org/?p={n}"),
    "new house, full texts": lambda n, one: replace(
        one, id=f"n{n}", link=f"https://b.org/?p={n}", summary=f"The whole story {n}, at length."
    ),
}


@pytest.mark.parametrize("churn", CHURN.values(), ids=CHURN.keys())
def test_i1_a_whole_feed_that_churns_rings_for_its_one_new_story_alone(
    churn: Callable[[int, Entry], Entry],
) -> None:
    before = [story(number) for number in range(20)]
    fresh = story(99)
    after = [fresh, *(churn(number, one) for number, one in enumerate(before))]
    assert new(after, before) == [fresh]


def test_i4_two_entries_that_share_an_id_by_mistake_are_both_news() -> None:
    one = make_entry(id="same", link="https://a.org/1", title="One", summary="")
    other = make_entry(id="same", link="https://a.org/2", title="Two", summary="")
    assert new([one, other, one]) == [one, other]


def test_i4_a_feed_that_gives_every_entry_the_same_id_still_has_news() -> None:
    one, two, three = (story(number, id="0") for number in (1, 2, 3))
    assert new([three, two], [one], [two, one]) == [three]


@pytest.mark.parametrize("link", ["https://a.org/", "https://a.org/warnings"])
def test_i4_a_feed_that_links_every_entry_to_one_page_still_has_news(link: str) -> None:
    one, two, three = (story(number, link=link) for number in (1, 2, 3))
    assert new([three], [two, one]) == [three]


def test_i4_the_parts_of_a_live_blog_are_news_each() -> None:
    one, two = (story(number, link=f"https://a.org/live#block-{number}") for number in (1, 2))
    assert new([two, one], [one]) == [two]


def test_i4_an_item_edited_fifty_times_is_news_once() -> None:
    edits = [
        [make_entry(title=f"Talks, version {number}", summary=f"So far {number} statements.")]
        for number in range(50)
    ]
    assert [new(edit, *edits[:at]) for at, edit in enumerate(edits) if at] == [[]] * 49


def test_i5_a_feed_that_flaps_between_two_versions_has_no_news() -> None:
    one, other = [story(1), story(2)], [story(3), story(4)]
    assert new(one, one, other, one, other) == []


@pytest.mark.parametrize(
    "published",
    [datetime(9999, 12, 31, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC), None],
    ids=["the end of time", "its beginning", "none"],
)
def test_i8_dates_never_decide_what_is_new(published: datetime | None) -> None:
    odd = story(1, published=published)
    assert (new([story(2), odd], [odd]), new([odd])) == ([story(2)], [odd])


def test_weather_every_day_is_news_every_day() -> None:
    monday = make_entry(id="mo", link="https://a.org/mo", title="Weather", summary="")
    tuesday = make_entry(id="tu", link="https://a.org/tu", title="Weather", summary="")
    assert new([tuesday], [monday]) == [tuesday]


def test_a_bulletin_with_the_same_words_every_hour_is_news_every_hour() -> None:
    words = {"title": "The news in a hundred seconds", "summary": "The most important, in brief."}
    one, two, three = (story(number, **words) for number in (1, 2, 3))
    assert (new([two, one], [one]), new([three, two], [one], [two, one])) == ([two], [three])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a.org/x?b=2&a=1", "https://www.a.org/x/?a=1&b=2", True),
        ("https://a.org/x?id=1", "https://a.org/x?id=2", False),
        ("https://a.org/x#top", "https://a.org/x", True),
        ("https://a.org/x#post-1", "https://a.org/x#post-2", False),
        ("https://a.org:443/x", "http://a.org:80/x", True),
    ],
)
def test_addresses_are_compared_without_what_does_not_matter(
    one: str, other: str, *, same: bool
) -> None:
    assert (canonical_link(one) == canonical_link(other)) is same


entries = st.builds(
    Entry,
    id=st.text(min_size=1, max_size=3),
    title=st.text(max_size=30),
    link=st.sampled_from(
        [None, "https://a.org/", "https://a.org/1", "http://[", "https://b.org/?"]
    ),
    summary=st.text(max_size=60),
)


@given(st.lists(entries, max_size=6), st.data())
def test_what_was_shown_is_never_news_again_whatever_else_is_left_of_it(
    found: list[Entry], data: st.DataObject
) -> None:
    left = data.draw(st.lists(st.sampled_from(found), max_size=6)) if found else []
    assert (new(found, found), new(left, found)) == ([], [])
