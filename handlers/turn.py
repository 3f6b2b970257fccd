"""One update, as the handlers see it: who said what where. PTB's optional fields end here."""

from dataclasses import dataclass

from telegram import CallbackQuery, Message, Update, User

from bot.domain.model import ChatKind, Place
from bot.rendering.sentences import Sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A person's command, answer or press, in the place where it happened.

    `message` is what they wrote, or the message whose button they pressed. `argument` is the text
    behind the command, trimmed. `anonymous` says that the chat itself wrote it (an anonymous
    administrator, or a channel's post).
    """

    place: Place
    kind: ChatKind
    title: str
    message: Message
    sentences: Sentences
    argument: str = ""
    user: User | None = None
    anonymous: bool = False
    press: CallbackQuery | None = None

    @property
    def replied_to(self) -> int | None:
        """The id of the message that was replied to; in a topic its first message is no reply."""
        reply = self.message.reply_to_message
        if reply is None or reply.forum_topic_created is not None:
            return None
        return reply.message_id

    @property
    def private(self) -> bool:
        """Whether this is a chat with one person."""
        return self.kind is ChatKind.PRIVATE


def place_of(message: Message) -> Place:
    """Chat and topic; only `is_topic_message` makes a topic, General and none are 0."""
    topic = message.message_thread_id if message.is_topic_message else None
    return Place(message.chat.id, topic or 0)


def kind_of(message: Message) -> ChatKind:
    """Telegram's type of the chat."""
    return ChatKind(message.chat.type)


def title_of(message: Message) -> str:
    """The group's or channel's title, or the person's first name."""
    return message.chat.title or message.chat.first_name or ""


def argument_of(message: Message) -> str:
    """What stands behind the command, trimmed; "" for a bare command."""
    _, _, rest = (message.text or "").strip().partition(" ")
    return rest.strip()


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
        return query.message if isinstance(query.message, Message) else None
    return update.message or update.channel_post
