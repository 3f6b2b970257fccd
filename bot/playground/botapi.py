"""The Bot API over HTTP: what the bot's program talks to instead of Telegram."""

import json
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground.faults import Failure, Fault
from bot.playground.files import Upload
from bot.playground.methods import Methods
from bot.playground.refusal import Refusal
from bot.playground.world import Json, World


def bot_api_routes(world: World, token: str) -> tuple[Route, ...]:
    """`/bot<token>/<method>`, GET and POST; any other token is unknown here."""
    methods = Methods(world)

    async def call(request: Request) -> Response:
        method = request.path_params["method"]
        parameters = await _parameters(request)
        fault = next((f for f in world.faults if f.meets(method, parameters.get("chat_id"))), None)
        if fault is not None:
            answer = await _faulty(fault, world, methods, method, parameters)
            if answer is not None:
                return answer
        if request.path_params["token"] != token:
            return _refused(Refusal(401, "Unauthorized"))
        return await _answered(world, methods, method, parameters)

    async def download(request: Request) -> Response:
        """A file, by the path that getFile gave."""
        data = world.files.at(request.path_params["path"])
        if request.path_params["token"] != token or data is None:
            return _refused(Refusal(404, "Not Found"))
        return Response(data, media_type="application/octet-stream")

    return (
        Route("/bot{token}/{method}", call, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", download),
    )


async def _answered(world: World, methods: Methods, method: str, parameters: Json) -> Response:
    quiet = method.casefold() == "getupdates"
    try:
        result = await methods.call(method, parameters)
    except Refusal as refusal:
        world.told_of_call(method, False, refusal.description)  # noqa: FBT003 - a fact
        return _refused(refusal)
    if not quiet:
        world.told_of_call(method, True, str(parameters.get("chat_id", "")))  # noqa: FBT003 - a fact
    return JSONResponse({"ok": True, "result": result})


async def _faulty(
    fault: Fault, world: World, methods: Methods, method: str, parameters: Json
) -> Response | None:
    """The answer of a fault; None: go on as usual."""
    fault.times -= 1
    if fault.failure is Failure.DELAY:
        answer = await _answered(world, methods, method, parameters)
        fault.reached.set()
        await fault.released.wait()
        return answer
    fault.reached.set()
    match fault.failure:
        case Failure.STATUS:
            return Response(fault.body, fault.status, media_type="application/json")
        case Failure.DROP:
            return _Cut()
        case Failure.ACCEPT_AND_DROP:
            await methods.call(method, parameters)
            return _Cut()
        case Failure.HOLD:
            await fault.released.wait()
            return None


class _Cut(Response):
    """Ends the connection in the middle of the answer: the client learns nothing."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # ASGI's own types
        del scope, receive
        length = [(b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


def _refused(refusal: Refusal) -> JSONResponse:
    wait = refusal.parameters.get("retry_after")
    headers = {"retry-after": str(wait)} if wait is not None else None
    return JSONResponse(refusal.as_json(), refusal.status, headers)


async def _parameters(request: Request) -> Json:
    """JSON, urlencoded or multipart; values of forms are JSON where they look like it."""
    found: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        found |= await request.json()
    elif request.method == "POST":
        async with request.form() as form:
            found |= {key: await _field(value) for key, value in form.items()}
    found |= {key: found[value[9:]] for key, value in found.items() if _is_attached(value, found)}
    return {key: _value(value) for key, value in found.items()}


async def _field(value: UploadFile | str) -> Upload | str:
    return value if isinstance(value, str) else Upload(value.filename or "", await value.read())


def _is_attached(value: Any, found: Json) -> bool:
    """Files may stand in a part of their own (Bot API, "Sending files": attach://<name>)."""
    return isinstance(value, str) and value.startswith("attach://") and value[9:] in found


def _value(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
