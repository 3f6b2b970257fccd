"""P1 to P5: what feeds may do to us, and what they may not."""

import asyncio
import json
import re
import resource
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import FETCH_CODES, FeedError
from bot.domain.model import Entry, Feed
from bot.sources.feed_worker import answer
from bot.sources.feeds import FeedWorkers
from bot.sources.fetch import MOST_BYTES
from bot.sources.parsing import parse_feed
from bot.sources.wire import Failure

URL = "https://news.example.org/feeds/world.xml"
GOLDEN = sorted(
    path
    for path in (Path(__file__).parent / "golden").iterdir()
    if not path.name.endswith(".expected.json")
)
on_linux = pytest.mark.skipif(sys.platform == "darwin", reason="macOS keeps no memory limit")
LAG = 0.25
"""Seconds the event loop may be late (reliability P3)."""


def rss(items: str, before: str = "") -> bytes:
    return f"{before}<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()


def only_entry(body: bytes) -> Entry:
    (entry,) = parse_feed(body, None, URL).entries
    return entry


# --- P1: caps


@pytest.mark.parametrize("length", [512, 513, 100_000])
def test_p1_a_title_has_at_most_512_characters(length: int) -> None:
    entry = only_entry(rss(f"<item><title>{'ж' * length}</title></item>"))
    assert entry.title == "ж" * 512


@pytest.mark.parametrize("length", [16_000, 16_001, 1_000_000])
def test_p1_a_summary_has_at_most_16_000_characters(length: int) -> None:
    entry = only_entry(rss(f"<item><description>{'s' * length}</description></item>"))
    assert entry.summary == "s" * 16_000


@pytest.mark.parametrize(("length", "kept"), [(2_048, True), (2_049, False), (100_000, False)])
def test_p1_a_link_of_more_than_2048_characters_is_none(length: int, kept: bool) -> None:
    link = "https://harbour.example/".ljust(length, "x")
    entry = only_entry(rss(f"<item><title>x</title><link>{link}</link></item>"))
    assert entry.link == (link if kept else None)


def test_p1_long_ids_have_1024_characters_and_stay_different() -> None:
    items = "".join(f"<item><guid>{'i' * 5_000}{n}</guid></item>" for n in range(2))
    ids = [entry.id for entry in parse_feed(rss(items), None, URL).entries]
    assert ([len(one) for one in ids], len(set(ids))) == ([1_024, 1_024], 2)


@pytest.mark.parametrize("kind", ["xml", "json"])
def test_p1_a_fetch_has_at_most_500_entries(kind: str) -> None:
    items = [{"id": str(n), "title": str(n)} for n in range(600)]
    body = {
        "xml": rss("".join(f"<item><title>{item['title']}</title></item>" for item in items)),
        "json": json.dumps(
            {"version": "https://jsonfeed.org/version/1.1", "items": items}
        ).encode(),
    }[kind]
    titles = [entry.title for entry in parse_feed(body, None, URL).entries]
    assert titles == [str(n) for n in range(500)]


@pytest.mark.parametrize("kind", ["xml", "json"])
def test_p1_names_are_few_and_short(kind: str) -> None:
    tags = [f"{n} {'t' * 1_000}" for n in range(100)]
    item = {"id": "1", "tags": tags, "authors": [{"name": tag} for tag in tags]}
    body = {
        "xml": rss("<item>" + "".join(f"<category>{tag}</category>" for tag in tags) + "</item>"),
        "json": json.dumps(
            {"version": "https://jsonfeed.org/version/1.1", "items": [item]}
        ).encode(),
    }[kind]
    entry = only_entry(body)
    lengths = {len(name) for name in entry.categories + entry.authors}
    assert (len(entry.categories), len(entry.authors) <= 20, lengths) == (20, True, {128})


