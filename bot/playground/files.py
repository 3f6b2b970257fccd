"""Files of the emulated Telegram: uploaded by the bot or a person, fetched by their paths."""

from dataclasses import dataclass
from hashlib import blake2b
from mimetypes import guess_type
from typing import Any

from bot.playground.refusal import Refusal

MOST_DOWNLOAD = 20 * 1024 * 1024
"""Bytes (Bot API, getFile)."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a request."""

    name: str
    data: bytes


class Files:
    """What was uploaded, by file id and by path."""

    def __init__(self) -> None:
        self._documents: dict[str, dict[str, Any]] = {}
        self._paths: dict[str, str] = {}
        self._data: dict[str, bytes] = {}

    def add(self, name: str, data: bytes) -> dict[str, Any]:
        """Keep a file; returns a Document of the Bot API.

        Raises:
            Refusal: it is empty.
        """
        if not data:
            raise Refusal(400, "Bad Request: file must be non-empty")
        number = len(self._documents) + 1
        file_id = f"document-{number}"
        document = {
            "file_id": file_id,
            "file_unique_id": blake2b(data, digest_size=8).hexdigest(),
            "file_name": name,
            "mime_type": guess_type(name)[0] or "application/octet-stream",
            "file_size": len(data),
        }
        path = f"documents/file_{number}"
        self._documents[file_id] = document
        self._paths[file_id] = path
        self._data[path] = data
        return document

    def document(self, file_id: str) -> dict[str, Any]:
        """The Document with this id.

        Raises:
            Refusal: there is none.
        """
        if file_id not in self._documents:
            raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
        return self._documents[file_id]

    def get(self, file_id: str) -> dict[str, Any]:
        """A File of the Bot API.

        Raises:
            Refusal: no such file, or one too large to be fetched.
        """
        if file_id not in self._documents:
            raise Refusal(400, "Bad Request: invalid file_id")
        document = self._documents[file_id]
        if document["file_size"] > MOST_DOWNLOAD:
            raise Refusal(400, "Bad Request: file is too big")
        kept = ("file_id", "file_unique_id", "file_size")
        return {key: document[key] for key in kept} | {"file_path": self._paths[file_id]}

    def at(self, path: str) -> bytes | None:
        """What is at this path, None where nothing is."""
        return self._data.get(path)
