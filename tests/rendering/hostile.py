"""Alerts made of whatever feeds, people and translation engines may say."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from hypothesis import strategies as st

from bot.domain.message import Message
from bot.domain.model import Article, Delivery, Form, Place, Section, Translation
from bot.domain.places import Gather, Picture, PlaceSettings
from bot.rendering.alert import render_alert
from bot.rendering.digest import render_digest
from bot.rendering.sentences import Locales, load_locales
from tests.builders import make_alert, make_article, make_subscription

NASTY = (
    "<b>", "</a>", "<", "&", "&amp;", "&#0;", "&lt;script&gt;", '"', "\u202e", "\u2066", "\u200f",
    "e\u0301\u0302\u0303\u0304\u0305", "\x00", "\r\n", "\t", "@everyone", "/start", "tg://user?id=1",
    "javascript:alert(1)", "👩‍👩‍👧‍👦", "🏳️‍🌈", "𝕏", "ﷺ", "\ufeff", "\ufffe", "العربية", "漢字", "̈",
)  # fmt: skip
TEXT = st.text(max_size=200) | st.lists(st.sampled_from(NASTY), max_size=40).map("".join)
LONG = TEXT | st.integers(1, 9_000).map(lambda count: "word " * count)
LINKS = st.none() | TEXT | TEXT.map(lambda tail: f"https://news.example.org/{tail}")
MOMENTS = st.none() | st.datetimes(timezones=st.just(UTC), min_value=datetime(2, 1, 1))


@dataclass(frozen=True, slots=True)
class Said:
    """A delivery and the locale of its chat."""

    delivery: Delivery
    locale: str


@st.composite
def articles(draw: st.DrawFn) -> Article:
    return make_article(
        title=draw(LONG),
        summary=draw(LONG),
        source_title=draw(TEXT),
        link=draw(LINKS),
        published=draw(MOMENTS),
        section=draw(st.none() | st.sampled_from(Section)),
        language=draw(st.none() | st.sampled_from(["de", "ar", "zh", "xx"])),
        image=draw(LINKS),
    )


@st.composite
def _single(draw: st.DrawFn, place: Place) -> Delivery:
    met = draw(st.lists(TEXT, min_size=1, max_size=3))
    forms = st.sampled_from(Form)
    return Delivery(
        alert=make_alert(place=place),
        article=draw(articles()),
        subscriptions=tuple(make_subscription(typed=one, form=draw(forms)) for one in met),
        settings=PlaceSettings(
            picture=draw(st.sampled_from(Picture)), buttons=draw(st.booleans())
        ),
        others=tuple(draw(st.lists(articles(), max_size=4))),
        translation=draw(
            st.none()
            | st.builds(Translation, title=LONG, lede=LONG, language=st.just("de"), engine=TEXT)
        ),
    )


@st.composite
def deliveries(draw: st.DrawFn) -> Said:
    """One alert, or up to 95 that were gathered, in any locale."""
    place = draw(st.sampled_from([Place(7), Place(-100_9, 3)]))
    first = draw(_single(place))
    gather = draw(st.sampled_from(list(Gather)))
    if gather.together:
        rest = draw(st.lists(_single(place), min_size=1, max_size=3))
        rest *= draw(st.sampled_from([6, 31]))
        alert = replace(first.alert, gather=gather)
        first = replace(first, alert=alert, rest=tuple(rest))
    return Said(first, draw(st.sampled_from(["en", "de", "es", "fr", "ru", "uk", "ar", "zh"])))


def spoken(one: Said) -> Message:
    """The message, as delivery makes it."""
    texts = shipped().of(one.locale)
    if one.delivery.rest:
        return render_digest(one.delivery, texts)
    return render_alert(one.delivery, texts, "newsbell_bot")


@cache
def shipped() -> Locales:
    folder = files("bot.rendering").joinpath("locales")
    return load_locales(
        {one.name.removesuffix(".toml"): one.read_text("utf-8") for one in folder.iterdir()}
    )
