"""What the bot says: a message with its buttons, ready for Telegram, knowing nothing of PTB."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button: exactly one of `data` (≤ 64 bytes, callback), `url`, `switch_inline`."""

    text: str
    data: str | None = None
    url: str | None = None
    switch_inline: str | None = None


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class ChatPick:
    """A key of the person's keyboard that opens Telegram's picker of channels, or of groups."""

    text: str
    channel: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A file that goes with a message."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A text in Telegram HTML (built by `bot.rendering.html` only) with what belongs to it.

    `preview` is the one address whose link preview is shown, None: no preview. `ask` makes it a
    question that the chat's client answers by reply (ForceReply, selective); its value is the
    grey text in the input field. `documents` are sent instead of it, the text as the first one's
    caption (at most 1024 characters; buttons are not sent then). `picks` replace the buttons.
    """

    text: str
    keyboard: Keyboard = ()
    preview: str | None = None
    large: bool = False  # the preview's picture
    silent: bool = False
    ask: str | None = None
    picks: tuple[ChatPick, ...] = ()
    documents: tuple[Document, ...] = ()
    photo: bytes | None = None  # a PNG, sent above the text (at most 1024 characters then)
