"""R1 to R6: Telegram takes on the first try whatever was rendered, and the bare words, too."""

from hypothesis import HealthCheck, given, settings

from bot.playground.entities import utf16
from bot.sending.markup import plain_text
from tests.rendering.hostile import Said, deliveries, spoken
from tests.rendering.strict import accepted


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deliveries())
def test_r1_whatever_was_said_gathered_joined_or_translated_is_taken(one: Said) -> None:
    message = spoken(one)
    text, entities = accepted(message)
    urls = [str(entity["url"]) for entity in entities if "url" in entity]
    bare = plain_text(message.text)
    assert [url for url in urls if not url.startswith(("http://", "https://"))] == []
    assert (bool(text.strip()), bool(bare.strip()), utf16(bare) <= 4_096) == (True, True, True)
