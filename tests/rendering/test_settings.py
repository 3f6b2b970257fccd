"""What /settings says of translation: what there is, and what an engine would add."""

from datetime import UTC

import pytest

from bot.domain.callbacks import Callback, Verb, decode
from bot.domain.choices import READ, Offer, Setting
from bot.domain.message import Message
from bot.domain.model import Delivery, Translation
from bot.domain.places import Gather, PlaceSettings
from bot.rendering import digest, settings
from bot.rendering.sentences import Sentences
from tests.builders import NOW, make_alert, make_article, make_chat, make_subscription

WITHOUT, PAID, FREE = Offer(), Offer(translation=True), Offer(translation=True, matching=True)


def gathered(*, translated: bool = False) -> Delivery:
    alert = make_alert(gather=Gather.DAILY)
    told = Translation(title="NATO meets", lede="", language="de", engine="Libre")
    article = make_article(title="Die Nato tagt", language="de")
    return Delivery(
        alert=alert,
        article=article,
        subscriptions=(make_subscription(),),
        translation=told if translated else None,
    )


def chosen(texts: Sentences, setting: Setting, offer: Offer, **chat: object) -> Message:
    return settings.choices(setting, make_chat(**chat), PlaceSettings(), {"en"}, texts, offer)


@pytest.mark.parametrize(("offer", "told"), [(WITHOUT, True), (PAID, False), (FREE, False)])
def test_without_an_engine_it_says_what_one_would_add(
    sentences: Sentences, offer: Offer, told: bool
) -> None:
    text = chosen(sentences, Setting.TRANSLATE, offer).text
    assert ("There is no translation engine here yet" in text) is told


@pytest.mark.parametrize(("offer", "offered"), [(WITHOUT, False), (PAID, False), (FREE, True)])
def test_matching_translations_is_offered_with_a_free_engine_alone(
    sentences: Sentences, offer: Offer, offered: bool
) -> None:
    card = settings.card(make_chat(), PlaceSettings(), NOW, UTC, sentences, offer)
    lines = {decode(b.data) for row in card.keyboard for b in row}
    assert (Callback(Verb.SETTING, Setting.PIVOT, 0) in lines) is offered


def test_every_language_that_may_be_read_can_be_left_as_it_is(sentences: Sentences) -> None:
    shown = chosen(sentences, Setting.TRANSLATE, PAID, translate="it,ja")
    labels = [button.text for row in shown.keyboard for button in row]
    assert {"☑️ Italiano", "☑️ 日本語", "▫️ Deutsch"} <= set(labels)
    assert len(labels) == len(READ) + 3  # always, never, and the way back


def test_a_digest_says_what_is_translated_and_by_whom(sentences: Sentences) -> None:
    assert "🈯" not in digest.render_digest(gathered(), sentences).text
    text = digest.render_digest(gathered(translated=True), sentences).text
    assert "NATO meets" in text
    assert text.endswith("🈯 de\n\n🈯 translated by Libre")
