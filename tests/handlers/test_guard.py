"""In groups and channels only administrators change anything; Telegram is asked once a minute."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import (
    CallbackQuery,
    Chat,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberOwner,
    Message,
    User,
)
from telegram.error import TimedOut

from bot.domain.model import ChatKind, Place
from bot.rendering.sentences import Sentences
from handlers.guard import Guard
from handlers.turn import Turn, is_anonymous

OWNER = User(1, "Olga", is_bot=False)
ADMIN = User(2, "Amir", is_bot=False)
MEMBER = User(3, "Mei", is_bot=False)
GROUP = Chat(-100_1, Chat.SUPERGROUP, title="Newsroom")
CHANNEL = Chat(-100_2, Chat.CHANNEL, title="Alerts")


def administrator(user: User) -> ChatMemberAdministrator:
    rights: dict[str, Any] = dict.fromkeys(
        (
            "can_be_edited",
            "is_anonymous",
            "can_manage_chat",
            "can_delete_messages",
            "can_manage_video_chats",
            "can_restrict_members",
            "can_promote_members",
            "can_change_info",
            "can_invite_users",
            "can_post_stories",
            "can_edit_stories",
            "can_delete_stories",
        ),
        False,
    )
    return ChatMemberAdministrator(user, **rights)


class Administrators:
    """Telegram's answer, counted; `broken` makes it fail."""

    def __init__(self, *, broken: bool = False) -> None:
        self.asked = 0
        self.broken = broken
        self.members: tuple[ChatMember, ...] = (
            ChatMemberOwner(OWNER, is_anonymous=False),
            administrator(ADMIN),
        )

    async def __call__(self, _chat: int) -> Sequence[ChatMember]:
        self.asked += 1
        if self.broken:
            raise TimedOut
        return self.members


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def turn(
    sentences: Sentences,
    user: User | None,
    chat: Chat = GROUP,
    *,
    sender_chat: Chat | None = None,
    pressed: bool = False,
    forwarded: bool = False,
) -> Turn:
    message = Message(
        1,
        datetime(2022, 1, 9, tzinfo=UTC),
        chat,
        from_user=user,
        sender_chat=sender_chat,
        is_automatic_forward=forwarded or None,
    )
    press = CallbackQuery("1", user, "x") if pressed and user else None
    return Turn(
        here=Place(chat.id),
        place=Place(chat.id),
        kind=ChatKind(chat.type),
        title=chat.title or "",
        message=message,
        sentences=sentences,
        user=user,
        anonymous=is_anonymous(message),
        press=press,
    )


@pytest.mark.parametrize(
    ("situation", "allowed"),
    [
        ({"user": OWNER}, True),
        ({"user": ADMIN}, True),
        ({"user": MEMBER}, False),
        ({"user": None}, False),
        ({"user": MEMBER, "sender_chat": GROUP}, True),
        ({"user": MEMBER, "sender_chat": CHANNEL}, False),
        ({"user": MEMBER, "sender_chat": GROUP, "forwarded": True}, False),
        ({"user": MEMBER, "sender_chat": GROUP, "pressed": True}, False),
        ({"user": ADMIN, "sender_chat": GROUP, "pressed": True}, True),
        ({"user": None, "chat": CHANNEL, "sender_chat": CHANNEL}, True),
        ({"user": MEMBER, "chat": CHANNEL, "sender_chat": CHANNEL, "pressed": True}, False),
        ({"user": MEMBER, "chat": Chat(3, Chat.PRIVATE)}, True),
    ],
    ids=[
        "owner writes",
        "administrator writes",
        "member writes",
        "nobody known writes",
        "anonymous administrator writes",
        "member writes as a channel",
        "linked channel's post arrives",
        "member presses under an anonymous administrator's message",
        "administrator presses under an anonymous administrator's message",
        "channel posts",
        "reader presses in a channel",
        "person in their private chat",
    ],
)
async def test_a2_who_may_change_what_the_chat_has(
    sentences: Sentences, situation: dict[str, Any], *, allowed: bool
) -> None:
    guard = Guard(Administrators(), Watch())
    assert await guard.may_change(turn(sentences, **situation)) is allowed


async def test_administrators_are_asked_for_once_a_minute(sentences: Sentences) -> None:
    telegram, watch = Administrators(), Watch()
    guard = Guard(telegram, watch)
    for watch.seconds in (0.0, 30.0, 59.9, 60.1):
        await guard.may_change(turn(sentences, ADMIN))
    assert telegram.asked == 2


async def test_changed_rights_are_seen_at_once(sentences: Sentences) -> None:
    telegram = Administrators()
    guard = Guard(telegram, Watch())
    before = await guard.may_change(turn(sentences, ADMIN))
    telegram.members = telegram.members[:1]
    guard.forget(GROUP.id)
    after = await guard.may_change(turn(sentences, ADMIN))
    assert (before, after) == (True, False)


async def test_nobody_may_change_anything_while_telegram_does_not_answer(
    sentences: Sentences,
) -> None:
    telegram = Administrators(broken=True)
    guard = Guard(telegram, Watch())
    refused = await guard.may_change(turn(sentences, OWNER))
    telegram.broken = False
    assert (refused, await guard.may_change(turn(sentences, OWNER))) == (False, True)


async def test_another_persons_private_chat_is_nobodys_to_manage(sentences: Sentences) -> None:
    guard = Guard(Administrators(), Watch())
    own = turn(sentences, OWNER, Chat(OWNER.id, Chat.PRIVATE))
    anothers = replace(own, place=Place(MEMBER.id))
    assert (await guard.may_change(own), await guard.may_change(anothers)) == (True, False)


async def test_a2_who_is_anonymous_there_is_not_named(sentences: Sentences) -> None:
    telegram = Administrators()
    hidden = ChatMemberOwner(OWNER, is_anonymous=True)
    telegram.members = (hidden, *telegram.members[1:])
    guard = Guard(telegram, Watch())
    named = [await guard.nameable(turn(sentences, one)) for one in (OWNER, ADMIN)]
    assert named == [None, (ADMIN.id, "Amir")]
