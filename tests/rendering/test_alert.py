"""The alert as a person sees it, whatever a feed says (R1-R4)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Article, Delivery, Form, Section, Subscription
from bot.domain.places import Gather
from bot.rendering.alert import render_alert
from bot.rendering.digest import render_digest
from bot.rendering.inline import offers
from bot.rendering.lists import latest
from bot.rendering.sentences import Sentences, load_locales
from bot.web.views import entry_of
from tests.builders import NOW, make_alert, make_article, make_subscription
from tests.rendering.strict import accepted


def delivery(article: Article, *met: Subscription) -> Delivery:
    subscriptions = met or (make_subscription(),)
    return Delivery(alert=make_alert(), article=article, subscriptions=subscriptions)


def shown(article: Article, sentences: Sentences) -> str:
    return accepted(render_alert(delivery(article), sentences))[0]


@pytest.mark.parametrize(
    ("link", "image", "preview"),
    [
        (
            "https://news.example.org/1",
            "https://img.example.org/1.jpg",
            "https://news.example.org/1",
        ),
        (None, "https://img.example.org/1.jpg", "https://img.example.org/1.jpg"),
        ("tel:1", "javascript:alert(1)", None),
    ],
)
def test_r5_the_picture_is_the_preview_of_the_article_or_where_it_has_no_page_of_its_image(
    link: str | None, image: str, preview: str | None, sentences: Sentences
) -> None:
    message = render_alert(delivery(make_article(link=link, image=image)), sentences)
    assert message.preview == preview


def test_an_alert_in_full(sentences: Sentences) -> None:
    article = make_article(section=Section.POLITICS)
    message = render_alert(delivery(article), sentences)
    text, entities = accepted(message)
    assert text == (
        "🔔 NATO\n"
        "Moscow rules out concessions before talks\n"
        "Delegates of NATO and Russia meet in Geneva on Monday.\n"
        "Spiegel · 9 Jan 2022, 10:57 UTC · Politics"
    )
    assert [one["url"] for one in entities if "url" in one] == [article.link]
    assert (message.preview, message.keyboard[0][0].url) == (article.link, article.link)


def test_two_subscriptions_make_one_alert_that_names_both_and_sounds(sentences: Sentences) -> None:
    both = (make_subscription(), make_subscription(id=2, typed="Geneva talks", silent=True))
    message = render_alert(delivery(make_article(), *both), sentences)
    assert (message.text.split("\n")[0], message.silent) == ("🔔 NATO · Geneva talks", False)


def test_headline_form_leaves_the_lede_out(sentences: Sentences) -> None:
    quiet = make_subscription(form=Form.HEADLINE)
    assert "Delegates" not in render_alert(delivery(make_article(), quiet), sentences).text


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"title": "1 < 2 & <b>3</b>"}, "1 < 2 & <b>3</b>"),
        ({"title": ""}, "Delegates of NATO and Russia meet"),
        ({"title": "", "summary": ""}, "\nhttps://news.example.org/moscow-talks\n"),
        ({"title": "", "summary": "", "link": None}, "(no headline)"),
        ({"link": None}, "Moscow rules out"),
        ({"link": "javascript:alert(1)"}, "Moscow rules out"),
        ({"link": "http://localhost/x"}, "Moscow rules out"),
        ({"published": None}, "seen 9 Jan 2022, 10:57 UTC"),
        ({"published": NOW + timedelta(days=9)}, "seen 9 Jan 2022, 10:57 UTC"),
        ({"title": "\u202egnorw\u202c"}, "gnorw"),
        ({"title": "محادثات"}, "\u2068محادثات\u2069"),
    ],
)
def test_r4_whatever_a_feed_says_is_shown_as_text(
    changes: dict[str, object], part: str, sentences: Sentences
) -> None:
    text = shown(make_article(**changes), sentences)
    assert (part in text, "\u202e" in text) == (True, False)


def test_r2_a_headline_of_10_000_characters_is_cut_on_a_word(sentences: Sentences) -> None:
    headline = shown(make_article(title="word " * 2_000, summary=""), sentences).split("\n")[1]
    assert (headline.endswith("word…"), len(headline) <= 300) == (True, True)


def test_the_summary_is_a_lede_not_the_full_text(sentences: Sentences) -> None:
    article = make_article(summary="One. Two! Three? Four. Five.")
    assert "One. Two! Three?\n" in shown(article, sentences)


POST = {
    "title": "",
    "summary": "Moscow rules out any concession before the talks. Delegates of 30 states meet in "
    "Geneva on Monday.\nNo date is set for the next round, and nobody expects one.",
}
HEADLINE = "Moscow rules out any concession before the talks."
BELOW = (
    "Delegates of 30 states meet in Geneva on Monday. No date is set for the next round, and "
    "nobody expects one."
)


def test_a_post_without_a_title_is_headed_by_its_first_sentence_and_goes_on_below(
    sentences: Sentences,
) -> None:
    assert shown(make_article(**POST), sentences) == (
        f"🔔 NATO\n{HEADLINE}\n{BELOW}\nSpiegel · 9 Jan 2022, 10:57 UTC"
    )


def test_a_short_post_without_a_title_is_its_headline_alone(sentences: Sentences) -> None:
    post = make_article(title="", summary="Talks resume. No date is set.")
    assert shown(post, sentences) == (
        "🔔 NATO\nTalks resume. No date is set.\nSpiegel · 9 Jan 2022, 10:57 UTC"
    )


def test_a_title_that_is_the_cut_beginning_of_the_text_is_continued(sentences: Sentences) -> None:
    article = make_article(title="Delegates meet in Gen…", summary="Delegates meet in Geneva now.")
    assert shown(article, sentences).split("\n")[1:3] == ["Delegates meet in Gen…", "…Geneva now."]


def test_a_post_without_a_title_is_named_in_digests_lists_and_pages_by_the_same_words(
    sentences: Sentences,
) -> None:
    post = make_article(**POST)
    gathered = Delivery(
        alert=make_alert(gather=Gather.DAILY), article=post, subscriptions=(make_subscription(),)
    )
    entry, (offer,) = entry_of(post), offers([post], sentences)
    told = [
        accepted(message)[0]
        for message in (
            render_digest(gathered, sentences),
            latest([post], 0, False, sentences),
            offer.message,
        )
    ]
    assert (entry.title, entry.text, offer.title) == (HEADLINE, BELOW, HEADLINE)
    assert [(text.count("concession"), text.count("Delegates")) for text in told] == [
        (1, 0),
        (1, 0),
        (1, 1),
    ]


def test_an_article_without_a_word_is_named_by_its_address_everywhere(
    sentences: Sentences,
) -> None:
    bare = make_article(title="", summary="")
    (offer,) = offers([bare], sentences)
    assert [entry_of(bare).title, offer.title] == [bare.link, bare.link]


def test_a_summary_that_repeats_the_headline_is_left_out(sentences: Sentences) -> None:
    article = make_article(title="Talks resume", summary="TALKS RESUME")
    assert shown(article, sentences).count("alks") == 1


TEXT = st.text(max_size=300)
LINKS = st.none() | TEXT | TEXT.map(lambda tail: f"https://a.org/{tail}")
FEW_WORDS = load_locales(
    {
        "en": """
untitled = "-"
months = "1 2 3 4 5 6 7 8 9 10 11 12"
moment = "{month}"
alert_seen = "{when}"
alert_open = "Open"
alert_related = "Related"
"""
    }
)


@given(TEXT, TEXT, TEXT, LINKS, TEXT)
def test_r1_telegram_takes_every_alert(
    title: str, summary: str, source: str, link: str | None, typed: str
) -> None:
    article = make_article(title=title, summary=summary, source_title=source, link=link)
    one = delivery(article, make_subscription(typed=typed))
    text, _ = accepted(render_alert(one, FEW_WORDS.of("en")))
    assert text.startswith("🔔")
