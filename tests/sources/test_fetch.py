"""The one way out: guarded (S1-S3), capped and under a deadline (H1-H4)."""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
import trustme

from bot.domain.addresses import Address, allow_list
from bot.domain.errors import FetchError
from bot.domain.model import Validators
from bot.domain.ports import Fetched, NotModified
from bot.sources.fetch import GuardedFetcher
from tests.builders import NOW
from tests.servers import RawServer, raw_server

SPECIAL = """
0.0.0.0 0.1.2.3 10.1.2.3 100.64.0.1 127.0.0.1 127.1.2.3 169.254.169.254 172.16.0.1 192.0.0.1
192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1
255.255.255.255 168.63.129.16 100.100.100.200 :: ::1 ::7f00:1 ::ffff:127.0.0.1
::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1::1
3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1
"""
SPELLINGS = """
http://2130706433/ http://0x7f000001/ http://0x7f.1/ http://0177.0.0.1/ http://017700000001/
http://127.1/ http://0/ http://localhost/ http://localhost./ http://127。0。0。1/
http://①②⑦.⓪.⓪.①/ http://[::1]/ http://[::ffff:127.0.0.1]/ http://user:pw@127.0.0.1/
"""
FOREIGN = r"""
file:///etc/passwd gopher://example.org/ ftp://example.org/x data:text/plain,hi //example.org/
http://example.org:22/ http://example.org:6379/ http://example.org\@127.0.0.1/ http:/// nothing
"""


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    async with raw_server() as opened:
        yield opened


def fetcher(*allowed: str, deadline: float = 10) -> GuardedFetcher:
    return GuardedFetcher(allow=allow_list(allowed), now=lambda: NOW, deadline=deadline)


async def code_of(url: str, *allowed: str, deadline: float = 10) -> str:
    async with fetcher(*allowed, deadline=deadline) as client:
        with pytest.raises(FetchError) as caught:
            await client.fetch(url)
    return caught.value.code


@pytest.mark.parametrize("address", SPECIAL.split())
async def test_s1_special_addresses_are_refused_as_literals_and_as_dns_answers(
    address: str,
) -> None:
    literal = f"http://[{address}]/" if ":" in address else f"http://{address}/"

    async def resolve(_host: str, _port: int) -> Sequence[Address]:
        return [ip_address(address)]

    codes = []
    for url in (literal, "http://news.example.org/"):
        async with GuardedFetcher(now=lambda: NOW, resolve=resolve) as client:
            with pytest.raises(FetchError) as caught:
                await client.fetch(url)
        codes.append(caught.value.code)
    assert codes == ["refused-address", "refused-address"]


@pytest.mark.parametrize("url", SPELLINGS.split())
async def test_s1_odd_spellings_of_this_machine_are_refused(url: str) -> None:
    assert await code_of(url) in ("refused-address", "refused-url", "dns")


@pytest.mark.parametrize("url", FOREIGN.split())
async def test_s8_other_schemes_ports_and_nonsense_are_refused(url: str) -> None:
    assert await code_of(url) == "refused-url"


async def test_s1_no_connection_is_made_to_a_refused_address(server: RawServer) -> None:
    server.plain("/", b"secret")
    port = server.base.rpartition(":")[2]
    code = await code_of(f"http://localhost:{port}/")
    assert (code, server.requests) == ("refused-url", [])


async def test_s2_the_address_that_was_checked_is_the_one_that_is_dialled() -> None:
    asked = 0

    async def rebinding(_host: str, _port: int) -> Sequence[Address]:
        nonlocal asked
        asked += 1
        return [ip_address("10.0.0.1" if asked > 1 else "127.0.0.1")]

    async with GuardedFetcher(now=lambda: NOW, resolve=rebinding) as client:
        with pytest.raises(FetchError, match="cannot be used"):
            await client.fetch("http://rebind.example.org/")
    assert asked == 1


async def test_s2_one_bad_answer_among_good_ones_is_enough() -> None:
    async def mixed(_host: str, _port: int) -> Sequence[Address]:
        return [ip_address("93.184.215.14"), ip_address("127.0.0.1")]

    async with GuardedFetcher(now=lambda: NOW, resolve=mixed) as client:
        with pytest.raises(FetchError) as caught:
            await client.fetch("http://mixed.example.org/")
    assert caught.value.code == "refused-address"


