"""Headlines of posts without a title, and the text below a headline: nothing is said twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.documents import document_of
from bot.domain.grammar import parse
from bot.domain.headlines import LONGEST, beginning, headline_of, rest_of
from bot.domain.identity import Document
from bot.domain.matching import explain
from bot.domain.model import Entry
from bot.domain.trends import terms_of
from tests.builders import make_article, make_entry

LINK = "https://news.example.org/moscow-talks"
SENTENCE = "Moscow rules out any concession before the talks."
REMEMBERED = (
    "1i48c1138af60d32cc8f5ccf88",
    "1l96a30e54354c383f8ed4d701",
    "1t7a3fa2b1eebdd3cda9e5d75a",
    "1b61bb55ac87b82de1fed490e5",
    "1i7c0319ae28f2a2a69472caa2",
    "1l92a8763fc63e9450884efdc0",
    "1b478ee9d5551a63c7c6db1571",
    "1ic540b3cd13195e841c0b87d1",
    "1bd3d702b9f54befdb4405707b",
)
"""Keys of the three entries below, as they were computed before headlines were made."""

TO_THE_SENATE = "Nobody spoke of concessions to the U.S. Senate, and least of all Dr. Smith,"
WORDS = "The alliance and Moscow meet in Geneva on Monday"
LONG = f"{WORDS} " * 4


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": "Moscow rules out concessions"}, "Moscow rules out concessions"),
        ({"title": "", "summary": "Talks resume.\nNo date yet."}, "Talks resume. No date yet."),
        ({"title": "", "summary": ""}, LINK),
        ({"title": " ", "summary": "", "link": None}, ""),
    ],
    ids=["its own", "the text", "the address", "nothing"],
)
def test_a_headline_is_the_title_else_the_text_else_the_address(
    changes: dict[str, str | None], expected: str
) -> None:
    found = headline_of(make_entry(**{"link": LINK} | changes))
    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{SENTENCE} {LONG}", SENTENCE),
        (f"Live: {SENTENCE[:-1]}\n{LONG}", f"Live: {SENTENCE[:-1]}"),
        (f"Breaking\n{SENTENCE}\n{LONG}", f"Breaking {SENTENCE}"),
        (f"“{SENTENCE[:-1]}!” {LONG}", f"“{SENTENCE[:-1]}!”"),
        (f"{TO_THE_SENATE} {LONG}", f"{TO_THE_SENATE} {WORDS} The alliance…"),
        (LONG, f"{WORDS} {WORDS} {WORDS.removesuffix(' Monday')}…"),
        ("日内瓦会谈在星期一继续举行，" * 3 + "各方均未让步。" + "联盟说会谈会继续。" * 20,
         "日内瓦会谈在星期一继续举行，" * 3 + "各方均未让步。"),
        ("x" * 500, "x" * (LONGEST - 1) + "…"),
        ("👨‍👩‍👧" * 100, "👨‍👩‍👧" * 56 + "…"),
    ],
    ids=[
        "a sentence", "a line", "lines that say too little alone", "a quotation", "abbreviations",
        "words", "Chinese", "one endless word", "whole graphemes",
    ],
)  # fmt: skip
def test_a_long_text_gives_a_sentence_a_line_or_its_first_words(text: str, expected: str) -> None:
    assert beginning(text) == expected


@pytest.mark.parametrize(
    ("text", "headline", "expected"),
    [
        (f"{SENTENCE} Nobody moved.", SENTENCE, "Nobody moved."),
        ("Talks resume", "TALKS RESUME", ""),
        ("Talks resume.", "Talks resume", ""),
        ("Talks resume...", "Talks resume…", ""),
        ("Talks resume in Geneva", "Talks resume…", "…in Geneva"),
        ("Talks resume in Geneva on Monday", "Talks resume in Gen…", "…Geneva on Monday"),
        ("Talks resume in Geneva on Monday", "Talks resume in...", "…Geneva on Monday"),
        ("Talksport is on the air", "Talks", "Talksport is on the air"),
        ("日内瓦会谈继续", "日内瓦", "会谈继续"),
        ("Moscow says no", "Talks resume", "Moscow says no"),
        ("Moscow says no", "", "Moscow says no"),
        ("x" * 300, "x" * 139 + "…", "…" + "x" * 161),
    ],
)
def test_a_text_goes_on_where_its_headline_ends(text: str, headline: str, expected: str) -> None:
    assert rest_of(text, headline) == expected


@given(st.text(alphabet="ab. \n…会。!?A", max_size=400) | st.text(max_size=400))
def test_a_headline_of_the_text_and_the_rest_say_every_word_once(text: str) -> None:
    headline = beginning(text)
    letters = [
        "".join(filter(str.isalnum, part)) for part in (headline, rest_of(text, headline), text)
    ]
    assert (letters[0] + letters[1], len(headline) <= 2 * LONGEST) == (letters[2], True)


def test_upgrading_rings_no_untitled_entry_again() -> None:
    """What was remembered of them by the versions that knew no headlines but titles."""
    post = Entry(id="https://social.example.org/@ada/1", title="", summary=SENTENCE, link=LINK)
    link_alone = Entry(id="https://links.example.org/2", title="", link=f"{LINK}/2")
    text_alone = Entry(id="newsbell:1:00ff", title="", summary="Talks resume.")
    document = Document([post, link_alone, text_alone])
    assert (document.shown(), document.new(set(REMEMBERED))) == (REMEMBERED, [])


@pytest.mark.parametrize(
    ("query", "field"),
    [("title:concession", "title"), ("concession", "title"), ("delegates", "summary")],
)
def test_the_headline_of_a_post_is_asked_like_any_other(query: str, field: str) -> None:
    post = make_article(title="", summary=f"{SENTENCE} Delegates of 30 states meet. {LONG}")
    hit = explain(parse(query), document_of(post))
    assert hit is not None
    assert [word.field for word in hit.words] == [field]


def test_what_stands_below_the_headline_of_a_post_is_not_in_its_title() -> None:
    post = make_article(title="", summary=f"{SENTENCE} Delegates of 30 states meet. {LONG}")
    assert explain(parse("title:delegates"), document_of(post)) is None


def test_the_words_of_an_address_are_nobodys_headline() -> None:
    link_alone = make_article(title="", summary="", link=LINK)
    assert explain(parse("moscow"), document_of(link_alone)) is None


def test_posts_count_in_trends_by_their_headlines() -> None:
    post = make_article(title="", summary=f"{SENTENCE} Delegates of 30 states meet. {LONG}")
    assert terms_of(document_of(post)) == terms_of(document_of(make_article(title=SENTENCE)))
