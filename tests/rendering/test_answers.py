"""What the bot answers is taken by Telegram, whatever strangers wrote, and says what to do."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest

from bot.domain.callbacks import Verb, decode
from bot.domain.choices import Setting
from bot.domain.errors import FETCH_CODES, FetchError, LimitReached, QueryError
from bot.domain.faults import Complaint, Fault, packed
from bot.domain.figures import Freshness, Preview, Proposal
from bot.domain.grammar import parse
from bot.domain.imports import Import, Progress, Refusal
from bot.domain.message import Keyboard, Message
from bot.domain.model import (
    Delivery,
    Form,
    MatchedWord,
    MatchField,
    Place,
    Section,
    SourceHealth,
    Translation,
    When,
)
from bot.domain.naming import Thing
from bot.domain.narrowing import Narrowed
from bot.domain.paging import LAST_PAGE
from bot.domain.places import Gather, PlaceSettings, Quiet
from bot.domain.query import And, Query
from bot.domain.shelves import Shelf
from bot.domain.standing import Standing
from bot.domain.why import Reason, Why
from bot.rendering import (
    answers,
    digest,
    lists,
    naming,
    narrowing,
    paper,
    remote,
    settings,
    sources,
    transfers,
    trends,
    why,
)
from bot.rendering.alert import alert_menu, render_alert
from bot.rendering.html import Html
from bot.rendering.sentences import Locales, Sentences, plural
from tests.builders import (
    NOW,
    PRIVATE,
    make_alert,
    make_article,
    make_chat,
    make_source,
    make_subscription,
)
from tests.rendering.strict import accepted

NUMBERS = ("at", "length", "line", "column", "most", "size", "version")
WORDS = ("text", "name", "names", "word", "where", "allowed")
COMPLAINTS = [
    Complaint(one, dict.fromkeys(WORDS, "<b>&") | dict.fromkeys(NUMBERS, 21) | {"count": count})
    for one in Fault
    for count in (1, 2, 5, 21, 256)
]
"""Every fault, with numbers of every plural form."""

HOSTILE = "<b>&amp; \u202eabc \x00 " + "x" * 5_000
ONE = make_subscription(typed=HOSTILE, query=HOSTILE[:256])
ARTICLE = make_article(title=HOSTILE, summary=HOSTILE, source_title=HOSTILE, link=HOSTILE)
FIELDS: tuple[MatchField, ...] = ("title", "summary", "source", "language", "category")
REASON = Reason(ONE, tuple(MatchedWord("a & b", HOSTILE[:300], field) for field in FIELDS))
ASKED = ("subscribe", "unsubscribe", "search", "why")
THING = Thing(HOSTILE[:256], (HOSTILE[:64], "b"), tuple("cdefghij"), frozenset("d"))
FIGURES = Freshness(
    sources=3, failing=1, articles_24h=9, alerts_24h=4, queued=2, oldest_queued=NOW,
    last_article=NOW, dead=1, subscriptions=5, chats=2,
)  # fmt: skip


TOLD = Delivery(alert=make_alert(), article=ARTICLE, subscriptions=(ONE,))
IMPORT = Import(id=1, place=PRIVATE, chat=make_chat(), message=2, cancelled=False, show=0)
SPOKEN = {"en", "de"}
CHOSEN = PlaceSettings(
    quiet=Quiet(0, 60), cap=10, muted_until=NOW + timedelta(hours=2), buttons=False
)


ROOT = sources.Eyes(chat=7, private=True, operator=True)


def shown(shelf: Shelf = Shelf.ALL) -> sources.Shown:
    return sources.Shown(shelf=shelf, page=1, now=NOW, muted=[1])


def cards(health: SourceHealth) -> list[SourceHealth]:
    """Of the catalogue in each standing, of the chat's own, of another chat's."""
    facts: list[dict[str, Any]] = [
        {"standing": Standing.GOOD},
        {"standing": Standing.MUTED},
        {"standing": Standing.RETIRED},
        {"owner": 7, "error": None},
        {"owner": 8, "error": None, "last_ok": NOW},
        {"last_ok": NOW},
    ]
    return [replace(health, source=replace(health.source, **one)) for one in facts]


def every(texts: Sentences) -> list[Message]:
    health = SourceHealth(source=make_source(title=HOSTILE, site=HOSTILE, error="dns"), per_day=2)
    return [
        answers.greeting(HOSTILE, ("NATO", "Geneva talks"), "newsbell_bot", texts),
        answers.greeting("", (), "", texts),
        answers.help_text(True, [("list", "what rings")], texts),
        answers.about("1.0", texts),
        trends.trends([(HOSTILE, 3, parse("NATO"))] * 10, "24h", None, texts),
        trends.no_trends(young=True, texts=texts),
        trends.no_trends(young=False, texts=texts),
        trends.stories(HOSTILE, [ARTICLE] * 8, parse("NATO"), texts),
        answers.privacy(texts),
        *(answers.ask_for(verb, texts) for verb in ASKED),
        *(answers.ask_in_channel(verb, texts) for verb in ASKED),
        answers.subscribed(ONE, Preview(count=60, hits=(ARTICLE,) * 3), texts),
        answers.subscribed(make_subscription(), Preview(count=0, hits=()), texts),
        answers.subscribed(make_subscription(), Preview(count=99, hits=(), capped=True), texts),
        answers.subscribed(
            ONE,
            Preview(count=0, hits=(), proposals=(Proposal(HOSTILE[:256], 3), Proposal("b", 9))),
            texts,
        ),
        lists.found([ARTICLE] * 8, 1, True, Query(And(()), HOSTILE[:256], -9), texts),
        lists.found([], 0, False, parse("NATO"), texts),
        why.reasons(Why(ARTICLE, (REASON,) * 9, ()), texts),
        why.reasons(Why(ARTICLE, (), (Reason(ONE, lacking=(HOSTILE[:256],)),) * 9), texts),
        why.reasons(Why(ARTICLE, (), ()), texts),
        why.no_alert(texts),
        why.no_article(HOSTILE, texts),
        answers.already_subscribed(ONE, 3, texts),
        answers.undone(ONE, texts),
        answers.form_changed(ONE, texts),
        answers.unsubscribed([ONE] * 20, texts),
        answers.nothing_matches(HOSTILE, texts),
        answers.confirm_remove_all(2, texts),
        answers.removed_all(1, texts),
        answers.kept_all(texts),
        answers.query_error(
            HOSTILE, QueryError(Fault.BETWEEN_WORDS, 4_000, "NATO", text=HOSTILE), texts
        ),
        *(
            sources.choose_feed([(9, "https://e.org/a?b&c", HOSTILE)] * 5, v, texts, adder=True)
            for v in (Verb.FEED, Verb.ADD_SOURCE)
        ),
        answers.limit_reached(LimitReached("subscriptions", 200), texts),
        answers.admins_only(texts),
        answers.too_many_commands(20, texts),
        remote.pick(texts),
        remote.in_private("newsbell_bot", texts),
        remote.not_yours(texts),
        remote.card(HOSTILE, [ONE] * 20, 3, 1, texts),
        remote.card("", [], 0, 0, texts),
        remote.ask_words(HOSTILE, texts),
        remote.leading_back(answers.undone(ONE, texts), HOSTILE, texts),
        answers.unknown_command(HOSTILE, None, texts),
        answers.unknown_command("lits", "list", texts),
        answers.words_alone(HOSTILE, texts),
        answers.words_alone(" ", texts),
        answers.something_went_wrong("abc123", texts),
        answers.status(FIGURES, NOW, True, texts),
        answers.status(FIGURES, NOW, False, texts),
        *(answers.not_a_source(HOSTILE, FetchError(c, ""), texts) for c in sorted(FETCH_CODES)),
        lists.subscription_list([ONE] * 20, 1, texts),
        lists.subscription_list([], 0, texts),
        lists.subscription_card(ONE, 1, 0, texts),
        lists.subscription_card(ONE, 1, 0, texts, [HOSTILE[:64]] * 40),
        lists.subscription_card(replace(ONE, place=Place(1, 7)), 1, 0, texts, (), around(texts)),
        narrowing.languages_card(ONE, Narrowed(("de", "xx")), make_chat(), texts),
        naming.names_card(ONE, (THING,) * 9, 1, texts),
        naming.names_card(ONE, (), 0, texts),
        naming.choose([ONE] * 20, texts),
        naming.choose([], texts),
        naming.ask_name(THING, texts),
        naming.ask_name_in_channel(2, 1, texts),
        lists.choose_to_remove([ONE] * 20, 0, texts),
        lists.choose_to_remove([], 0, texts),
        lists.latest([ARTICLE] * 8, 1, True, texts),
        lists.latest([], 0, False, texts),
        lists.latest([ARTICLE] * 8, LAST_PAGE, True, texts),
        lists.latest_of([ARTICLE], True, HOSTILE, parse("NATO"), texts),
        lists.latest_of([], False, HOSTILE, parse("NATO"), texts),
        lists.found([], 1, True, parse("NATO"), texts),
        *(sources.sources([health] * 20, shown(one), ROOT, texts) for one in Shelf),
        sources.sources([], shown(Shelf.ALL), replace(ROOT, operator=False), texts),
        *(sources.found_by_name(some, HOSTILE, shown(), texts) for some in ([health] * 9, [])),
        *(sources.card(one, shown(), ROOT, texts, reports=2) for one in cards(health)),
        *(sources.added(1, HOSTILE, new=new, texts=texts) for new in (True, False)),
        sources.dropped(HOSTILE, texts),
        answers.limit_reached(LimitReached("sources", 50), texts),
        transfers.show_import(IMPORT, Progress(9, 1, 2, 3), False, texts),
        *(transfers.unreadable(one, texts) for one in COMPLAINTS),
        paper.day(NOW.date(), NOW.date(), [ARTICLE] * 8, 1, True, texts),
        paper.day(NOW.date(), NOW.date(), [], 0, False, texts),
        paper.no_day(texts),
        paper.sections(texts),
        paper.section(Section.SPORT, [ARTICLE] * 8, 1, True, texts),
        paper.section(Section.SPORT, [], 0, False, texts),
        paper.may_like([ARTICLE] * 5, texts),
        paper.may_like([], texts),
        paper.confirm_forget(texts),
        render_alert(TOLD, texts),
        Message(
            text=Html("x"), keyboard=alert_menu(1, HOSTILE, "https://t.me/b", texts, brief=True)
        ),
        answers.digested(ONE, texts),
        settings.card(make_chat(), CHOSEN, NOW, UTC, texts),
        settings.card(make_chat(), replace(CHOSEN, paused=True), NOW, UTC, texts),
        *(
            settings.choices(s, make_chat(), CHOSEN, {"en", "de"}, texts)
            for s in Setting
            if s.value
        ),
        settings.told_quiet(CHOSEN.quiet, "UTC", texts),
        settings.told_quiet(None, "UTC", texts),
        *(settings.told_digest(when, CHOSEN, "UTC", texts) for when in When),
        settings.told_mute(CHOSEN, NOW, UTC, texts),
        settings.told_mute(PlaceSettings(), NOW, UTC, texts),
        settings.zone_set("UTC", NOW, texts),
        settings.zone_unknown(HOSTILE, [], texts),
        settings.zone_unknown(HOSTILE, ["Berlin"], texts),
        *(digest.render_digest(gathered(one), texts) for one in Gather if one.together),
        digest.render_digest(gathered(Gather.DAILY, translated=True), texts),
        *(digest.render_digest(gathered(Gather.BURST, others=n), texts) for n in (20, 94)),
    ]


def gathered(why: Gather, *, translated: bool = False, others: int = 19) -> Delivery:
    alert = make_alert(gather=why)
    late = NOW.replace(month=9, day=30)  # the longest of dates
    article = replace(ARTICLE, published=late, seen=late)
    one = Delivery(alert=alert, article=article, subscriptions=(ONE,))
    if translated:
        told = Translation(title=HOSTILE, lede=HOSTILE, language="de", engine="LibreTranslate")
        one = replace(one, translation=told)
    return replace(one, rest=(one,) * others, unlisted=(alert,) * 180)


def test_where_pages_end_a_sentence_says_what_to_do_instead(sentences: Sentences) -> None:
    last = lists.latest([ARTICLE], LAST_PAGE, True, sentences)
    before = lists.latest([ARTICLE], LAST_PAGE - 1, True, sentences)
    end = "That is as far as pages go."
    assert (end in last.text, end in before.text) == (True, False)
    assert [len(one.keyboard[0]) for one in (last, before)] == [1, 2]


def test_telegram_takes_every_answer_in_every_locale(locales: Locales) -> None:
    for code in sorted(locales.codes):
        assert all(accepted(message)[0] for message in every(locales.of(code))), code


def test_every_button_is_understood(sentences: Sentences) -> None:
    buttons = [b for m in every(sentences) for row in m.keyboard for b in row if b.data]
    verbs = {press.verb for b in buttons if (press := decode(b.data))}
    assert verbs == set(Verb)


def test_an_error_is_marked_under_its_place(sentences: Sentences) -> None:
    text, _ = accepted(
        answers.query_error("ab (cd", QueryError(Fault.OPEN_BRACKET, 4, at=4), sentences)
    )
    assert text.split("\n")[1:3] == ["ab (cd", "   ^"]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("https://me:hunter2@e.org/f (x", ["https://***@e.org/f (x", " " * 20 + "^"]),
        ("x (y https://e.org/f?token=hunter2", ["x (y https://e.org/f?token=***", "  ^"]),
        ('https://me:hunter2@e.org/"talks', ['https://***@e.org/"talks', " " * 18 + "^"]),
    ],
)
def test_k3_a_query_that_is_wrong_is_quoted_without_the_secrets_of_an_address(
    words: str, shown: list[str], sentences: Sentences
) -> None:
    with pytest.raises(QueryError) as caught:
        parse(words)
    text, _ = accepted(answers.query_error(words, caught.value, sentences))
    quoted, mark, *rest = text.split("\n")[1:]
    assert ([quoted, mark], "hunter2" in "".join(rest)) == (shown, False)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(5, "just now"), (600, "10 min ago"), (4 * 3_600, "4 h ago"), (5 * 86_400, "5 d ago")],
)
def test_ages_are_rough(seconds: int, expected: str, sentences: Sentences) -> None:
    assert lists.ago(NOW - timedelta(seconds=seconds), NOW, sentences) == expected


def around(texts: Sentences) -> Keyboard:
    """What a card says of its place, as long as it can be."""
    to, chat = Narrowed(("de", "fr", "xx"), ("#7", HOSTILE[:64])), make_chat(translate="de,fr,xx")
    return narrowing.around(ONE, to, chat, PlaceSettings(paused=True), NOW, texts)


def test_from_afar_a_card_lists_no_sources(sentences: Sentences) -> None:
    one, chat, chosen = make_subscription(), make_chat(), PlaceSettings()
    rows = narrowing.around(one, Narrowed(), chat, chosen, NOW, sentences, near=False)
    assert [row[0].text for row in rows] == [
        "📰 News in: as usual", "🈯 Translation: always", "🔇 Mute: off",
    ]  # fmt: skip


def test_a_card_of_a_topic_says_so(sentences: Sentences) -> None:
    lines = [
        lists.subscription_card(
            make_subscription(place=Place(1, topic)), 1, 0, sentences
        ).text.split("\n")[-1]
        for topic in (0, 7)
    ]
    assert lines == ["Rings at once", "💬 Rings in this topic"]


def test_a_card_offers_the_other_form(sentences: Sentences) -> None:
    card = lists.subscription_card(make_subscription(form=Form.HEADLINE), 1, 0, sentences)
    assert card.keyboard[0][1].text == "With summary"


def test_a_latin_name_does_not_turn_an_arabic_sentence_round(locales: Locales) -> None:
    arabic = locales.of("ar")
    assert "<b>\u2068NATO\u2069</b>" in arabic.say("subscribed", query="NATO")
    assert arabic.plain("button_mute_source", source="BBC").endswith("\u2068BBC\u2069")
    assert "<code>/subscribe NATO</code>" in arabic.say("words_alone", words="NATO")
    assert "\u2068" not in locales.of("de").say("subscribed", query="NATO")


@pytest.mark.parametrize(
    ("locale", "counts", "forms"),
    [
        ("en", (0, 1, 2), ("other", "one", "other")),
        ("fr", (0, 1, 2), ("one", "one", "other")),
        ("ru", (1, 3, 5, 11, 21, 22), ("one", "few", "many", "many", "one", "few")),
        ("ar", (0, 1, 2, 3, 11, 100), ("zero", "one", "two", "few", "many", "other")),
        ("zh", (1,), ("other",)),
    ],
)
def test_plural_forms_follow_cldr(
    locale: str, counts: tuple[int, ...], forms: tuple[str, ...]
) -> None:
    assert tuple(plural(locale, count) for count in counts) == forms


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", "• (a: the bracket opened at character 1 is never closed"),
        ("de", "• (a: die Klammer an Stelle 1 wird nie geschlossen"),
        ("ru", "• (a: скобка, открытая на символе 1, не закрыта"),
    ],
)
def test_a_refused_query_is_told_in_the_chats_language(
    locale: str, expected: str, locales: Locales
) -> None:
    wrong = Complaint(Fault.OPEN_BRACKET, {"at": 1})
    refused = Progress(1, 0, 0, 1, (Refusal("(a", "query", packed(wrong)),))
    assert expected in transfers.show_import(IMPORT, refused, True, locales.of(locale)).text


def test_a_refusal_that_an_older_version_stored_is_told_as_it_was(sentences: Sentences) -> None:
    refused = Progress(1, 0, 0, 1, (Refusal("(a", "query", "it is never closed"),))
    shown = transfers.show_import(IMPORT, refused, True, sentences).text
    assert "• (a: it is never closed" in shown
