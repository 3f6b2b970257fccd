"""Pages through the one way out: their beginning alone, and only what was asked for."""

import gzip

import pytest

from bot.domain.errors import FetchError
from bot.domain.ports import Elsewhere, Fetched
from bot.domain.pushing import Hub
from bot.sources.fetch import MOST_OF_PAGE
from tests.fetching import fetcher
from tests.servers import RawServer

HTML = "text/html; charset=utf-8"


async def test_a_page_is_read_to_its_second_megabyte(server: RawServer) -> None:
    long = b"<p>news</p>" * 400_000
    server.plain("/long", long, content_type=HTML)
    server.plain("/gz", gzip.compress(long), content_type=HTML, content_encoding="gzip")
    server.plain("/short", b"<p>news</p>", content_type=HTML)
    async with fetcher("127.0.0.1") as client:
        found = [
            await client.beginning(f"{server.base}/{name}", "text/html")
            for name in ("long", "gz", "short")
        ]
    assert [isinstance(one, Fetched) and one.body for one in found] == [
        long[:MOST_OF_PAGE],
        long[:MOST_OF_PAGE],
        b"<p>news</p>",
    ]
    assert "accept: text/html\r\n" in server.requests[0].lower()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"content_type": "audio/mpeg"}, "http"),
        ({"content_type": HTML, "status": "404 Not Found"}, "not-found"),
        ({"content_type": HTML, "status": "429 Too Many Requests"}, "rate-limited"),
        ({"content_type": HTML, "content_encoding": "br"}, "encoding"),
        ({"content_type": HTML, "cf_mitigated": "challenge"}, "blocked"),
        ({"status": "302 Found", "location": "http://10.0.0.1/"}, "refused-address"),
    ],
)
async def test_what_is_no_page_ends_with_its_reason(
    server: RawServer, answer: dict[str, str], code: str
) -> None:
    server.plain("/x", b"x", **answer)
    async with fetcher("127.0.0.1") as client:
        with pytest.raises(FetchError) as caught:
            await client.beginning(f"{server.base}/x", "text/html")
    assert caught.value.code == code


async def test_a_redirect_is_followed_within_its_bounds_and_told_beyond(
    server: RawServer,
) -> None:
    server.plain("/a", status="302 Found", location="/b")
    server.plain("/b", status="302 Found", location="/private/c")
    async with fetcher("127.0.0.1") as client:
        found = await client.beginning(
            f"{server.base}/a", "text/html", lambda url: "/private/" not in url
        )
    asked = [request.split(" ")[1] for request in server.requests]
    assert (found, asked) == (Elsewhere(f"{server.base}/private/c"), ["/a", "/b"])


async def test_a_robots_txt_is_read_whatever_the_server_calls_it(server: RawServer) -> None:
    rules = b"User-agent: *\nDisallow: /"
    server.plain("/robots.txt", rules, content_type="application/octet-stream")
    async with fetcher("127.0.0.1") as client:
        found = await client.beginning(f"{server.base}/robots.txt", "*/*")
    assert isinstance(found, Fetched)
    assert found.body == rules


async def test_s4_pages_go_through_the_same_guard() -> None:
    async with fetcher() as client:
        with pytest.raises(FetchError) as caught:
            await client.beginning("http://127.0.0.1:8080/x", "text/html")
    assert caught.value.code == "refused-address"


@pytest.mark.parametrize(
    ("link", "hub"),
    [
        ('<https://hub.example/>; rel="hub"', Hub("https://hub.example/", "{base}/f")),
        (
            '<https://hub.example/>; rel=hub, </self.xml>; rel="self"',
            Hub("https://hub.example/", "{base}/self.xml"),
        ),
        ('<https://a.example/>; rel="preload hub"', Hub("https://a.example/", "{base}/f")),
        ('<javascript:alert(1)>; rel="hub"', None),
        ('<https://a.example/>; rel="self"', None),
        ("nonsense", None),
    ],
)
async def test_a_hub_in_the_headers_is_known(
    server: RawServer, link: str, hub: Hub | None
) -> None:
    server.plain("/f", b"<rss/>", link=link)
    async with fetcher("127.0.0.1") as client:
        found = await client.fetch(f"{server.base}/f")
    wanted = hub and Hub(hub.url, hub.topic.replace("{base}", server.base))
    assert isinstance(found, Fetched)
    assert found.hub == wanted


async def test_w4_a_hub_is_asked_through_the_same_guard(server: RawServer) -> None:
    server.plain("/hub", status="202 Accepted")
    server.plain("/moved", status="307 Temporary Redirect", location="http://10.0.0.1/")
    form = {"hub.mode": "subscribe", "hub.topic": "https://a.example/?x=1&y"}
    async with fetcher("127.0.0.1") as client:
        statuses = [await client.post(f"{server.base}/{name}", form) for name in ("hub", "moved")]
    async with fetcher() as client:
        with pytest.raises(FetchError) as caught:
            await client.post("http://127.0.0.1:8080/hub", form)
    assert (statuses, caught.value.code) == ([202, 307], "refused-address")
    assert server.requests[0].startswith("POST /hub ")
