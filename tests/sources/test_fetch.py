"""The one way out: certificates (H6), redirects (H4), conditional requests (L1, L2)."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from bot.domain.addresses import allow_list
from bot.domain.errors import FetchError
from bot.domain.model import Validators
from bot.domain.ports import Fetched, NotModified
from bot.sources.fetch import GuardedFetcher
from tests.builders import NOW
from tests.fetching import code_of, fetcher
from tests.servers import RawServer, raw_server


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


async def test_h6_a_server_that_is_too_old_is_not_asked_insecurely() -> None:
    authority = trustme.CA()
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(serving)
    serving.maximum_version = ssl.TLSVersion.TLSv1_2
    modern = ssl.create_default_context()
    modern.minimum_version = ssl.TLSVersion.TLSv1_3  # as 1.2 is to one who speaks 1.1
    authority.configure_trust(modern)
    async with raw_server(serving) as server:
        server.plain("/", b"news")
        allow = allow_list(("localhost", "127.0.0.0/8", "::1/128"))
        async with GuardedFetcher(allow=allow, now=lambda: NOW, context=modern) as client:
            with pytest.raises(FetchError) as caught:
                await client.fetch(server.base.replace("127.0.0.1", "localhost"))
    assert (caught.value.code, server.requests) == ("tls", [])


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
