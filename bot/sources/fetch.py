"""The only outgoing HTTP to strangers: guarded, capped, conditional, under one deadline."""

import asyncio
import ssl
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import version
from ipaddress import ip_address
from types import TracebackType
from typing import Self

import httpcore
import httpx
import regex

from bot.domain.addresses import PORTS, AllowList
from bot.domain.errors import FetchError
from bot.domain.model import Validators
from bot.domain.ports import Elsewhere, Fetched, NotModified
from bot.domain.secrets import next_hop
from bot.sources.headers import hub_of, max_age, meaning, retry_after
from bot.sources.transport import REFUSED, GuardedTransport, Resolve, SystemResolver

AGENT = f"Newsbell/{version('newsbell')} (news alerts; feed reader)"
ANY = "*/*"
"""The media type of everything."""

Within = Callable[[str], bool]
"""Whether a redirect to this address is followed."""

NOBODY = AllowList()
NO_VALIDATORS = Validators()
MOST_BYTES = 10_000_000
MOST_OF_PAGE = 2_000_000
MOST_HEADERS = 64_000
"""Bytes of headers; h11 itself refuses more than 100 kB of them before they are whole."""

MOST_REDIRECTS = 5
DEADLINE = 30.0
"""Seconds for a whole fetch, redirects included: httpx's own timeouts are per read, and a server
that drips a byte at a time never meets them."""

_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ODD = regex.compile(r"[\\\s\p{Cc}。．｡]")
_HOST = regex.compile(rb"[A-Za-z0-9_.:-]+")
"""As it is dialled: names in their ASCII form, and literals; parsers disagree on all the rest."""

_CHALLENGE = "cf-mitigated"
_HUMAN = regex.compile(
    rb"<title>just a moment|cf-chl-|checking your browser before|captcha-delivery\.com|px-captcha"
    rb"|verify (?:that )?you are (?:a )?human|are you a robot"
)
_MOST_CHALLENGE = 60_000
"""Bytes of a page that wants a human; real pages load captchas too, and are longer."""


def anywhere(_: str) -> bool:
    """Follow every redirect."""
    return True


