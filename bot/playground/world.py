"""Telegram in memory: people, chats, messages, and what happens among them.

A person's side are methods (`say`, `press`, …); the bot's side is `methods.py`. Whatever happens
is told to observers as events, dictionaries with a "kind".
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from bot.playground.entities import found_in
from bot.playground.faults import Fault
from bot.playground.files import Files
from bot.playground.refusal import Refusal

Json = dict[str, Any]
ADMINISTRATORS = ("creator", "administrator")
PRESENT = (*ADMINISTRATORS, "member", "restricted")
ANONYMOUS = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
DEFAULT_UPDATES = frozenset({"message", "edited_message", "channel_post", "edited_channel_post",
                             "callback_query", "my_chat_member", "inline_query"})  # fmt: skip


@dataclass(slots=True)
class Room:
    """A chat: its kind, who is in it (user id → status), its topics and messages."""

    id: int
    type: str
    title: str
    members: dict[int, str] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    messages: dict[int, Json] = field(default_factory=dict)
    moved_to: int | None = None

    def as_json(self) -> Json:
        """A Chat of the Bot API."""
        name = "first_name" if self.type == "private" else "title"
        forum = {"is_forum": True} if self.topics else {}
        return {"id": self.id, "type": self.type, name: self.title, **forum}


class World:
    """All of it. `clock` gives the moment; `bot` is the bot's own account."""

    def __init__(self, clock: Callable[[], datetime], username: str = "newsbell_bot") -> None:
        self.clock = clock
        self.bot: Json = {
            "id": 1_000_001,
            "is_bot": True,
            "first_name": "Newsbell",
            "username": username,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": True,
        }
        self.rooms: dict[int, Room] = {}
        self.people: dict[int, Json] = {}
        self.commands: dict[str, list[Json]] = {}
        self.sent: list[Json] = []  # every message of the bot that was accepted, in order
        self.files = Files()
        self.faults: list[Fault] = []
        self.updates: list[Json] = []
        self.allowed = DEFAULT_UPDATES
        self.pressed: dict[str, Json] = {}
        self.offers: dict[str, list[Json]] = {}
        self._observers: list[asyncio.Queue[Json]] = []
        self._update_ids = count(1)
        self._message_ids = {"shared": count(1)}
        self._press_ids = count(1)

    # --- the stage ---

    def person(self, user_id: int, name: str, language: str = "en") -> int:
        """Somebody, with a private chat that has not been started."""
        self.people[user_id] = {
            "id": user_id, "is_bot": False, "first_name": name, "language_code": language,
        }  # fmt: skip
        self.rooms[user_id] = Room(user_id, "private", name, {user_id: "member"})
        return user_id

    def room(self, room_id: int, kind: str, title: str, topics: tuple[str, ...] = ()) -> Room:
        """A group, supergroup or channel; topics make it a forum (ids from 2 on)."""
        numbered = dict(enumerate(topics, start=2))
        self.rooms[room_id] = Room(room_id, kind, title, topics=numbered)
        return self.rooms[room_id]

    def join(
        self, room_id: int, user_id: int, status: str = "member", by: int | None = None
    ) -> None:
        """Set somebody's status; the bot hears of its own, and as administrator of all.

        `by`: who did it; the first person there is, where nobody is named.
        """
        room = self.rooms[room_id]
        before, room.members[user_id] = room.members.get(user_id, "left"), status
        mine = user_id == self.bot["id"]
        user = self.bot if mine else self.people[user_id]
        change = {
            "chat": room.as_json(),
            "from": self.people.get(by or 0) or next(iter(self.people.values()), self.bot),
            "date": self._now(),
            "old_chat_member": member_json(user, before),
            "new_chat_member": member_json(user, status),
        }
        if mine or room.members.get(self.bot["id"]) in ADMINISTRATORS:
            self._update("my_chat_member" if mine else "chat_member", change)

    def block(self, user_id: int, *, blocked: bool = True) -> None:
        """A person blocks the bot in their private chat, or lets it in again."""
        status = "kicked" if blocked else "member"
        self.join(user_id, self.bot["id"], status, by=user_id)

    # --- what people do ---

    def say(
        self,
        room_id: int,
        user_id: int,
        text: str,
        *,
        topic: int = 0,
        reply_to: int | None = None,
        anonymous: bool = False,
        **more: Any,
    ) -> Json:
        """A person writes (in a channel: posts); returns the message."""
        room = self.rooms[room_id]
        if room.type == "private":
            room.members.setdefault(self.bot["id"], "member")
        words: Json = {"text": text or None, "entities": found_in(text)}
        if "document" in more:
            words = {"caption": text or None, "caption_entities": found_in(text)}
        message = self._new_message(room, topic, reply_to, **words, **more)
        if room.type == "channel":
            message["sender_chat"] = room.as_json()
        elif anonymous:
            message |= {"from": ANONYMOUS, "sender_chat": room.as_json()}
        else:
            message["from"] = self.people[user_id]
        self._told("message", room_id, message)
        if self._heard(room, message):
            self._update("channel_post" if room.type == "channel" else "message", message)
        return message

    def send_file(
        self, room_id: int, user_id: int, name: str, data: bytes, caption: str = "", **more: Any
    ) -> Json:
        """A person sends a file; `more` as for `say`."""
        return self.say(room_id, user_id, caption, document=self.files.add(name, data), **more)

    def press(self, room_id: int, user_id: int, message_id: int, data: str) -> str:
        """A person presses a button with callback data; returns the press's id."""
        press_id = str(next(self._press_ids))
        message = self.rooms[room_id].messages.get(message_id)
        shown = message or {
            "chat": self.rooms[room_id].as_json(),
            "message_id": message_id,
            "date": 0,
        }
        query = {
            "id": press_id,
            "from": self.people[user_id],
            "message": shown,
            "chat_instance": str(room_id),
            "data": data,
        }
        self.pressed[press_id] = query
        self._update("callback_query", query)
        return press_id

    def ask_inline(self, user_id: int, text: str) -> str:
        """A person types `@bot text` somewhere; returns the question's id."""
        question = str(next(self._press_ids))
        asked = {"id": question, "from": self.people[user_id], "query": text, "offset": ""}
        self._update("inline_query", asked)
        return question

    def offered(self, question: str, results: list[Json]) -> None:
        """What the bot offers for an inline question."""
        self.offers[question] = results
        self.told_of_call("answerInlineQuery", True, question)  # noqa: FBT003 - a fact

    def share_chat(self, user_id: int, request_id: int, shared: int) -> Json:
        """A person answers a request_chat button; Telegram adds the bot where it is missing.

        Raises:
            ValueError: they do not administer that chat: their client does not offer it.
        """
        room = self.rooms[shared]
        if room.members.get(user_id) not in ADMINISTRATORS:
            raise ValueError(f"{user_id} does not administer {room.title}")
        if room.members.get(self.bot["id"]) not in PRESENT:
            self.join(shared, self.bot["id"], "administrator", by=user_id)
        facts = {"request_id": request_id, "chat_id": shared, "title": room.title}
        return self.say(user_id, user_id, "", chat_shared=facts)

    def migrate(self, room_id: int, new_id: int) -> None:
        """A group becomes a supergroup; both chats say so."""
        old = self.rooms[room_id]
        new = Room(new_id, "supergroup", old.title, dict(old.members), dict(old.topics))
        self.rooms[new_id] = new
        old.moved_to = new_id
        someone = {"from": next(iter(self.people.values()))}
        for room, fact in (
            (old, {"migrate_to_chat_id": new_id}),
            (new, {"migrate_from_chat_id": room_id}),
        ):
            self._update("message", self._new_message(room, 0, None, **fact, **someone))

    # --- what the bot does ---

    def bot_message(self, room: Room, topic: int, reply_to: int | None, content: Json) -> Json:
        """Add a message of the bot."""
        message = self._new_message(room, topic, reply_to, **content)
        if room.type == "channel":
            message["sender_chat"] = room.as_json()
        else:
            message["from"] = self.bot
        self.sent.append(message)
        self._told("message", room.id, message)
        return message

    def edited(self, room: Room, message: Json) -> None:
        """A message of the bot has changed."""
        message["edit_date"] = self._now()
        self._told("edit", room.id, message)

    def deleted(self, room: Room, message_id: int) -> None:
        """A message is gone."""
        del room.messages[message_id]
        self._told("delete", room.id, {"message_id": message_id})

    def answered(self, press_id: str, text: str | None, *, alert: bool) -> None:
        """The bot answers a press.

        Raises:
            Refusal: no such press, or answered already.
        """
        query = self.pressed.pop(press_id, None)
        if query is None:
            raise Refusal(
                400,
                "Bad Request: query is too old and response timeout expired or query ID is "
                "invalid",
            )
        facts = {"press": press_id, "text": text, "alert": alert, "user": query["from"]["id"]}
        self._told("toast", query["message"]["chat"]["id"], facts)

    def poll_began(self) -> None:
        """A poller came: one that waits looks up."""
        self._told("poll", 0, {})

    def told_of_call(self, method: str, ok: bool, detail: str) -> None:
        """A call of the Bot API, for those who watch."""
        self._told("call", 0, {"method": method, "ok": ok, "detail": detail})

    # --- watching ---

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[asyncio.Queue[Json]]:
        """A queue of everything that happens from now on."""
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self._observers.append(queue)
        try:
            yield queue
        finally:
            self._observers.remove(queue)

    async def until(self, true: Callable[[], bool], seconds: float = 10) -> None:
        """Wait until `true()`, looked at whenever something happens.

        Raises:
            TimeoutError: it did not become true.
        """
        async with self.watch() as queue, asyncio.timeout(seconds):
            while not true():
                await queue.get()

    # --- inside ---

    def _now(self) -> int:
        return int(self.clock().timestamp())

    def _new_message(self, room: Room, topic: int, reply_to: int | None, **content: Any) -> Json:
        own = room.type in ("supergroup", "channel")
        ids = self._message_ids.setdefault(str(room.id) if own else "shared", count(1))
        message: Json = {
            "message_id": next(ids),
            "date": self._now(),
            "chat": room.as_json(),
            **{name: value for name, value in content.items() if value not in (None, [])},
        }
        if topic:
            message |= {"message_thread_id": topic, "is_topic_message": True}
        replied = room.messages.get(reply_to or 0)
        if replied is not None:
            message["reply_to_message"] = {
                key: value for key, value in replied.items() if key != "reply_to_message"
            }
        room.messages[message["message_id"]] = message
        return message

    def _heard(self, room: Room, message: Json) -> bool:
        """Privacy mode: in groups a bot hears commands and replies, unless it administers."""
        status = room.members.get(self.bot["id"], "left")
        if status not in PRESENT:
            return False
        if room.type in ("private", "channel") or status in ADMINISTRATORS:
            return True
        command = any(one["type"] == "bot_command" for one in message.get("entities", ()))
        replied = message.get("reply_to_message", {}).get("from", {})
        return command or replied.get("id") == self.bot["id"]

    def _update(self, kind: str, content: Json) -> None:
        if kind in self.allowed:
            self.updates.append({"update_id": next(self._update_ids), kind: content})
            self._told("update", 0, {"update": kind})

    def _told(self, kind: str, room_id: int, content: Json) -> None:
        for queue in self._observers:
            queue.put_nowait({"kind": kind, "chat": room_id, **content, "room": room_id})


def member_json(user: Json, status: str) -> Json:
    """A ChatMember of the Bot API."""
    member: Json = {"user": user, "status": status}
    if status == "creator":
        return member | {"is_anonymous": False}
    if status == "administrator":
        rights = (
            "can_be_edited is_anonymous can_manage_chat can_delete_messages "
            "can_manage_video_chats can_restrict_members can_promote_members can_change_info "
            "can_invite_users "
            "can_post_stories can_edit_stories can_delete_stories"
        )
        return member | dict.fromkeys(rights.split(), False) | {"can_post_messages": True}
    if status == "kicked":
        return member | {"until_date": 0}
    return member
