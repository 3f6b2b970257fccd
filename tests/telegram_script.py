"""A real PTB bot over a Telegram that answers from a script."""

import json
from typing import Any

from telegram.request import BaseRequest, RequestData


class ScriptedRequest(BaseRequest):
    """Records what PTB would send and gives the next scripted answer, else success.

    An answer is (status, body) or the error that the network library's layer raises.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[tuple[int, bytes] | BaseException] = []

    @property
    def read_timeout(self) -> float | None:
        return 5.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *timeouts: Any,
        **more_timeouts: Any,
    ) -> tuple[int, bytes]:
        del method, timeouts, more_timeouts
        self.calls.append((url.rsplit("/", 1)[1], request_data.parameters if request_data else {}))
        answer = self.answers.pop(0) if self.answers else accepted(len(self.calls))
        if isinstance(answer, BaseException):
            raise answer
        return answer


def accepted(message_id: int) -> tuple[int, bytes]:
    message = {"message_id": message_id, "date": 0, "chat": {"id": 1001, "type": "private"}}
    return 200, json.dumps({"ok": True, "result": message}).encode()


def refused(status: int, description: str, **parameters: int) -> tuple[int, bytes]:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return status, json.dumps(body).encode()