class GuardedFetcher:
    """`ports.Fetcher`; use it as an async context manager.

    `allow` exempts what the operator named; `agent` introduces the program; `now` reads the clock
    for dates in headers; `resolve` and `context` are the system's names and certificates unless
    given.
    """

    def __init__(
        self,
        *,
        allow: AllowList = NOBODY,
        agent: str = AGENT,
        now: Callable[[], datetime],
        resolve: Resolve | None = None,
        context: ssl.SSLContext | None = None,
        deadline: float = DEADLINE,
    ) -> None:
        self._allow = allow
        self._now = now
        self._deadline = deadline
        self._system = SystemResolver()
        self._client = httpx.AsyncClient(
            transport=GuardedTransport(
                allow, resolve or self._system, context or ssl.create_default_context()
            ),
            trust_env=False,
            headers={"user-agent": agent, "accept": _ACCEPT, "accept-encoding": "gzip"},
            timeout=deadline,
        )
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._client.aclose()
        self._system.close()

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS
    ) -> Fetched | NotModified:
        """GET `url`; see `ports.Fetcher`."""
        async with self._bounded():
            found = await self._follow(url, _conditions(validators))
        if isinstance(found, Elsewhere):  # cannot be: every redirect is followed
            raise FetchError("redirects", "the address leads elsewhere")
        return found

    async def beginning(
        self, url: str, kind: str, within: Within = anywhere
    ) -> Fetched | Elsewhere:
        """GET the first 2 MB of `url`; see `ports.PageFetcher`."""
        async with self._bounded():
            found = await self._follow(url, {"accept": kind}, kind, within)
        if isinstance(found, NotModified):
            raise FetchError("protocol", "the server answered 'not modified' to a first request")
        return found

    async def post(self, url: str, form: Mapping[str, str]) -> int:
        """POST a form; see `ports.Poster`."""
        async with self._bounded():
            request = self._client.build_request("POST", self._checked(url), data=dict(form))
            answer = await self._client.send(request, stream=True)
            await answer.aclose()
            return answer.status_code

    @asynccontextmanager
    async def _bounded(self) -> AsyncIterator[None]:
        """All of it within the deadline, and every error one of ours."""
        try:
            async with asyncio.timeout(self._deadline):
                yield
        except TimeoutError as error:
            raise FetchError("timeout", "the server is too slow") from error
        except (httpcore.TimeoutException, httpx.TimeoutException) as error:
            raise FetchError("timeout", "the server is too slow") from error
        except httpcore.ConnectError as error:
            raise _connect_error(error) from error
        except (httpcore.ProtocolError, httpcore.NetworkError, httpx.HTTPError) as error:
            raise FetchError("protocol", "the server does not speak proper HTTP") from error

    async def _follow(
        self,
        url: str,
        headers: Mapping[str, str],
        kind: str | None = None,
        within: Within = anywhere,
    ) -> Fetched | NotModified | Elsewhere:
        permanent = True
        here = url
        for _ in range(MOST_REDIRECTS + 1):
            request = self._client.build_request("GET", self._checked(here), headers=headers)
            answer = await self._client.send(request, stream=True)
            try:
                _check_headers(answer)
                if answer.status_code not in _REDIRECTS:
                    return await self._read(answer, here, url if permanent else None, kind)
                permanent = permanent and answer.status_code in _PERMANENT
                here = _next(here, answer)
            finally:
                await answer.aclose()
            if not within(here):
                return Elsewhere(here)
        raise FetchError("redirects", "the address leads from one to another without end")

    def _checked(self, url: str) -> httpx.URL:
        """The address as the client will dial it, if it is one we follow.

        Raises:
            FetchError: scheme, port or spelling.
        """
        if _ODD.search(url):
            raise FetchError("refused-url", "there are characters in it that no address has")
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise FetchError("refused-url", "this is no proper address") from error
        if parsed.scheme not in ("http", "https") or not _HOST.fullmatch(parsed.raw_host):
            raise FetchError("refused-url", "only http and https addresses are followed")
        port = parsed.port or (443 if parsed.scheme == "https" else 80)
        named = parsed.host.casefold() in self._allow.hosts or _in_networks(parsed, self._allow)
        if port not in PORTS and not named:
            raise FetchError("refused-url", "only the ports 80, 443, 8080 and 8443 are followed")
        return parsed

    async def _read(
        self, answer: httpx.Response, here: str, first: str | None, kind: str | None
    ) -> Fetched | NotModified:
        """A whole document; of a `kind` that is asked for, its beginning."""
        fresh = max_age(answer.headers, self._now())
        moved_to = here if first is not None and here != first else None
        if answer.status_code == 304:
            return NotModified(max_age=fresh, moved_to=moved_to)
        if answer.status_code != 200:
            raise self._status_error(answer)
        if not _is_of(kind, answer.headers):
            raise FetchError("http", f"it is no {kind}", status=200)
        body = await (_body(answer) if kind is None else _beginning(answer))
        if _is_challenge(answer.headers, body):
            raise FetchError("blocked", "the site asks whether we are human")
        return Fetched(
            url=here,
            body=body,
            content_type=answer.headers.get("content-type"),
            validators=Validators(
                etag=answer.headers.get("etag"),
                last_modified=answer.headers.get("last-modified"),
            ),
            moved_to=moved_to,
            max_age=fresh,
            hub=hub_of(answer.headers.get("link"), here),
        )

    def _status_error(self, answer: httpx.Response) -> FetchError:
        status = answer.status_code
        wait = retry_after(answer.headers.get("retry-after"), self._now())
        code, message = meaning(status)
        if _CHALLENGE in answer.headers:
            code, message = "blocked", "the site blocks programs"
        return FetchError(code, f"{message} ({status})", status=status, retry_after=wait)


