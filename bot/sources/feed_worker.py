"""The process that parses: reads documents from stdin, writes what it made of them to stdout.

feedparser lives here alone. Its regular expressions hold the GIL and can take seconds, and hostile
documents can take memory without end: this process is meant to be killed. Each message is a
4-byte length and a pickle; both ends are ours. The first one says that the process is ready: what
the language detector takes to load is nobody's document's time.
"""

import pickle
import resource
import sys
import time
from typing import BinaryIO

from bot.domain.errors import FeedError, PortableError
from bot.domain.faults import Complaint, Fault
from bot.domain.model import Feed
from bot.domain.pages import Page
from bot.domain.portable import Listed
from bot.domain.robots import read_robots
from bot.sources.charsets import as_text
from bot.sources.discovery import feeds_of_page
from bot.sources.expat import prefer_it
from bot.sources.languages import Detector
from bot.sources.lists import read_list
from bot.sources.pages import page_of
from bot.sources.parsing import parse_feed
from bot.sources.wire import LENGTH, READY, Done, Failure, Job

MEMORY = 236 * 1024 * 1024
"""Bytes of its own: with the 20 MB of programs that workers share, 256 MB are resident at most.

At rest a worker has 125 MB, of which 87 are touched; with an honest 10 MB to read 206 (measured).
"""


def main() -> None:
    """Serve until stdin ends, as it does when the parent is gone; argv: CPU seconds of a job."""
    seconds = int(sys.argv[1])
    detector = Detector()
    prefer_it()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # who is out of CPU time would leave a dump
    if sys.platform != "darwin":  # there it is not kept
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    write(sys.stdout.buffer, READY)
    while (job := read(sys.stdin.buffer)) is not None:
        bound_cpu(seconds)
        write(sys.stdout.buffer, work(pickle.loads(job), detector))  # noqa: S301 - from our parent


def bound_cpu(seconds: int) -> None:
    """Let the kernel end this process (SIGXCPU) after so many seconds more, one less at worst.

    It counts whole seconds, and those of the process: a busy machine takes none from a document.
    """
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    end = int(time.process_time()) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (end if most < 0 else min(end, most), most))


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
