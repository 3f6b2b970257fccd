"""Clients with one connection each: as many as are needed at once, and closed at the end."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.sending.requests import SeparateClients
from tests.servers import RawServer, raw_server


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    async with raw_server() as found:
        yield found


async def test_three_at_once_take_three_clients_which_are_used_again(server: RawServer) -> None:
    gate = asyncio.Event()

    async def answer(writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi")

    server.answers["/"] = answer
    requests = SeparateClients(5)
    for served in (3, 6):
        gate.clear()
        asked = [
            asyncio.create_task(requests.do_request(f"{server.base}/", "GET")) for _ in range(3)
        ]
        async with asyncio.timeout(10):
            while len(server.requests) < served:
                await asyncio.sleep(0.01)
            gate.set()
            answers = await asyncio.gather(*asked)
    assert (answers, len(requests._all)) == ([(200, b"hi")] * 3, 3)
    clients = [one._client for one in requests._all]
    await requests.shutdown()
    assert [one.is_closed for one in clients] == [True] * 3


async def test_a_client_is_free_again_after_a_failure(server: RawServer) -> None:
    requests = SeparateClients(5)
    server.answers["/"] = lambda _: asyncio.sleep(0)  # ends the connection without a word
    for _ in range(3):
        with pytest.raises(Exception, match="disconnected"):
            await requests.do_request(f"{server.base}/", "GET")
    assert len(requests._all) == 1
    await requests.shutdown()
