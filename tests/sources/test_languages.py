"""The language of an entry, by its feed's word, its script and its words."""

import time
from pathlib import Path

import pytest

from bot.domain.model import Entry, Feed
from bot.sources.feeds import FeedWorkers
from bot.sources.languages import Detector
from tests.builders import make_entry

DATA = Path(__file__).parents[1] / "data"


def lines(name: str) -> list[list[str]]:
    text = (DATA / name).read_text("utf-8")
    return [row.split(" | ") for row in text.splitlines() if not row.startswith("#")]


def labelled() -> list[tuple[str, Entry]]:
    """Every headline of names.txt with every summary of its language: 345 articles."""
    return [
        (language, make_entry(title=headline, summary=summary))
        for language, headline, *_ in lines("names.txt")
        for other, summary in lines("summaries.txt")
        if language == other
    ]


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector()


@pytest.mark.parametrize("prior", [None, "en"])
def test_of_three_hundred_articles_in_fifteen_languages_99_percent_are_told_right(
    detector: Detector, prior: str | None
) -> None:
    every = labelled()
    wrong = [
        (language, one.title, found)
        for language, one in every
        if (found := detector.of_entry(one, prior)) != language
    ]
    assert len(every) >= 300
    assert len({language for language, _ in every}) == 15
    assert len(wrong) <= 0.01 * len(every), wrong


def test_an_entry_takes_a_millisecond_at_most(detector: Detector) -> None:
    every = [one for _, one in labelled()]
    started = time.process_time()
    for one in every:
        detector.of_entry(one, None)
    assert (time.process_time() - started) / len(every) <= 0.001 * 3  # a busy machine is slower


@pytest.mark.parametrize(
    ("title", "said", "expected"),
    [
        ("NATO", "de", "de"),  # too short to tell: the feed's word
        ("NATO", None, None),
        ("Elon Musk", "fr-CA", "fr-CA"),
        ("Die Regierung will am Montag entscheiden, ob sie geht", "de-AT", "de-AT"),
        ("Die Regierung will am Montag entscheiden, ob sie geht", "en-US", "de"),
        ("https://example.org/a/b 12:30", "pl", "pl"),
        ("สวัสดีประเทศไทย", "en", "th"),
        ("שלום לכולם היום", None, "he"),
    ],
)
def test_a_feeds_word_is_believed_where_nothing_speaks_against_it(
    detector: Detector, title: str, said: str | None, expected: str | None
) -> None:
    assert detector.of_entry(make_entry(title=title, summary=""), said) == expected


def test_a_feed_that_lies_about_its_language_is_outvoted_by_its_entries(
    detector: Detector,
) -> None:
    german = [one for language, one in labelled() if language == "de"][:6]
    short = make_entry(title="Berlin", summary="")
    feed = Feed(title="T", link=None, language="en-US", format="rss20", entries=(*german, short))
    assert {one.language for one in detector.of_feed(feed).entries} == {"de"}


async def test_a_worker_says_the_language_of_each_entry() -> None:
    item = "<item><title>{}</title><guid>{}</guid><description>{}</description></item>"
    texts = [(one.title, n, one.summary) for n, (_, one) in enumerate(labelled()[::60])]
    body = "".join(item.format(*text) for text in texts)
    document = f"<rss version='2.0'><channel><title>T</title>{body}</channel></rss>".encode()
    async with FeedWorkers(count=1) as workers:
        feed = await workers.parse(document, "application/rss+xml", "https://example.org/feed")
    expected = [language for language, _ in labelled()[::60]]
    assert [one.language for one in feed.entries] == expected
