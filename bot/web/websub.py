"""Where hubs call: to confirm a subscription, and to say that a feed has changed."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.pushing import Answer
from bot.services.pushes import PATH, Pushes

SIGNATURE = "x-hub-signature"
_STATUS: Mapping[Answer, int] = {
    "taken": 200,
    "ignored": 200,  # who signs badly is not told so (WebSub, 8)
    "unknown": 410,  # a hub ends what it had with us
    "too-large": 413,
}


def websub_routes(pushes: Pushes) -> tuple[Route, ...]:
    """One address for each subscription, by its path."""

    async def confirm(request: Request) -> Response:
        answer = await pushes.confirm(request.path_params["path"], request.query_params)
        if answer is None:
            return Response(status_code=404)
        return PlainTextResponse(answer, headers={"x-content-type-options": "nosniff"})

    async def receive(request: Request) -> Response:
        header = request.headers.get(SIGNATURE, "")
        done = await pushes.received(request.path_params["path"], header, request.stream())
        return Response(status_code=_STATUS[done])

    return (
        Route(f"{PATH}/{{path}}", confirm, methods=["GET"]),
        Route(f"{PATH}/{{path}}", receive, methods=["POST"]),
    )