_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)


def _conditions(validators: Validators) -> dict[str, str]:
    wanted = {"if-none-match": validators.etag, "if-modified-since": validators.last_modified}
    return {name: value for name, value in wanted.items() if value}


def _in_networks(url: httpx.URL, allow: AllowList) -> bool:
    try:
        return allow.allows(url.host, ip_address(url.host))
    except ValueError:
        return url.host.casefold() == "localhost" and bool(allow.networks)


def _next(here: str, answer: httpx.Response) -> str:
    try:
        return next_hop(here, answer.headers.get("location", ""))
    except ValueError as error:  # a bracket that opens no IPv6 address
        raise FetchError("refused-url", "it leads to what is no proper address") from error


def _is_of(kind: str | None, headers: httpx.Headers) -> bool:
    """Whether this is what was asked for, as far as the server says."""
    return kind in (None, ANY) or kind in headers.get("content-type", kind).lower()


def _is_challenge(headers: httpx.Headers, body: bytes) -> bool:
    """A page that wants a human, sent as if all were well (200): no feed, and no fault of it."""
    if _CHALLENGE in headers:
        return True
    page = "html" in headers.get("content-type", "").lower()
    return page and len(body) < _MOST_CHALLENGE and bool(_HUMAN.search(body.lower()))


def _check_headers(answer: httpx.Response) -> None:
    if sum(len(name) + len(value) for name, value in answer.headers.raw) > MOST_HEADERS:
        raise FetchError("protocol", "the server's headers are larger than 64 kB")


async def _body(answer: httpx.Response) -> bytes:
    """The body under the cap, inflated here: a library's decoder hands out a bomb in one piece."""
    body = bytearray()
    async for part in _inflating(answer, MOST_BYTES):
        body += part
        if len(body) > MOST_BYTES:
            raise FetchError("too-large", "the answer is larger than 10 MB")
    return bytes(body)


async def _beginning(answer: httpx.Response) -> bytes:
    """What a page says about itself stands at its beginning; the rest is not waited for."""
    body = bytearray()
    async with aclosing(_inflating(answer, MOST_OF_PAGE)) as parts:
        async for part in parts:
            body += part
            if len(body) >= MOST_OF_PAGE:
                break
    return bytes(body[:MOST_OF_PAGE])


async def _inflating(answer: httpx.Response, most: int) -> AsyncGenerator[bytes, None]:
    """The body's parts, of which none is larger than `most`, and a byte more where it would be."""
    coding = answer.headers.get("content-encoding", "identity").strip().lower()
    if coding in ("", "identity"):
        async for part in answer.aiter_raw():
            yield part
    elif coding in ("gzip", "x-gzip"):
        inflate = zlib.decompressobj(wbits=31)
        async for part in answer.aiter_raw():
            yield _inflated(inflate, part, most)
    else:
        raise FetchError("encoding", f"the server packs its answer as {coding[:20]}, unasked")


def _inflated(inflate: "zlib._Decompress", part: bytes, most: int) -> bytes:
    """What this part holds: over `most` bytes it is over every cap, and the rest is left."""
    try:
        return inflate.decompress(part, most + 1)
    except zlib.error as error:
        raise FetchError("encoding", "the server's gzip is broken") from error


def _connect_error(error: httpcore.ConnectError) -> FetchError:
    """The reason stands somewhere down the chain: two libraries wrap what the system said."""
    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
        chain.append(cause)
    text = " ".join(map(str, chain)).casefold()
    if "certificate has expired" in text:
        return FetchError("tls-expired", "the server's certificate has expired")
    if "hostname mismatch" in text or "not valid for" in text:
        return FetchError("tls-wrong-host", "the server's certificate is for another host")
    if "ssl" in text or "certificate" in text:
        return FetchError("tls", "the server's secure connection is faulty")
    return FetchError("connect", REFUSED)