def test_p1_what_was_too_long_is_told() -> None:
    long = "https://harbour.example/" + "x" * 3_000
    items = (
        f"<item><title>{'t' * 600}</title><link>{long}</link><guid>{'i' * 2_000}</guid>"
        f"<description>{'s' * 17_000}</description></item>"
    ) * 2
    whole = "<item><title>t</title><link>https://harbour.example/</link></item>"
    assert parse_feed(rss(items), None, URL).cut == (
        *("2 titles", "2 summaries", "2 ids", "2 links"),
    )
    assert parse_feed(rss(whole * 600), None, URL).cut == ("100 entries",)
    assert parse_feed(rss(whole), None, URL).cut == ()


def test_p1_entities_do_not_grow() -> None:
    levels = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 9))
    bomb = f"<!DOCTYPE rss [<!ENTITY e0 'boom'>{levels}]>"
    entry = only_entry(rss("<item><title>[&e8;]</title></item>", bomb))
    assert entry.title == "[&e8;]"


# --- P2: nothing outside is read


@asynccontextmanager
async def canary() -> AsyncIterator[tuple[int, list[str]]]:
    """A server's port, and the connections it saw."""
    seen: list[str] = []

    async def note(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append("connection")
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], seen


DOCTYPES = {
    "external entity, file": '<!DOCTYPE rss [<!ENTITY x SYSTEM "{file}">]>',
    "external entity, web": '<!DOCTYPE rss [<!ENTITY x SYSTEM "{web}">]>',
    "public entity": '<!DOCTYPE rss [<!ENTITY x PUBLIC "-//A//B" "{web}">]>',
    "external DTD": '<!DOCTYPE rss SYSTEM "{web}">',
    "public DTD": '<!DOCTYPE rss PUBLIC "-//A//B" "{web}">',
    "parameter entity": '<!DOCTYPE rss [<!ENTITY % p SYSTEM "{web}"> %p; <!ENTITY x "&p;">]>',
    "on lines of their own": '<!DOCTYPE rss [\n<!ENTITY x SYSTEM "{file}">\n]>',
    "not ended": '<!DOCTYPE rss [<!ENTITY x SYSTEM "{file}">',
    "after 30 kB": "<!DOCTYPE rss [<!--" + "x" * 30_000 + '--><!ENTITY x SYSTEM "{file}">]>',
    "style sheet": '<?xml-stylesheet type="text/xsl" href="{web}"?>',
    "inclusion": '<!-- --><x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{file}"/>',
}


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("kind", DOCTYPES)
async def test_p2_no_file_is_read_and_no_server_is_asked(
    kind: str, charset: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("canary-7319")
    async with canary() as (port, seen), FeedWorkers(count=1) as workers:
        places = {"file": secret.as_uri(), "web": f"http://127.0.0.1:{port}/x"}
        item = "<item><title>A &x; B</title><description>&x;</description><link>&x;</link></item>"
        text = rss(item, DOCTYPES[kind].format(**places)).decode()
        try:
            found = repr(await workers.parse(text.encode(charset), None, URL))
        except FeedError as error:
            found = error.code
        assert ("canary-7319" in found, seen) == (False, [])


@pytest.mark.parametrize("body", [b"/etc/hosts", b"file:///etc/hosts", b"http://127.0.0.1:9/"])
def test_p2_a_body_that_is_a_path_is_no_path(body: bytes) -> None:
    assert answer(body, None, URL) == ("not-a-feed", "it is no feed that can be read", ())


# --- P3: a document costs its worker at most


class Heartbeat:
    """Seconds that this process computes between two beats of the loop, a hundredth apart.

    CPU time of all its threads: a document that is read here, in whichever thread, is a long beat
    on any machine; one that a busy machine keeps waiting is not.
    """

    def __init__(self) -> None:
        self.beats: list[float] = []
        self._loop = asyncio.get_running_loop()
        self._last = time.process_time()
        self._timer = self._loop.call_later(0.01, self._beat)

    def _beat(self) -> None:
        now = time.process_time()
        self.beats.append(now - self._last)
        self._last = now
        self._timer = self._loop.call_later(0.01, self._beat)

    @property
    def longest(self) -> float:
        return max(self.beats, default=0.0)

    @property
    def p99(self) -> float:
        return sorted(self.beats)[int(len(self.beats) * 0.99)]

    def stop(self) -> None:
        self._timer.cancel()


@contextmanager
def heartbeat() -> Iterator[Heartbeat]:
    found = Heartbeat()
    try:
        yield found
    finally:
        found.stop()


OUTCOMES = {"rss20", "parse-timeout", "parse-memory", "not-a-feed"}
HOSTILE = {
    "author of 100 kB": rss(f"<item><title>x</title><author>{'a' * 100_000}</author></item>"),
    "comments without end": rss(
        f"<item><title>x</title><description>{'&lt;!--' * 35_000}</description></item>"
    ),
    "tags without end": rss(
        f"<item><title>x</title><description>{'&lt;a ' * 100_000}</description></item>"
    ),
    "nesting without end": rss("<item><title>" + "<b>" * 200_000 + "</title></item>"),
    "short entities, often": rss(
        f"<item><title>{'&a;' * 3_000_000}</title></item>",
        f"<!DOCTYPE rss [<!ENTITY a '{'x' * 64}'>]>",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_p3_a_hostile_document_stops_neither_the_loop_nor_the_next_feed(kind: str) -> None:
    async with FeedWorkers(count=1, seconds=2) as workers:
        with heartbeat() as heart:
            try:
                outcome = (await workers.parse(HOSTILE[kind], None, URL)).format
            except FeedError as error:
                outcome = error.code
            after = await workers.parse(rss("<item><title>Next</title></item>"), None, URL)
    assert (outcome in OUTCOMES, heart.longest < LAG, after.entries[0].title) == (
        True,
        True,
        "Next",
    ), (outcome, heart.longest)


async def test_p3_a_tenth_of_hostile_feeds_delays_neither_the_loop_nor_the_others() -> None:
    good = rss("".join(f"<item><title>Item {number}</title></item>" for number in range(50)))
    async with FeedWorkers() as workers:
        await workers.parse(good, None, URL)
        with heartbeat() as heart:
            bad = [asyncio.create_task(workers.parse(one, None, URL)) for one in HOSTILE.values()]
            done = await asyncio.gather(*(workers.parse(good, None, URL) for _ in range(45)))
            waiting = sum(not one.done() for one in bad)
            outcomes = await asyncio.gather(*bad, return_exceptions=True)
    told = {getattr(one, "code", None) or getattr(one, "format", None) for one in outcomes}
    assert (len(done), told <= OUTCOMES, waiting > 0) == (45, True, True), (told, waiting)
    assert (heart.p99 < 0.1, heart.longest < LAG) == (True, True), (heart.p99, heart.longest)


@on_linux
async def test_p3_a_worker_may_not_take_256_megabytes() -> None:
    async with FeedWorkers(count=1, seconds=20, quick=20) as workers:
        with pytest.raises(FeedError) as caught:
            await workers.parse(HOSTILE["short entities, often"], None, URL)
        most = peak(workers)
    assert (caught.value.code, most < 256 * 1024 * 1024) == ("parse-memory", True), most


@on_linux
async def test_p3_an_honest_feed_of_ten_megabytes_has_room_in_them() -> None:
    text = "Delegates of NATO and Russia meet in Geneva on Monday, officials say. " * 14
    item = f"<item><title>Moscow talks</title><description>{text}</description></item>"
    async with FeedWorkers(count=1, seconds=30, quick=30) as workers:
        found = await workers.parse(rss(item * (MOST_BYTES // len(item) - 1)), None, URL)
        most = peak(workers)
    assert (len(found.entries), most < 256 * 1024 * 1024) == (500, True), most


async def test_p3_a_document_may_not_take_more_cpu_than_its_seconds() -> None:
    async with FeedWorkers(count=1, seconds=60, quick=60, cpu=2) as workers:
        await workers.parse(rss("<item><title>First</title></item>"), None, URL)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        with pytest.raises(FeedError) as caught:
            await workers.parse(HOSTILE["author of 100 kB"], None, URL)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    assert caught.value.code == "parse-timeout"
    assert 1 <= spent < 10, spent  # twice: in the lane of all, and in that of the slow


def peak(workers: FeedWorkers) -> int:
    """The most bytes that the worker of the lane of all has had resident."""
    (worker,) = workers._quick._workers
    assert worker._process is not None
    told = Path(f"/proc/{worker._process.pid}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", told)[0]) * 1024


async def test_p3_a_worker_is_replaced_after_many_documents() -> None:
    leak = rss("<item><title>Next</title></item>")
    async with FeedWorkers(count=1, documents=2) as workers:
        seen = []
        for _ in range(3):
            await workers.parse(leak, None, URL)
            (worker,) = workers._quick._workers
            assert worker._process is not None
            seen.append(worker._process.pid)
    assert [seen.count(pid) for pid in dict.fromkeys(seen)] == [2, 1]


# --- P4, P5: whatever they say, it is a feed fit to store or a reason


def unfit(value: Any) -> list[str]:
    """Texts of a feed that a database or Telegram would refuse."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in unfit(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in unfit(one)]
    return [value] if isinstance(value, str) and any(map(_bad, value)) else []


def _bad(character: str) -> bool:
    control = character < " " and character not in "\n\t"
    return control or "\ud800" <= character <= "\udfff"


def fit_or_refused(found: Feed | Failure) -> bool:
    if not isinstance(found, Feed):
        return found[0] in FETCH_CODES
    links = [link for entry in found.entries for link in (entry.link, entry.image) if link]
    web = all(link.lower().startswith(("http://", "https://")) for link in links)
    ids = all(0 < len(entry.id) <= 2_048 for entry in found.entries)
    return web and ids and not unfit(asdict(found))


TOKENS = (
    *(b"<", b">", b"&", b"&#", b";", b'"', b"'", b"\0", b"\x1b", b"\xff\xfe", b"\xed\xa0\x80"),
    *(b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<!DOCTYPE x [", b'<!ENTITY a "b">', b"<?xml "),
    *(b"<item>", b"</item>", b"<entry>", b"</entry>", b"<image>", b"<textInput>", b"</width>"),
    *(b"<link>http://[</link>", b'<link href="http://[::1"/>', b'xml:base="http://[x"'),
    *(b'type="xhtml"', b'mode="base64"', b"&#xD800;", b"&#0;", b"&#x110000;", b"{", b"}", b"[]"),
    *(b"<source>", b"<psc:chapter>", b"<geo:lat>x", b"<media:group>", b"<ttl>\xd9\xa1</ttl>"),
)
EDIT = st.tuples(
    st.floats(0, 1), st.integers(0, 60), st.sampled_from(TOKENS) | st.binary(max_size=30)
)
HEADERS = (None, "text/xml", "text/xml; charset=utf-16", 'a/b; charset="', "x; charset*=a'b'c")


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(GOLDEN),
    st.lists(EDIT, max_size=8),
    st.sampled_from(HEADERS),
    st.sampled_from([URL, "", "http://[", "x y"]),
)
def test_p4_p5_a_mutated_feed_is_fit_to_store_or_refused(
    path: Path, edits: list[tuple[float, int, bytes]], header: str | None, url: str
) -> None:
    body = path.read_bytes()
    for where, cut, put in edits:
        at = int(where * len(body))
        body = body[:at] + put + body[at + cut :]
    assert fit_or_refused(answer(body, header, url))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_p4_p5_a_feed_cut_off_anywhere_is_fit_to_store_or_refused(path: Path, part: float) -> None:
    body = path.read_bytes()
    assert fit_or_refused(answer(body[: int(part * len(body))], None, URL))


@pytest.mark.parametrize(
    "broken",
    [
        "<item><title>x</title><image></width></image></item>",
        "</textInput><item><title>x</title></item>",
        "<item><source><link/></source></item></link>",
        "<item xmlns:p='http://podlove.org/simple-chapters'><p:chapters><p:chapter/></item>",
    ],
)
def test_p4_what_feedparser_breaks_on_is_refused_or_read(broken: str) -> None:
    assert fit_or_refused(answer(rss(broken), None, URL))
