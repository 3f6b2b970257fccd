"""What a feed says about being polled: ttl, its period, hours and days to leave out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.parsing import parse_feed
from bot.sources.rhythm import skipped

SYNDICATION = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"


def rss(head: str) -> bytes:
    item = "<item><title>A</title></item>"
    return f"<rss version='2.0' {SYNDICATION}><channel>{head}{item}</channel></rss>".encode()


def test_ttl_is_a_wish_in_minutes_and_the_period_a_habit_in_seconds() -> None:
    head = (
        "<ttl>30</ttl><sy:updatePeriod>daily</sy:updatePeriod>"
        "<sy:updateFrequency>4</sy:updateFrequency>"
    )
    feed = parse_feed(rss(head), None, "")
    assert (feed.ttl, feed.period) == (1_800, 21_600)


@pytest.mark.parametrize(
    ("head", "hours", "days"),
    [
        ("<skipHours><hour>0</hour><hour> 23 </hour><hour>5</hour></skipHours>", (0, 5, 23), ()),
        ("<skipHours><hour>24</hour></skipHours>", (0,), ()),
        ("<skipDays><day>Sunday</day><day>saturday</day></skipDays>", (), (5, 6)),
        ("<skipDays><day>Someday</day></skipDays><skipHours></skipHours>", (), ()),
        ("<skipHours><hour>3</hour>", (), ()),
        ("".join(["<skipHours>", *(f"<hour>{n}</hour>" for n in range(24)), "</skipHours>"]),
         (), ()),
    ],
    ids=["hours", "24 is midnight", "days", "unknown", "never closed", "all of them: none"],
)  # fmt: skip
def test_hours_and_days_to_leave_out(
    head: str, hours: tuple[int, ...], days: tuple[int, ...]
) -> None:
    feed = parse_feed(rss(head), None, "")
    assert (feed.skip_hours, feed.skip_days) == (hours, days)


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(noise: str) -> None:
    hours, days = skipped(f"<skipHours>{noise}</skipHours><skipDays>{noise}</skipDays>")
    assert set(hours) <= set(range(24))
    assert set(days) <= set(range(7))