@pytest.mark.parametrize(
    "target", ["http://127.0.0.2:8080/", "http://10.0.0.1/", "http://169.254.169.254/latest"]
)
async def test_s3_a_redirect_to_the_inside_is_refused(server: RawServer, target: str) -> None:
    server.plain("/go", status="302 Found", location=target)
    assert await code_of(f"{server.base}/go", "127.0.0.1/32") == "refused-address"


async def test_s9_what_the_operator_names_is_open_but_never_metadata(server: RawServer) -> None:
    server.plain("/f", b"hello")
    async with fetcher("127.0.0.0/8", "169.254.0.0/16") as client:
        fetched = await client.fetch(f"{server.base}/f")
        with pytest.raises(FetchError) as caught:
            await client.fetch("http://169.254.169.254/")
    assert isinstance(fetched, Fetched)
    assert (fetched.body, caught.value.code) == (b"hello", "refused-address")


async def test_s8_open_and_closed_ports_inside_are_refused_alike(server: RawServer) -> None:
    port = int(server.base.rpartition(":")[2])
    told = set()
    for number in (port, 8080, 443):
        async with fetcher() as client:
            with pytest.raises(FetchError) as caught:
                await client.fetch(f"http://127.0.0.1:{number}/")
        told.add((caught.value.code in ("refused-address", "refused-url"), number == port))
    assert (told, server.requests) == ({(True, True), (True, False)}, [])


async def test_s6_the_host_that_is_checked_is_the_host_that_is_dialled() -> None:
    asked: list[str] = []

    async def resolve(host: str, _port: int) -> Sequence[Address]:
        asked.append(host)
        raise OSError

    for url in SAME_HOST.split():
        async with GuardedFetcher(now=lambda: NOW, resolve=resolve) as client:
            with suppress(FetchError):
                await client.fetch(url)
    assert set(asked) == {"example.org"}


SAME_HOST = r"""
http://example.org/ HTTP://EXAMPLE.ORG/ http://example.org:80/ http://example.org?x
http://example.org#@127.0.0.1/ http://127.0.0.1@example.org/ http://example.org/@127.0.0.1
http://example.org\@127.0.0.1/ http://example.org%2f@example.org/ http://example。org/
http://example.org%00.evil.org/ http://[example.org]/ http:/example.org/ http:example.org
"""
"""What parsers disagree on is refused; what they agree on leads to one host."""


@pytest.mark.parametrize(
    ("name", "ended", "known", "code"),
    [
        ("localhost", False, True, None),
        ("localhost", True, True, "tls-expired"),
        ("news.example.org", False, True, "tls-wrong-host"),
        ("localhost", False, False, "tls"),
    ],
)
async def test_h6_a_bad_certificate_has_its_reason(
    name: str, ended: bool, known: bool, code: str | None
) -> None:
    authority = trustme.CA()
    until = datetime(2020, 1, 1, tzinfo=UTC) if ended else None
    certificate = authority.issue_cert(name, not_after=until)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(serving)
    trusting = ssl.create_default_context()
    if known:
        authority.configure_trust(trusting)

    async with raw_server(serving) as server:
        server.plain("/", b"news")
        url = server.base.replace("127.0.0.1", "localhost") + "/"
        allow = allow_list(("localhost", "127.0.0.0/8", "::1/128"))
        async with GuardedFetcher(allow=allow, now=lambda: NOW, context=trusting) as client:
            try:
                await client.fetch(url)
                told = None
            except FetchError as error:
                told = error.code
    assert told == code


async def test_h8_a_thousand_polls_leave_nothing_open(server: RawServer) -> None:
    server.plain("/feed", b"news")
    async with fetcher("127.0.0.1") as client:
        for _ in range(50):
            await client.fetch(f"{server.base}/feed")
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(1_000):
            await client.fetch(f"{server.base}/feed")
        after = len(list(Path("/proc/self/fd").iterdir()))
    assert abs(after - before) <= 10


