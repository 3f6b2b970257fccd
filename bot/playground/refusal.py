"""What Telegram does not do, and why, in its own words."""

from typing import Any


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """An answer with `ok: false`: HTTP status, description, and parameters if any."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def as_json(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.status,
            "description": self.description,
        }
        return body | ({"parameters": self.parameters} if self.parameters else {})
