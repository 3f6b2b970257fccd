"""The alert as a person sees it, whatever a feed says (R1-R4)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Article, Delivery, Form, Section, Subscription
from bot.rendering.alert import render_alert
from bot.rendering.sentences import Sentences, load_locales
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
        ({"title": "", "summary": ""}, "(no headline)"),
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