async def test_l1_validators_are_replayed_byte_for_byte_and_no_cookies(server: RawServer) -> None:
    server.plain("/f", b"x", etag='W/"a b"', last_modified="yesterday", set_cookie="a=b")
    async with fetcher("127.0.0.1") as client:
        first = await client.fetch(f"{server.base}/f")
        assert isinstance(first, Fetched)
        server.plain("/f", status="304 Not Modified", cache_control="max-age=60")
        second = await client.fetch(f"{server.base}/f", first.validators)
    assert first.validators == Validators(etag='W/"a b"', last_modified="yesterday")
    assert second == NotModified(max_age=60)
    lines = server.requests[1].lower().split("\r\n")
    assert 'if-none-match: w/"a b"' in lines
    assert "if-modified-since: yesterday" in lines
    assert not any(line.startswith("cookie") for line in lines)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("1000000000", 86_400),
        ("-5", None),
        ("soon", None),
        ("Sun, 09 Jan 2022 11:57:14 GMT", 3_600),
        ("Sun, 09 Jan 2000 11:57:14 GMT", 0),
    ],
)
async def test_l2_retry_after_in_every_form(
    server: RawServer, value: str, seconds: float | None
) -> None:
    server.plain("/f", status="429 Too Many Requests", retry_after=value)
    async with fetcher("127.0.0.1") as client:
        with pytest.raises(FetchError) as caught:
            await client.fetch(f"{server.base}/f")
    assert (caught.value.code, caught.value.retry_after) == ("rate-limited", seconds)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("403 Forbidden", "blocked"),
        ("404 Not Found", "not-found"),
        ("410 Gone", "gone"),
        ("500 Oops", "server-error"),
        ("418 Teapot", "http"),
    ],
)
async def test_every_status_has_its_meaning(server: RawServer, status: str, code: str) -> None:
    server.plain("/f", status=status)
    assert await code_of(f"{server.base}/f", "127.0.0.1") == code


async def test_a_permanent_move_is_reported_and_a_passing_one_is_not(server: RawServer) -> None:
    server.plain("/new", b"x")
    server.plain("/301", status="301 Moved Permanently", location="/new")
    server.plain("/302", status="302 Found", location="/new")
    async with fetcher("127.0.0.1") as client:
        moved = await client.fetch(f"{server.base}/301")
        passing = await client.fetch(f"{server.base}/302")
    assert isinstance(moved, Fetched)
    assert isinstance(passing, Fetched)
    assert (moved.moved_to, passing.moved_to) == (f"{server.base}/new", None)


async def test_i6_a_move_is_reported_with_a_304_too(server: RawServer) -> None:
    server.plain("/new", status="304 Not Modified")
    server.plain("/old", status="308 Permanent Redirect", location="/new")
    async with fetcher("127.0.0.1") as client:
        answer = await client.fetch(f"{server.base}/old", Validators(etag="e"))
    assert answer == NotModified(moved_to=f"{server.base}/new")


CHALLENGE = b"<html><head><title>Just a moment...</title></head><body></body></html>"


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        ("403 Forbidden", {"cf_mitigated": "challenge"}, b""),
        ("503 Busy", {"cf_mitigated": "challenge"}, b""),
        ("200 OK", {"cf_mitigated": "challenge"}, CHALLENGE),
        ("200 OK", {"content_type": "text/html"}, CHALLENGE),
        ("451 Unavailable For Legal Reasons", {}, b""),
    ],
    ids=["challenge", "challenge as 503", "challenge as 200", "captcha page", "legal reasons"],
)
async def test_h7_a_site_that_blocks_programs_is_named_as_such(
    server: RawServer, status: str, headers: dict[str, str], body: bytes
) -> None:
    server.plain("/f", body, status, **headers)
    assert await code_of(f"{server.base}/f", "127.0.0.1") == "blocked"


async def test_h7_news_about_captchas_is_news(server: RawServer) -> None:
    body = b"<rss><channel><item><title>Are you a robot? px-captcha</title></item></channel></rss>"
    server.plain("/f", body, content_type="application/rss+xml")
    async with fetcher("127.0.0.1") as client:
        answer = await client.fetch(f"{server.base}/f")
    assert isinstance(answer, Fetched)
    assert answer.body == body


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1e9", None),
        ("-0", None),
        ("9" * 400, 86_400),
        ("", None),
        ("Sat, 09 Jan 2300 11:57:14 GMT", 86_400),
        ("Sun, 32 Foo 2022 99:99:99 GMT", None),
        ("0", 0),
    ],
)
async def test_l2_retry_after_that_is_odd(
    server: RawServer, value: str, seconds: float | None
) -> None:
    server.plain("/f", status="503 Busy", retry_after=value)
    async with fetcher("127.0.0.1") as client:
        with pytest.raises(FetchError) as caught:
            await client.fetch(f"{server.base}/f")
    assert caught.value.retry_after == seconds
