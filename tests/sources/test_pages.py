"""What pages say about themselves: JSON-LD, OpenGraph, walls, and pages that mean no good."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Section
from bot.domain.pages import MOST_LEDE, Page
from bot.domain.robots import NOTHING
from bot.sources.feeds import FeedWorkers
from bot.sources.pages import page_of

URL = "https://news.example.org/politics/talks-1.html"
TITLE = "Russia rules out concessions before talks"
LEDE = "Shortly before the meeting, Moscow is again calling for binding security agreements."
TEXT = "<p>" + "Representatives from Washington and Moscow want to talk. " * 10 + "</p>"
AT = datetime(2022, 1, 9, 10, 57, 14, tzinfo=UTC)
ARTICLE: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": TITLE,
    "description": LEDE,
    "datePublished": "2022-01-09T11:57:14+01:00",
    "articleSection": "Politik",
    "image": [{"@type": "ImageObject", "url": "/talks.jpg"}],
    "author": [{"@type": "Person", "name": "Christina Hebel"}, {"name": "dpa"}],
}
WHOLE = Page(
    headline=TITLE,
    lede=LEDE,
    published=AT,
    section=Section.POLITICS,
    image="https://news.example.org/talks.jpg",
    authors=("Christina Hebel", "dpa"),
    is_article=True,
)


def page(head: str, body: str = TEXT) -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def said(head: str, body: str = TEXT, content_type: str | None = None) -> Page:
    return page_of(page(head, body), content_type, URL)


def ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def og(**values: str) -> str:
    return "".join(
        f'<meta property="{name.replace("_", ":", 1)}" content="{value}">'
        for name, value in values.items()
    )


@pytest.mark.parametrize(
    "block",
    [
        ARTICLE,
        [{"@type": "Organization", "name": "X", "description": "A paper."}, ARTICLE],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, ARTICLE]},
        {"@type": "WebPage", "description": "A page.", "mainEntity": ARTICLE},
        ARTICLE | {"@type": ["Article", "ReportageNewsArticle"]},
        ARTICLE | {"@type": "http://schema.org/LiveBlogPosting"},
        [{"@type": "ItemList", "itemListElement": [ARTICLE | {"headline": "Other"}]}, ARTICLE],
        [ARTICLE | {"headline": "Quite another matter", "description": "Not this."}, ARTICLE],
        ARTICLE | {"hasPart": [ARTICLE | {"isAccessibleForFree": False}]},
    ],
    ids=[
        *("alone", "in an array", "in a graph", "nested", "two types", "an IRI"),
        *("beside a list", "beside another article", "with parts"),
    ],
)
def test_json_ld_is_found_wherever_it_stands(block: object) -> None:
    assert said(f"<title>{TITLE} - The Paper</title>{ld(block)}") == WHOLE


@pytest.mark.parametrize(
    "script",
    [
        "<script type='application/ld+json'>{broken</script>" + ld(ARTICLE),
        '<script type="application/ld+json"></script>' + ld(ARTICLE),
        f'<SCRIPT data-x="1" TYPE=application/ld+json>\n<!-- {json.dumps(ARTICLE)} -->\n</SCRIPT>',
        f'<script type="application/ld+json">//<![CDATA[\n{json.dumps(ARTICLE)};\n//]]></script>',
        ld(ARTICLE).replace("Shortly before", "Shortly\\nbefore").replace("\\n", "\n"),
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>" + ld(ARTICLE),
    ],
    ids=["broken JSON first", "empty", "in a comment", "in CDATA", "raw line breaks", "nested"],
)
def test_broken_json_ld_is_skipped_and_sloppy_one_is_read(script: str) -> None:
    assert said(f"<title>{TITLE}</title>{script}") == WHOLE


def test_opengraph_says_the_same_where_there_is_no_json_ld() -> None:
    head = og(
        og_type="article",
        og_title=TITLE,
        og_description=LEDE,
        og_image="https://news.example.org/talks.jpg",
        article_section="politics",
        article_published_time="2022-01-09T10:57:14Z",
    )
    assert said(f'{head}<meta name="author" content="Christina Hebel">') == Page(
        headline=TITLE,
        lede=LEDE,
        published=AT,
        section=Section.POLITICS,
        image="https://news.example.org/talks.jpg",
        authors=("Christina Hebel",),
        is_article=True,
    )


def test_what_json_ld_does_not_say_the_meta_tags_do() -> None:
    bare = {"@type": "NewsArticle", "headline": TITLE, "author": "dpa", "articleSection": ["Kino"]}
    found = said(og(og_description=LEDE, og_image="/a.jpg") + ld(bare))
    assert (found.lede, found.image, found.authors, found.section) == (
        LEDE,
        "https://news.example.org/a.jpg",
        ("dpa",),
        Section.CULTURE,
    )


def test_an_article_that_describes_itself_nowhere_has_its_first_paragraph() -> None:
    body = f"<p>Photo: AFP</p><p class='lede'>{LEDE} <b>Now</b>.</p>{TEXT}"
    found = said(og(og_type="article", og_title=TITLE), body)
    assert found.lede == f"{LEDE} Now."


def test_a_page_that_is_no_article_has_no_first_paragraph_and_says_so() -> None:
    found = said(f"<title>{TITLE}</title>")
    assert (found.lede, found.is_article, found.headline) == ("", False, TITLE)


@pytest.mark.parametrize(
    ("date", "exact"),
    [
        ("2022-01-09T10:57:14Z", AT),
        ("2022-01-09T11:57:14+01:00", AT),
        ("2022-01-09T11:57:14+0100", AT),
        ("2022-01-09 10:57:14 +00:00", AT),
        ("2022-01-09", None),
        ("1970-01-01T00:00:00Z", None),
        ("2022-01-09T10:57:14", None),
        ("soon", None),
    ],
)
def test_only_a_time_with_its_zone_is_exact(date: str, exact: datetime | None) -> None:
    assert said(ld(ARTICLE | {"datePublished": date})).published == exact


def test_no_date_is_invented_from_a_footer() -> None:
    assert said(og(og_type="article"), f"{TEXT}<footer>(c) 2022</footer>").published is None


def test_the_full_text_in_a_description_becomes_a_lede() -> None:
    whole = said(ld(ARTICLE | {"description": "Representatives talk. " * 200})).lede
    assert (len(whole) <= MOST_LEDE, whole.endswith("talk.…")) == (True, True)


def test_texts_are_plain() -> None:
    dirty = "<b>Tom</b> &amp; Ann\u0000 <br>meet"
    assert said(ld(ARTICLE | {"description": dirty})).lede == "Tom & Ann meet"


@pytest.mark.parametrize(
    ("head", "body", "wall"),
    [
        (ld(ARTICLE | {"isAccessibleForFree": False}), TEXT, "paywall"),
        (ld(ARTICLE | {"isAccessibleForFree": "False"}), TEXT, "paywall"),
        (ld(ARTICLE | {"isAccessibleForFree": True}), TEXT, None),
        (og(og_title=TITLE), "<h1>We value your privacy</h1><p>Accept all cookies</p>", "consent"),
        (og(og_title=TITLE), "<p>Mit Werbung weiterlesen? Zustimmen</p>", "consent"),
        (og(og_title=TITLE), "<p>To go on reading, subscribe now for 1 €.</p>", "paywall"),
        (og(og_title=TITLE), f"{TEXT}<p>We use cookies. Subscribe!</p>", None),
        (ld(ARTICLE), "<p>Accept all cookies</p>", None),
        (
            og(og_title=TITLE) + "<script>cookie()</script>",
            "<p>Short news.</p><script>'subscribe';</script>",
            None,
        ),
    ],
    ids=[
        *("paid", "paid, in words", "free", "consent", "Zustimmung", "paywall", "banner"),
        *("banner over an article", "words in scripts"),
    ],
)
def test_walls_are_recognised(head: str, body: str, wall: str | None) -> None:
    assert said(head, body).wall == wall


@pytest.mark.parametrize(
    ("charset", "header"),
    [("windows-1251", None), ("windows-1251", "text/html"), ("utf-8", "text/html; charset=utf-8")],
)
def test_the_charset_is_the_pages_own_where_the_server_names_none(
    charset: str, header: str | None
) -> None:
    text = f'<meta charset="{charset}"><title>Мир в Женеве</title>'
    assert page_of(text.encode(charset), header, URL).headline == "Мир в Женеве"


@given(st.text(alphabet="<>/=\"'{}[]:,metascrpld+jon content@type Artic", max_size=300))
def test_no_page_raises_anything(text: str) -> None:
    wrapped = f'<script type="application/ld+json">{text}</script><meta {text}>{text}'
    assert isinstance(page_of(wrapped.encode(), None, URL), Page)


@pytest.mark.parametrize("odd", ['<meta "><![[x">', '<meta a="x"b"><![[x">', '<meta a="><b">'])
def test_a_tag_that_html_reads_otherwise_costs_no_other(odd: str) -> None:
    text = f'{odd}<meta property="og:title" content="Talks in Geneva">'
    assert page_of(text.encode(), None, URL).headline == "Talks in Geneva"


HOSTILE = {
    "metas without end": "<meta " * 160_000,
    "quotes without end": '<meta "' * 140_000,
    "scripts without end": '<script type="application/ld+json">' * 28_000,
    "closed scripts": '<script type="application/ld+json">{}</script>' * 20_000,
    "paragraphs without end": "<p>a" * 250_000,
    "deep JSON": ld([[[[[[[[[[[[ARTICLE]]]]]]]]]]]] * 1_000),
    "wide JSON": ld([{"@type": "X"}] * 50_000),
    "comments without end": "<!--" * 250_000,
}


async def test_p3_a_hostile_page_says_nothing_and_costs_its_worker_at_most() -> None:
    async with FeedWorkers(count=1, seconds=2) as workers:
        ledes = {
            kind: (await workers.page(text.encode(), "text/html", URL)).lede
            for kind, text in HOSTILE.items()
        }
        after = await workers.page(page(ld(ARTICLE)), "text/html", URL)
    assert (ledes, after.lede) == (dict.fromkeys(HOSTILE, ""), LEDE)


async def test_pages_and_rules_are_read_in_the_worker() -> None:
    async with FeedWorkers(count=1) as workers:
        found = await workers.page(page(ld(ARTICLE)), "text/html", URL)
        rules = await workers.robots(b"User-agent: Newsbell\nDisallow: /", None, "newsbell")
    assert (found, rules.rules) == (WHOLE, NOTHING.rules)
