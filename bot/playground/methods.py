"""The methods of the Bot API that a bot like ours calls, one function each."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from bot.playground.entities import found_in, is_web_link, parse_html, utf16
from bot.playground.files import Upload
from bot.playground.polling import Polling
from bot.playground.refusal import Refusal
from bot.playground.webhook import Courier
from bot.playground.world import ADMINISTRATORS, PRESENT, Json, Room, World, member_json

MOST_TEXT = 4096
MOST_CAPTION = 1024
MOST_DATA = 64  # bytes of callback data
GENERAL = 1


class Methods:
    """What each method does in a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._polling = Polling(world)
        self._courier = Courier(world)
        self._table: dict[str, Callable[[Json], Any]] = {
            "getme": lambda _: world.bot,
            "getupdates": self._polling.get_updates,
            "deletewebhook": lambda _: self._courier.unset(),
            "setwebhook": self._courier.set,
            "getwebhookinfo": lambda _: {
                "url": self._courier.url, "has_custom_certificate": False,
                "pending_update_count": len(world.updates),
            },
            "sendmessage": self._send_message,
            "sendphoto": self._send_file,
            "senddocument": self._send_file,
            "getfile": lambda p: world.files.get(str(p.get("file_id", ""))),
            "editmessagetext": self._edit_text,
            "editmessagereplymarkup": self._edit_markup,
            "deletemessage": self._delete,
            "answercallbackquery": self._answer,
            "answerinlinequery": self._offer,
            "sendchataction": lambda p: self._writable(p) is not None,
            "getchat": self._get_chat,
            "getchatmember": self._get_member,
            "getchatadministrators": self._get_administrators,
            "getchatmembercount": lambda p: len(self._room(p).members),
            "leavechat": self._leave,
            "setmycommands": self._set_commands,
            "getmycommands": lambda p: world.commands.get(_scope(p), []),
            "deletemycommands": lambda p: world.commands.pop(_scope(p), None) is not None or True,
            "setmydescription": lambda _: True,
            "setmyshortdescription": lambda _: True,
            "setmyname": lambda _: True,
            "setchatmenubutton": lambda _: True,
        }  # fmt: skip

    async def call(self, method: str, parameters: Json) -> Any:
        """The `result` of a method.

        Raises:
            Refusal: in Telegram's words.
        """
        function = self._table.get(method.casefold())
        if function is None:
            raise Refusal(404, "Not Found")
        result = function(parameters)
        return await result if isinstance(result, Awaitable) else result

    # --- chats ---

    def _room(self, parameters: Json) -> Room:
        asked = str(parameters.get("chat_id", ""))
        number = int(asked) if asked.lstrip("-").isdecimal() else 0
        room = self._world.rooms.get(number)
        if room is None:
            raise Refusal(400, "Bad Request: chat not found")
        if room.moved_to is not None:
            raise Refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=room.moved_to,
            )
        return room

    def _writable(self, parameters: Json) -> Room:
        """The chat, if the bot may write there."""
        room = self._room(parameters)
        status = room.members.get(self._world.bot["id"])
        if room.type == "private":
            if status is None:
                raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
            if status == "kicked":
                raise Refusal(403, "Forbidden: bot was blocked by the user")
        elif status == "kicked":
            raise Refusal(403, f"Forbidden: bot was kicked from the {room.type} chat")
        elif status not in PRESENT:
            raise Refusal(403, f"Forbidden: bot is not a member of the {room.type} chat")
        elif room.type == "channel" and status not in ADMINISTRATORS:
            raise Refusal(400, "Bad Request: need administrator rights in the channel chat")
        elif status == "restricted":
            raise Refusal(400, "Bad Request: not enough rights to send text messages to the chat")
        return room

    def _topic(self, room: Room, parameters: Json) -> int:
        topic = int(parameters.get("message_thread_id") or 0)
        if topic == 0 or (room.type == "supergroup" and not room.topics):
            return 0
        if topic == GENERAL or topic not in room.topics:
            raise Refusal(400, "Bad Request: message thread not found")
        if topic in room.closed:
            raise Refusal(400, "Bad Request: TOPIC_CLOSED")
        return topic

    def _get_chat(self, parameters: Json) -> Json:
        return self._room(parameters).as_json() | {"accent_color_id": 0, "max_reaction_count": 11}

    def _get_member(self, parameters: Json) -> Json:
        room = self._room(parameters)
        user_id = int(parameters.get("user_id", 0))
        return self._member(room, user_id, room.members.get(user_id, "left"))

    def _get_administrators(self, parameters: Json) -> list[Json]:
        room = self._room(parameters)
        if room.type == "private":
            raise Refusal(400, "Bad Request: there are no administrators in the private chat")
        return [
            self._member(room, user_id, status)
            for user_id, status in room.members.items()
            if status in ADMINISTRATORS
        ]

    def _member(self, room: Room, user_id: int, status: str) -> Json:
        del room
        mine = user_id == self._world.bot["id"]
        user = self._world.bot if mine else self._world.people.get(user_id)
        if user is None:
            raise Refusal(400, "Bad Request: invalid user_id specified")
        return member_json(user, status)

    def _leave(self, parameters: Json) -> bool:
        self._room(parameters).members.pop(self._world.bot["id"], None)
        return True

    # --- messages ---

    def _send_message(self, parameters: Json) -> Json:
        room = self._writable(parameters)
        text, entities = _text(parameters)
        if utf16(text) > MOST_TEXT:
            raise Refusal(400, "Bad Request: message is too long")
        content = {"text": text, "entities": entities} | _markup(parameters)
        return self._place(room, parameters, content | _preview(parameters))

    def _send_file(self, parameters: Json) -> Json:
        room = self._writable(parameters)
        caption = str(parameters.get("caption") or "")
        text, entities = parse_html(caption) if _is_html(parameters) else (caption, [])
        if utf16(text) > MOST_CAPTION:
            raise Refusal(400, "Bad Request: message caption is too long")
        content = {"caption": text, "caption_entities": entities} | _markup(parameters)
        return self._place(room, parameters, content | self._attached(parameters))

    def _attached(self, parameters: Json) -> Json:
        """The file itself, uploaded, or one that was uploaded before, by its id."""
        kind = "photo" if "photo" in parameters else "document"
        given = parameters.get(kind)
        if isinstance(given, Upload):
            document = self._world.files.add(given.name, given.data)
        else:
            document = self._world.files.document(str(given or ""))
        if kind == "document":
            return {"document": document}
        return {"photo": [document | {"width": 1, "height": 1}]}

    def _place(self, room: Room, parameters: Json, content: Json) -> Json:
        reply = _reply(parameters)
        wanted = int(reply.get("message_id") or 0)
        if wanted and wanted not in room.messages and not reply.get("allow_sending_without_reply"):
            raise Refusal(400, "Bad Request: message to be replied not found")
        topic = self._topic(room, parameters)
        return self._world.bot_message(room, topic, wanted or None, content)

    def _own(self, parameters: Json) -> tuple[Room, Json]:
        room = self._writable(parameters)
        message = room.messages.get(int(parameters.get("message_id") or 0))
        if message is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        if message.get("from", self._world.bot) is not self._world.bot:
            raise Refusal(400, "Bad Request: message can't be edited")
        return room, message

    def _edit_text(self, parameters: Json) -> Json:
        room, message = self._own(parameters)
        text, entities = _text(parameters)
        if utf16(text) > MOST_TEXT:
            raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        content = {"text": text, "entities": entities} | _markup(parameters)
        return self._change(room, message, content | _preview(parameters))

    def _edit_markup(self, parameters: Json) -> Json:
        room, message = self._own(parameters)
        return self._change(room, message, _markup(parameters))

    def _change(self, room: Room, message: Json, content: Json) -> Json:
        shown = ("text", "entities", "reply_markup")
        before = {key: message.get(key) for key in shown}
        for key, value in content.items():
            if value in (None, []):
                message.pop(key, None)
            else:
                message[key] = value
        if before == {key: message.get(key) for key in shown}:
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply "
                "markup are exactly the same as a current content and reply markup of the message",
            )
        self._world.edited(room, message)
        return message

    def _delete(self, parameters: Json) -> bool:
        room = self._writable(parameters)
        message_id = int(parameters.get("message_id") or 0)
        if message_id not in room.messages:
            raise Refusal(400, "Bad Request: message to delete not found")
        self._world.deleted(room, message_id)
        return True

    def _offer(self, parameters: Json) -> bool:
        results = parameters.get("results") or []
        found = json.loads(results) if isinstance(results, str) else results
        self._world.offered(str(parameters.get("inline_query_id")), found)
        return True

    def _answer(self, parameters: Json) -> bool:
        text = parameters.get("text")
        if text and len(text) > 200:
            raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        alert = bool(parameters.get("show_alert"))
        self._world.answered(str(parameters.get("callback_query_id")), text, alert=alert)
        return True

    # --- menus ---

    def _set_commands(self, parameters: Json) -> bool:
        self._world.commands[_scope(parameters)] = parameters.get("commands", [])
        return True


