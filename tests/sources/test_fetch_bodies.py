"""H1-H4: bodies, headers and servers that mean no good end in time, with a named error."""

import asyncio
import gzip
import tracemalloc

import pytest

from bot.domain.errors import FetchError
from bot.domain.ports import Fetched
from bot.sources.fetch import MOST_BYTES
from tests.fetching import code_of, fetcher
from tests.servers import RawServer

MEGABYTE = bytes(1_000_000)


async def test_h1_a_gzip_bomb_is_cut_at_the_cap_without_filling_memory(server: RawServer) -> None:
    bomb = gzip.compress(bytes(200_000_000))
    server.plain("/bomb", bomb, content_encoding="gzip")
    tracemalloc.start()
    code = await code_of(f"{server.base}/bomb", "127.0.0.1")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (code, peak < 64_000_000) == ("too-large", True)


async def test_h1_gzip_is_read_and_other_codings_are_not_asked_for(server: RawServer) -> None:
    server.plain("/gz", gzip.compress(b"<rss/>"), content_encoding="gzip")
    server.plain("/br", b"x", content_encoding="br")
    async with fetcher("127.0.0.1") as client:
        fetched = await client.fetch(f"{server.base}/gz")
    assert isinstance(fetched, Fetched)
    assert fetched.body == b"<rss/>"
    assert "accept-encoding: gzip\r\n" in server.requests[0].lower()
    assert await code_of(f"{server.base}/br", "127.0.0.1") == "encoding"


async def test_h2_an_endless_body_stops_at_the_cap(server: RawServer) -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        while not writer.is_closing():
            writer.write(bytes(100_000))
            await writer.drain()

    server.answers["/endless"] = endless
    assert await code_of(f"{server.base}/endless", "127.0.0.1") == "too-large"


async def test_h3_a_dripping_server_meets_the_deadline(server: RawServer) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)  # a server's pace, far below any timeout per read

    server.answers["/drip"] = drip
    code = await code_of(f"{server.base}/drip", "127.0.0.1", deadline=0.3)
    assert code == "timeout"


async def test_h3_two_hundred_dripping_servers_end_in_time_and_delay_nobody(
    server: RawServer,
) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(1.0)  # a server's pace, far below any timeout per read

    server.answers["/drip"] = drip
    server.plain("/good", b"news")
    async with fetcher("127.0.0.1", deadline=6.0) as slow, fetcher("127.0.0.1") as other:
        dripping = [asyncio.create_task(slow.fetch(f"{server.base}/drip")) for _ in range(200)]
        good = await other.fetch(f"{server.base}/good")
        meanwhile = [task.done() for task in dripping]
        ended = await asyncio.gather(*dripping, return_exceptions=True)
    assert isinstance(good, Fetched)
    assert {getattr(one, "code", one) for one in ended} == {"timeout"}
    assert not any(meanwhile)  # the good one was served while all of them dripped


async def test_h2_three_megabytes_of_headers_are_refused(server: RawServer) -> None:
    async def shout(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(3_000):
            writer.write(f"x-{number}: {'x' * 1_000}\r\n".encode())
        writer.write(b"\r\n")

    server.answers["/headers"] = shout
    assert await code_of(f"{server.base}/headers", "127.0.0.1") == "protocol"


async def test_h4_circles_of_redirects_end(server: RawServer) -> None:
    server.plain("/round", status="302 Found", location="/round")
    code = await code_of(f"{server.base}/round", "127.0.0.1")
    assert (code, len(server.requests)) == ("redirects", 6)


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, br", "compress", "x"])
async def test_h1_other_codings_are_refused_even_when_sent_unasked(
    server: RawServer, coding: str
) -> None:
    server.plain("/bomb", gzip.compress(MEGABYTE * 20), content_encoding=coding)
    tracemalloc.start()
    code = await code_of(f"{server.base}/bomb", "127.0.0.1")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (code, peak < 10_000_000) == ("encoding", True)


async def test_h1_a_bomb_in_many_pieces_is_cut_at_the_cap(server: RawServer) -> None:
    bomb = gzip.compress(MEGABYTE * 40)

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n")
        for start in range(0, len(bomb), 1_000):
            writer.write(bomb[start : start + 1_000])
            await writer.drain()

    server.answers["/drip"] = drip
    tracemalloc.start()
    code = await code_of(f"{server.base}/drip", "127.0.0.1")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (code, peak < 64_000_000) == ("too-large", True)


@pytest.mark.parametrize(
    ("length", "sent", "code"),
    [
        (999_999_999_999, 10, "protocol"),  # says much, sends little, hangs up
        (11_000_000, 11, "too-large"),
        (-1, 1, "protocol"),
    ],
)
async def test_h2_a_lying_content_length_ends_with_a_named_error(
    server: RawServer, length: int, sent: int, code: str
) -> None:
    async def lie(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n".encode())
        for _ in range(sent):
            writer.write(MEGABYTE if code == "too-large" else b"x")
            await writer.drain()

    server.answers["/lie"] = lie
    assert await code_of(f"{server.base}/lie", "127.0.0.1") == code


async def test_h2_ten_megabytes_are_read_and_a_byte_more_is_not(server: RawServer) -> None:
    server.plain("/fits", bytes(MOST_BYTES))
    server.plain("/over", bytes(MOST_BYTES + 1))
    async with fetcher("127.0.0.1") as client:
        found = await client.fetch(f"{server.base}/fits")
    assert isinstance(found, Fetched)
    assert len(found.body) == MOST_BYTES
    assert await code_of(f"{server.base}/over", "127.0.0.1") == "too-large"


@pytest.mark.parametrize(("kilobytes", "good"), [(60, True), (70, False), (95, False)])
async def test_h2_headers_have_at_most_64_kilobytes(
    server: RawServer, kilobytes: int, *, good: bool
) -> None:
    server.plain("/h", b"news", x_long="x" * 1_000 * kilobytes)
    async with fetcher("127.0.0.1") as client:
        try:
            await client.fetch(f"{server.base}/h")
            code = "good"
        except FetchError as error:
            code = error.code
    assert code == ("good" if good else "protocol")


async def test_h3_dripping_headers_meet_the_deadline(server: RawServer) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not writer.is_closing():
            writer.write(b"x: y\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)  # a server's pace

    server.answers["/drip"] = drip
    assert await code_of(f"{server.base}/drip", "127.0.0.1", deadline=0.3) == "timeout"


async def test_h3_a_handshake_without_end_meets_the_deadline(server: RawServer) -> None:
    silent = server.base.replace("http:", "https:")  # it waits for a request, and says nothing
    assert await code_of(f"{silent}/", "127.0.0.1", deadline=0.3) == "timeout"
