"""Telegram's own judgement of a message, for tests: the emulator's parser and limits."""

from bot.domain.message import Message
from bot.playground.entities import Entity, is_web_link, parse_html, utf16


def accepted(message: Message) -> tuple[str, list[Entity]]:
    """The text and entities Telegram would show; fails where it would refuse."""
    text, entities = parse_html(message.text)
    assert text
    assert utf16(text) <= 4096
    assert len(entities) <= 100
    for row in message.keyboard:
        for button in row:
            assert button.text.strip()
            assert len((button.data or "").encode()) <= 64
            assert button.url is None or is_web_link(button.url)
    return text, entities
