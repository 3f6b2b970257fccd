"""What goes out: messages to Telegram, texts to translation engines."""

from typing import Protocol

from bot.domain.message import Message
from bot.domain.model import (
    Chat,
    Place,
)
from bot.domain.outcomes import Outcome


class Sender(Protocol):
    """Says a message in a place and returns what Telegram made of it; raises nothing of PTB's."""

    async def send(self, place: Place, message: Message, *, plain: bool = False) -> Outcome:
        """`plain`: the same words without formatting or buttons, after Telegram refused them."""
        ...


class Screen(Sender, Protocol):
    """A sender that can also change what it said."""

    async def edit(self, place: Place, message_id: int, message: Message) -> Outcome:
        """Show `message` in place of that one; that it looked so already is a success."""
        ...


class Scout(Protocol):
    """Finds out whether a chat takes messages, without sending one."""

    async def look(self, chat: Chat) -> Outcome:
        """`Sent` if it does, whatever its number; else what a message would have met."""
        ...


class Engine(Protocol):
    """Something that translates."""

    @property
    def name(self) -> str:
        """As readers see it."""
        ...

    @property
    def free(self) -> bool:
        """Whether characters cost nothing, so that all news may be translated to be matched."""
        ...

    @property
    def metered(self) -> bool:
        """Whether characters may have a price, so that they count for the month's limit."""
        ...

    async def translate(self, texts: tuple[str, ...], source: str, target: str) -> tuple[str, ...]:
        """As many texts in `target` (languages are ISO 639-1 codes).

        Raises:
            TranslationError: with a kind that says what follows.
        """
        ...