def _scope(parameters: Json) -> str:
    scope = parameters.get("scope") or {"type": "default"}
    return f"{scope['type']}:{parameters.get('language_code', '')}"


def _is_html(parameters: Json) -> bool:
    return str(parameters.get("parse_mode", "")).casefold() == "html"


def _text(parameters: Json) -> tuple[str, list[Json]]:
    given = str(parameters.get("text", ""))
    if _is_html(parameters):
        text, entities = parse_html(given)
        entities = entities + [one for one in found_in(text) if not _covered(one, entities)]
    else:
        text, entities = given.strip(), parameters.get("entities") or found_in(given.strip())
    if not text:
        raise Refusal(400, "Bad Request: message text is empty")
    return text, entities


def _covered(found: Json, entities: list[Json]) -> bool:
    """Whether an automatic entity falls into a link or code, where Telegram finds none."""
    kinds = ("text_link", "code", "pre")
    return any(
        one["type"] in kinds and one["offset"] <= found["offset"] < one["offset"] + one["length"]
        for one in entities
    )


def _reply(parameters: Json) -> Json:
    found: Json = parameters.get("reply_parameters") or {}
    if "reply_to_message_id" in parameters:
        found = {"message_id": parameters["reply_to_message_id"]}
    return found


def _preview(parameters: Json) -> Json:
    options = parameters.get("link_preview_options")
    return {"link_preview_options": options} if options else {}


def _markup(parameters: Json) -> Json:
    """The keyboard, if Telegram would take it.

    A Message shows inline keyboards alone as `reply_markup` (Bot API, Message); what else the
    person's client is asked to do stands beside it as `client_markup`.
    """
    markup: Json = parameters.get("reply_markup") or {}
    if markup and "inline_keyboard" not in markup:
        return {"reply_markup": None, "client_markup": markup}
    for row in markup.get("inline_keyboard", ()):
        for button in row:
            _check_button(button)
    return {"reply_markup": markup or None}


def _check_button(button: Json) -> None:
    if not str(button.get("text", "")).strip():
        raise Refusal(
            400, "Bad Request: can't parse inline keyboard button: Text must be non-empty"
        )
    if len(str(button.get("callback_data", "")).encode()) > MOST_DATA:
        raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not is_web_link(url):
        raise Refusal(
            400, f"Bad Request: inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"
        )
