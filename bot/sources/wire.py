"""What the main process and a feed worker say to each other.

Apart from the worker's own module, so that the main process imports neither feedparser nor what
the language detector needs.
"""

import struct
from typing import Literal

from bot.domain.model import Feed
from bot.domain.pages import Page
from bot.domain.portable import Listed
from bot.domain.robots import Robots

LENGTH = struct.Struct(">I")
READY = "ready"

Failure = tuple[str, str, tuple[str, ...]]
"""Code and message of a FeedError, and the feeds that the page names which it is instead."""

Kind = Literal["feed", "page", "robots", "list"]
Job = tuple[Kind, bytes, str | None, str]
"""What a document is, its body, its content type, its address; for robots.txt our agent's name."""

Done = Feed | Failure | Page | Robots | Listed
"""What is made of it."""
