"""What rivals lose of feeds, or repeat: from the publisher's XML to messages in Telegram.

All rows of the measurements of three other bots are in `tests/test_rivals_map.py`.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from bot.domain.errors import FetchError
from bot.domain.grammar import parse
from bot.domain.matching import Index, document_of
from bot.rendering.sentences import Sentences
from tests.builders import make_article
from tests.services.newsstand import Item, Newsstand, item, open_newsstand

LONG = "a headline without an end, " * 200  # 5,400 characters


@pytest.fixture
async def stand(tmp_path: Path, sentences: Sentences) -> AsyncIterator[Newsstand]:
    async with open_newsstand(tmp_path, sentences) as opened:
        yield opened


def told(texts: Sequence[str]) -> Counter[int]:
    """How often each item was told, by its number."""
    return Counter(int(number) for text in texts for number in re.findall(r"No\. (\d+):", text))


AWKWARD: dict[str, Callable[[int], Item]] = {
    "less than": lambda n: item(n, title=f"No. {n}: 1 < 2"),
    "a heart": lambda n: item(n, title=f"<3 No. {n}: the heart of the talks"),
    "a tag": lambda n: item(n, title=f"<i>No. {n}: italics never end"),
    "signs": lambda n: item(n, title=f'No. {n}: Q&A &amp; "so" on & </b>'),
    "right to left": lambda n: item(n, title=f"No. {n}: \u202eمحادثات\u202c في جنيف"),
    "a family": lambda n: item(n, title=f"No. {n}: 👩‍👩‍👧‍👦🏳️‍🌈"),
    "no title": lambda n: item(n, title="", description=f"No. {n}: the talks go on."),
    "a quote in the link": lambda n: item(n, link=f'https://news.example.org/{n}?a="b"'),
    "no link": lambda n: item(n, link="", guid=f"talks-{n}"),
    "a long title": lambda n: item(n, title=f"No. {n}: {LONG}"),
}


async def test_ten_awkward_titles_and_links_arrive_each_once(stand: Newsstand) -> None:
    items = [make(number) for number, make in enumerate(AWKWARD.values(), 1)]
    await stand.poll(item(99))
    said = [await stand.poll(item(99), *items[:last]) for last in range(1, 11)]
    assert [told(texts) for texts in said] == [{number: 1} for number in range(1, 11)]
    assert stand.refused() == []


async def test_three_good_items_arrive_beside_a_bad_one_and_so_does_it(stand: Newsstand) -> None:
    await stand.poll(item(99))
    for first, (kind, make) in zip(range(100, 200, 4), AWKWARD.items(), strict=False):
        numbers = range(first, first + 4)
        said = await stand.poll(make(first), *map(item, numbers[1:]), item(99))
        assert (kind, told(said), stand.refused()) == (kind, dict.fromkeys(numbers, 1), [])


async def test_ten_long_titles_in_one_poll_are_all_told(stand: Newsstand) -> None:
    await stand.poll(item(99))
    said = await stand.poll(*(item(n, title=f"No. {n}: {LONG}") for n in range(1, 11)), item(99))
    assert (told(said), stand.refused()) == (dict.fromkeys(range(1, 11), 1), [])


async def test_an_item_without_a_date_rings_beside_one_that_has_it(stand: Newsstand) -> None:
    await stand.poll(item(99))
    said = await stand.poll(item(1, pubDate=""), item(2), item(99))
    assert told(said) == {1: 1, 2: 1}


KNOWN = [item(number) for number in range(30)]
CHURN: dict[str, Callable[[Item], Item]] = {
    "new guids": lambda one: one | {"guid": f"build-7-{one['guid'][-2:]}"},
    "guids under https": lambda one: one | {"guid": one["guid"].replace("https", "http")},
    "tracking": lambda one: one | {"link": f"{one['link']}?utm_source=rss&utm_medium=feed"},
    "tracking in guids": lambda one: one | {"guid": f"{one['guid']}?utm_source=rss"},
    "dates moved": lambda one: one | {"pubDate": "Sun, 09 Jan 2022 11:00:00 GMT"},
    "dates gone": lambda one: {name: text for name, text in one.items() if name != "pubDate"},
}


@pytest.mark.parametrize("churn", CHURN.values(), ids=CHURN)
async def test_thirty_known_items_that_churn_ring_nobody_and_a_new_one_rings(
    stand: Newsstand, churn: Callable[[Item], Item]
) -> None:
    await stand.poll(*KNOWN)
    churned = [churn(one) for one in KNOWN]
    again, then = await stand.poll(*churned), await stand.poll(item(31), *churned)
    assert (again, told(then)) == ([], {31: 1})


async def test_one_http_500_and_then_the_same_feed_rings_nobody(stand: Newsstand) -> None:
    await stand.poll(*KNOWN)
    failure = FetchError("server-error", "HTTP 500", status=500)
    said = [await stand.poll(failure=failure), await stand.poll(*KNOWN)]
    assert (said, told(await stand.poll(item(31), *KNOWN))) == ([[], []], {31: 1})


async def test_a_new_subscription_to_a_hundred_old_items_rings_nobody(stand: Newsstand) -> None:
    assert await stand.poll(*(item(number) for number in range(100))) == []


async def test_a_hundred_new_items_in_one_poll_are_all_told_in_few_messages(
    stand: Newsstand,
) -> None:
    await stand.poll(item(999))
    said = await stand.poll(*(item(number) for number in range(100)), item(999))
    assert (told(said), len(said)) == (dict.fromkeys(range(100), 1), 6)


TITLES: dict[str, tuple[str, ...]] = {
    "Geneva talks begin": ("phrase", "both", "one"),
    "GENEVA TALKS resume": ("phrase", "both", "one"),
    "Geneva-talks collapse": ("phrase", "both", "one"),
    "Geneva  talks open": ("phrase", "both", "one"),
    "New Geneva talks, old": ("phrase", "both", "one"),
    "Geneva’s talks drag on": ("phrase", "both", "one"),
    "Envoys land: in Geneva talks resumed": ("phrase", "both", "one"),
    "Talks in Geneva": ("both", "one"),
    "A talk in Geneva": ("both", "one"),
    "Delegates leave Geneva: talks off": ("both", "one"),
    "Vienna talks begin": ("one",),
    "Geneva waits": (),
    "Geneva talkshow is over": (),
    "Geneva talksport on air": (),
}
"""The fourteen titles, and which of the three subscriptions each of them rings for."""

ASKED = {"phrase": parse('"Geneva talks"'), "both": parse("Geneva talks"), "one": parse("talks")}


@pytest.mark.parametrize("title", TITLES)
def test_a_keyword_rings_for_its_words_and_for_nothing_that_only_looks_like_them(
    title: str,
) -> None:
    index = Index()
    for query in ASKED.values():
        index.add(query)
    met = index.match(document_of(make_article(title=title, summary="", language="en")))
    assert {name for name, query in ASKED.items() if query.id in met} == set(TITLES[title])
