"""The language of an entry, by its feed's word, its script and its words."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.domain.model import Entry, Feed
from bot.sources.feeds import FeedWorkers
from bot.sources.languages import Detector
from tests.builders import make_entry

DATA = Path(__file__).parents[1] / "data"


def labelled() -> list[tuple[str, Entry]]:
    """Articles of known language: headline and summary."""
    text = (DATA / "languages.txt").read_text("utf-8")
    rows = [row.split(" | ") for row in text.splitlines() if not row.startswith("#")]
    return [(language, make_entry(title=one, summary=other)) for language, one, other in rows]


def language_of(detector: Detector, entry: Entry, prior: str | None) -> str | None:
    """Of an entry that is alone in a feed which says `prior`."""
    feed = Feed(title="T", link=None, language=prior, format="rss20", entries=(entry,))
    return detector.of_feed(feed).entries[0].language


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
        if (found := language_of(detector, one, prior)) != language
    ]
    assert len({one.title for _, one in every}) == len({one.summary for _, one in every}) == 300
    assert len({language for language, _ in every}) == 15
    assert len(wrong) <= 0.01 * len(every), wrong


def test_the_main_process_never_imports_the_classifier_nor_its_model() -> None:
    program = "import sys, bot.__main__, bot.app; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    loaded = set(done.stdout.decode().split())
    assert "bot.app" in loaded
    assert loaded & {"py3langid", "numpy"} == set()


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
    assert language_of(detector, make_entry(title=title, summary=""), said) == expected


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
