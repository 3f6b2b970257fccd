"""The process that parses: reads documents from stdin, writes what it made of them to stdout.

feedparser lives here alone. Its regular expressions hold the GIL and can take seconds, and hostile
documents can take memory without end: this process is meant to be killed. Each message is a
4-byte length and a pickle; both ends are ours. The first one says that the process is ready: what
the language detector takes to load is nobody's document's time.
"""

import pickle
import resource
import sys
from typing import BinaryIO

from bot.domain.errors import FeedError, PortableError
from bot.domain.faults import Complaint, Fault
from bot.domain.model import Feed
from bot.domain.pages import Page
from bot.domain.portable import Listed
from bot.domain.robots import read_robots
from bot.sources.charsets import as_text
from bot.sources.discovery import feeds_of_page
from bot.sources.languages import Detector
from bot.sources.lists import read_list
from bot.sources.pages import page_of
from bot.sources.parsing import parse_feed
from bot.sources.wire import LENGTH, READY, Done, Failure, Job

MEMORY = 384 * 1024 * 1024
"""Bytes of address space: a worker at rest maps 150 MB, one that reads an honest 10 MB 317."""


def main() -> None:
    """Serve until stdin ends, as it does when the parent is gone."""
    detector = Detector()
    if sys.platform != "darwin":  # macOS refuses this limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    write(sys.stdout.buffer, READY)
    while (job := read(sys.stdin.buffer)) is not None:
        write(sys.stdout.buffer, work(pickle.loads(job), detector))  # noqa: S301 - from our parent


def work(job: Job, detector: Detector) -> Done:
    """What a job asks for."""
    kind, body, content_type, url = job
    match kind:
        case "list":
            return listed(body)
        case "page":
            return page(body, content_type, url)
        case "robots":
            return read_robots(as_text(body, content_type), url)
        case "feed":
            found = answer(body, content_type, url)
            return detector.of_feed(found) if isinstance(found, Feed) else found


def page(body: bytes, content_type: str | None, url: str) -> Page:
    """What a page says about itself; one that takes too much says nothing."""
    try:
        return page_of(body, content_type, url)
    except (MemoryError, RecursionError):
        return Page()


def listed(body: bytes) -> Listed:
    """What a list adds, or why it cannot be read."""
    try:
        return Listed(read_list(body))
    except PortableError as error:
        return Listed((), error.complaint)
    except MemoryError:
        return Listed((), Complaint(Fault.FILE_TOO_HEAVY, {}))
    except RecursionError:
        return Listed((), Complaint(Fault.FILE_ENDLESS, {}))


def answer(body: bytes, content_type: str | None, url: str) -> Feed | Failure:
    """A feed, or why there is none."""
    try:
        return parse_feed(body, content_type, url)
    except FeedError as error:
        return error.code, error.message, feeds_of_page(as_text(body, content_type), url)
    except MemoryError:
        return "parse-memory", "reading it takes too much memory", ()
    except RecursionError:
        return "not-a-feed", "its elements are nested without end", ()


def read(stream: BinaryIO) -> bytes | None:
    """One message; None at the end."""
    head = stream.read(LENGTH.size)
    return stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else None


def write(stream: BinaryIO, value: object) -> None:
    """One message."""
    data = pickle.dumps(value)
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()


if __name__ == "__main__":
    main()
