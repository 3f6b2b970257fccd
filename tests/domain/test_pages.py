"""When an article's page is worth a request, and what of it completes the article."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.model import Section
from bot.domain.pages import Page, completed, is_thin, wants_page
from tests.builders import NOW, make_article

TITLE = "Moscow rules out concessions before talks"
LEDE = "Shortly before the meeting, Moscow again calls for binding security agreements with NATO."
LONG = "Delegates of NATO and Russia meet in Geneva on Monday, and nobody expects an agreement."


@pytest.mark.parametrize(
    ("summary", "thin"),
    [
        ("", True),
        ("Delegates meet in Geneva.", True),
        (TITLE, True),
        (f"{TITLE}. Talks begin.", True),
        (f"{TITLE} – {LONG}", False),
        (f"{LONG} Talks …", True),
        (f"{LONG} Talks [...]", True),
        (f"{LONG} Talks [\u2026]", True),
        (f"{LONG} Read more", True),
        (f"{LONG} Continue reading…", True),
        (f"{LONG} Weiterlesen »", True),
        (f"{LONG} Lire la suite", True),
        (f"{LONG} Читать далее", True),
        (LONG, False),
        (f"{LONG} »Nobody«, he says, »expects more.«", False),
        ("代表团周一在日内瓦举行会谈，双方都没有期待达成协议，外交官表示谈判将持续。", False),
        ("代表团周一在日内瓦举行会谈。", True),
    ],
)
def test_a_summary_is_thin_if_it_is_missing_short_cut_or_the_title(
    summary: str, *, thin: bool
) -> None:
    assert is_thin(TITLE, summary) == thin


def test_a_post_without_a_title_is_whole_unless_it_is_cut() -> None:
    posts = ("Talks begin.", "", "Delegates of NATO and Russia meet …")
    assert [is_thin("", post) for post in posts] == [False, True, True]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"summary": ""}, True),
        ({"summary": LONG}, False),
        ({"summary": "", "link": None}, False),
        ({"summary": "", "link": "https://news.example.org/"}, False),
        ({"summary": "", "link": "https://news.example.org/talk.mp3?x=1"}, False),
        ({"summary": "", "lede": ""}, False),
        ({"summary": "", "lede": LEDE}, False),
    ],
)
def test_a_page_is_asked_for_once_and_only_where_it_can_help(
    changes: dict[str, str | None], *, wanted: bool
) -> None:
    assert wants_page(make_article(**changes)) == wanted


def test_an_article_is_completed_by_its_page_and_keeps_what_the_feed_said() -> None:
    page = Page(
        headline=TITLE,
        lede=LEDE,
        published=NOW - timedelta(hours=1),
        section=Section.POLITICS,
        image="https://news.example.org/talks.jpg",
        authors=("Christina Hebel",),
        is_article=True,
    )
    bare = make_article(summary="", published=None)
    full = make_article(summary="", section=Section.WORLD, authors=("dpa",), image="https://x.y/z")
    assert completed(bare, page) == make_article(
        summary="",
        lede=LEDE,
        published=NOW - timedelta(hours=1),
        section=Section.POLITICS,
        image="https://news.example.org/talks.jpg",
        authors=("Christina Hebel",),
    )
    assert completed(full, page) == make_article(
        summary="", section=Section.WORLD, authors=("dpa",), image="https://x.y/z", lede=LEDE
    )


@pytest.mark.parametrize(
    ("page", "lede"),
    [
        (Page(headline=TITLE, lede=LEDE, is_article=True), LEDE),
        (Page(headline="Something else", lede=LEDE, is_article=True), LEDE),
        (Page(headline="Moscow: no concessions before the talks", lede=LEDE), LEDE),
        (Page(headline="The Example: news from everywhere", lede="All the news."), ""),
        (Page(headline=TITLE, lede=LEDE, is_article=True, wall="paywall"), ""),
        (Page(headline=TITLE, lede=LEDE, is_article=True, wall="consent"), ""),
        (Page(headline=TITLE, lede=TITLE.upper(), is_article=True), ""),
        (Page(headline=TITLE, lede="Talks.", is_article=True), ""),
        (None, ""),
    ],
    ids=[
        *("an article", "another headline", "akin", "a front page's slogan", "paywall"),
        *("consent", "the title again", "poorer than the feed", "no page"),
    ],
)
def test_the_lede_is_the_pages_own_and_no_walls(page: Page | None, lede: str) -> None:
    article = make_article(title=TITLE, summary="Talks in Geneva.")
    assert completed(article, page).lede == lede


@pytest.mark.parametrize(
    ("said", "exact", "shown"),
    [
        (None, NOW, NOW),
        (datetime(2022, 1, 9, tzinfo=UTC), NOW, NOW),
        (datetime(2022, 1, 5, tzinfo=UTC), NOW, datetime(2022, 1, 5, tzinfo=UTC)),
        (NOW - timedelta(minutes=5), NOW, NOW - timedelta(minutes=5)),
        (None, NOW + timedelta(hours=1), None),
        (None, None, None),
    ],
    ids=["no date", "a day alone", "another day", "an exact time", "a future", "nothing"],
)
def test_the_time_is_the_pages_where_the_feed_has_none_or_a_day_alone(
    said: datetime | None, exact: datetime | None, shown: datetime | None
) -> None:
    page = Page(headline=TITLE, published=exact, is_article=True)
    assert completed(make_article(published=said), page).published == shown
