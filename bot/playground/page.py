"""The chat page: Telegram in a browser, for one person on this machine.

Only requests that name this machine are answered (a page elsewhere must not reach it by DNS
rebinding), and only the page itself may act (no cross-site posts).
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.playground.newsroom import Newsroom
from bot.playground.scene import Scene
from bot.playground.world import ADMINISTRATORS, Json, World

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript"}

Act = Callable[[Json], Any]


def page_routes(world: World, scene: Scene, newsroom: Newsroom) -> tuple[Route, ...]:
    """`/chat` and what its script asks for."""

    async def state(_request: Request) -> Response:
        return JSONResponse(_state(world, scene, newsroom))

    async def events(_request: Request) -> Response:
        return StreamingResponse(_stream(world), media_type="text/event-stream")

    def say(asked: Json) -> None:
        world.say(
            int(asked["room"]),
            int(asked["user"]),
            str(asked["text"]),
            topic=int(asked.get("topic") or 0),
            reply_to=asked.get("reply_to"),
            anonymous=bool(asked.get("anonymous")),
        )

    def press(asked: Json) -> Json:
        room, user, message = int(asked["room"]), int(asked["user"]), int(asked["message"])
        return {"press": world.press(room, user, message, str(asked["data"]))}

    def share(asked: Json) -> None:
        world.share_chat(int(asked["user"]), int(asked["request"]), int(asked["chat"]))

    def newsroom_switch(asked: Json) -> None:
        newsroom.failing = bool(asked["failing"])

    return (
        _guarded("/favicon.ico", _nothing),
        _guarded("/chat", _file("chat.html")),
        _guarded("/chat/chat.css", _file("chat.css")),
        _guarded("/chat/chat.js", _file("chat.js")),
        _guarded("/chat/state", state),
        _guarded("/chat/events", events),
        _guarded("/chat/say", _acting(say), "POST"),
        _guarded("/chat/press", _acting(press), "POST"),
        _guarded("/chat/share", _acting(share), "POST"),
        _guarded("/chat/newsroom", _acting(newsroom_switch), "POST"),
    )


def _guarded(
    path: str, answer: Callable[[Request], Awaitable[Response]], method: str = "GET"
) -> Route:
    async def guarded(request: Request) -> Response:
        if request.url.hostname not in LOOPBACK:
            return PlainTextResponse("this page is for this machine alone\n", 403)
        origin = request.headers.get("origin")
        if origin and urlsplit(origin).netloc != request.url.netloc:
            return PlainTextResponse("another site may not act here\n", 403)
        response = await answer(request)
        response.headers["content-security-policy"] = POLICY
        response.headers["x-content-type-options"] = "nosniff"
        response.headers["cache-control"] = "no-store"
        return response

    return Route(path, guarded, methods=[method])


async def _nothing(_request: Request) -> Response:
    return Response(status_code=204)


def _file(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        text = files("bot.playground").joinpath("static", name).read_text("utf-8")
        return Response(text, media_type=_KINDS[name.rpartition(".")[2]])

    return answer


def _acting(act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            done = act(await request.json())
        except (KeyError, ValueError, TypeError) as error:
            return JSONResponse({"error": f"not understood: {error}"}, 400)
        return JSONResponse(done or {})

    return answer


def _state(world: World, scene: Scene, newsroom: Newsroom) -> Json:
    return {
        "bot": world.bot,
        "people": [world.people[one] for one in (scene.owner, scene.member)],
        "rooms": [_room(world, room_id) for room_id in scene.rooms],
        "commands": world.commands,
        "failing": newsroom.failing,
    }


def _room(world: World, room_id: int) -> Json:
    room = world.rooms[room_id]
    return {
        "id": room.id,
        "type": room.type,
        "title": world.bot["first_name"] if room.type == "private" else room.title,
        "topics": room.topics,
        "messages": list(room.messages.values()),
        "administrators": [
            user for user, status in room.members.items() if status in ADMINISTRATORS
        ],
    }


async def _stream(world: World) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    async with world.watch() as queue:
        while True:
            event = await queue.get()
            if event["kind"] not in ("poll", "update"):
                yield f"data: {json.dumps(event)}\n\n"
