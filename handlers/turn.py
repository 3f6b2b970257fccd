"""One update, as the handlers see it: who said what where. PTB's optional fields end here."""

from dataclasses import dataclass

from telegram import CallbackQuery, Message, Update, User

from bot.domain.model import ChatKind, Place
from bot.rendering.sentences import Sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A person's command, answer or press.

    `here` is where it happened and is answered; `place` is what it is about. They differ only
    under /channel, where a person manages another chat from their private one; `kind` and `title`
    are of the chat it is about. `message` is what they wrote, or the message whose button they
    pressed. `argument` is the text behind the command, trimmed. `anonymous` says that the chat
    itself wrote it (an anonymous administrator, or a channel's post).
    """

    here: Place
    place: Place
    kind: ChatKind
    title: str
    message: Message
    sentences: Sentences
    argument: str = ""
    user: User | None = None
    anonymous: bool = False
    press: CallbackQuery | None = None
    number: int = 0  # of the update

    @property
    def replied_to(self) -> int | None:
        """The id of the message that was replied to; in a topic its first message is no reply.

        None where the turn is about another chat: message ids mean something in their own alone.
        """
        reply = self.message.reply_to_message
        if reply is None or reply.forum_topic_created is not None or self.remote:
            return None
        return reply.message_id

    @property
    def speaker(self) -> int:
        """Whose quota this counts in: the person, or the chat where nobody is named."""
        return self.here.chat if self.anonymous or self.user is None else self.user.id

    @property
    def private(self) -> bool:
        """Whether this is about a chat with one person."""
        return self.kind is ChatKind.PRIVATE

    @property
    def remote(self) -> bool:
        """Whether another chat is managed from here."""
        return self.here.chat != self.place.chat


def place_of(message: Message) -> Place:
    """Chat and topic; only `is_topic_message` makes a topic, General and none are 0."""
    topic = message.message_thread_id if message.is_topic_message else None
    return Place(message.chat.id, topic or 0)


def kind_of(message: Message) -> ChatKind:
    """Telegram's type of the chat."""
    return ChatKind(message.chat.type)


def title_of(message: Message) -> str:
    """The group's or channel's title; a person's name is kept nowhere."""
    return message.chat.title or ""


def argument_of(message: Message) -> str:
    """What stands behind the command, trimmed, also on a new line; "" for a bare command."""
    parts = (message.text or "").split(maxsplit=1)
    return parts[1].strip() if len(parts) > 1 else ""


def is_reply_to(message: Message, user_id: int) -> bool:
    """Whether it replies to what this user wrote."""
    reply = message.reply_to_message
    return reply is not None and reply.from_user is not None and reply.from_user.id == user_id


def is_anonymous(message: Message) -> bool:
    """Whether the chat itself speaks: an anonymous administrator, or a channel's own post.

    A linked channel's automatic forward carries another `sender_chat` and does not count
    (Bot API, Message.sender_chat, Message.is_automatic_forward).
    """
    sender = message.sender_chat
    return sender is not None and sender.id == message.chat.id and not message.is_automatic_forward


def accessible(update: Update) -> Message | None:
    """The message of this update that can be answered; None for what Telegram no longer shows."""
    query = update.callback_query
    if query is not None:
        shown = query.message
        return shown if isinstance(shown, Message) and shown.is_accessible else None
    return update.message or update.channel_post
