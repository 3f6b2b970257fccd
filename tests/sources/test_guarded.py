"""S1 to S9: no address of a stranger leads inside, however it is spelled, told or redirected."""

from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_address, ip_network

import httpcore
import pytest

from bot.domain.addresses import Address, allow_list, is_public
from bot.domain.errors import FeedError, FetchError
from bot.domain.ports import Fetched
from bot.services.discover import entry_at, feeds_of
from bot.sources.feeds import FeedWorkers
from bot.sources.fetch import GuardedFetcher
from bot.sources.transport import REFUSED, GuardedBackend
from tests.builders import NOW
from tests.fetching import code_of, fetcher
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


INSIDE = (
    "http://127.0.0.2:8080/",
    "http://10.0.0.1/",
    "http://169.254.169.254/latest",
    "//127.0.0.2/",
    "https://[::1]/",
)
NOWHERE = ("file:///etc/passwd", "gopher://example.org/", "http://127.0.0.2:22/")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Go", "308 Moved"])
async def test_s3_a_redirect_to_the_inside_is_refused(server: RawServer, status: str) -> None:
    codes = []
    for target in (*INSIDE, *NOWHERE):
        server.plain("/go", status=status, location=target)
        codes.append(await code_of(f"{server.base}/go", "127.0.0.1/32"))
    assert codes == ["refused-address"] * len(INSIDE) + ["refused-url"] * len(NOWHERE)


async def test_s3_each_hop_is_checked_and_a_page_that_refreshes_is_not_followed(
    server: RawServer,
) -> None:
    async with raw_server(host="127.0.0.2") as inner:
        refresh = f'<meta http-equiv="refresh" content="0;url={inner.base}/">'
        server.plain("/page", refresh.encode())
        server.plain("/one", status="302 Found", location="/two")
        server.plain("/two", status="302 Found", location=f"{inner.base}/")
        async with fetcher("127.0.0.1/32") as client:
            page = await client.fetch(f"{server.base}/page")
        refused = await code_of(f"{server.base}/one", "127.0.0.1/32")
        assert inner.requests == []
    assert isinstance(page, Fetched)
    assert (page.body, refused) == (refresh.encode(), "refused-url")


TABLE = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24
224.0.0.0/4 240.0.0.0/4 168.63.129.16/32 100.100.100.200/32 ::/96 ::ffff:0:0/96 ::ffff:0:0:0/96
64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16
fc00::/7 fe80::/10 fec0::/10 ff00::/8
"""
OUTSIDE = """
1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1
169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.1 192.167.255.255 192.169.0.0
198.17.255.255 198.20.0.0 223.255.255.255 168.63.129.17 2600::1 2a00:1450:4001::1 2003::1
"""


@pytest.mark.parametrize("network", TABLE.split())
def test_s5_a_network_of_the_table_is_refused_from_its_first_to_its_last_address(
    network: str,
) -> None:
    whole = ip_network(network)
    assert [is_public(one) for one in (whole[0], whole[-1])] == [False, False]


def test_s5_what_lies_beside_the_table_is_public() -> None:
    assert [one for one in OUTSIDE.split() if not is_public(ip_address(one))] == []


@pytest.mark.parametrize(
    "form", ["::{}", "::ffff:{}", "::ffff:0:{}", "64:ff9b::{}", "64:ff9b:1::{}", "2002:{}::1"]
)
async def test_s5_an_inner_address_inside_a_long_one_is_refused(form: str) -> None:
    inner = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1")
    codes = []
    for one in inner:
        number = int(ip_address(one))
        halves = f"{number >> 16:x}:{number & 0xFFFF:x}"
        told = form.format(halves)

        async def resolve(_host: str, _port: int, told: str = told) -> Sequence[Address]:
            return [ip_address(told)]

        async with GuardedFetcher(now=lambda: NOW, resolve=resolve) as client:
            with pytest.raises(FetchError) as caught:
                await client.fetch(f"http://{one}.nip.example.org/")
        codes.append(caught.value.code)
    assert codes == ["refused-address"] * len(inner)


async def test_s7_proxies_of_the_environment_are_not_asked(
    server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.plain("/f", b"hello")
    async with raw_server(host="127.0.0.3") as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.base)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(name, "")
        async with fetcher("127.0.0.1/32") as client:
            fetched = await client.fetch(f"{server.base}/f")
        inner = [await code_of(one) for one in ("http://127.0.0.1/", "http://10.0.0.1/")]
        assert proxy.requests == []
    assert isinstance(fetched, Fetched)
    assert (fetched.body, inner) == (b"hello", ["refused-address"] * 2)


async def test_s4_adding_and_looking_for_feeds_go_through_the_same_gate(
    server: RawServer,
) -> None:
    async with raw_server(host="127.0.0.2") as inner, fetcher("127.0.0.1/32") as client:
        page = f'<link rel="alternate" type="application/rss+xml" href="{inner.base}/feed">'
        server.plain("/", f"<!doctype html><head>{page}</head>".encode())
        async with FeedWorkers(1) as parser:
            with pytest.raises(FeedError) as caught:
                await entry_at(f"{server.base}/", client, parser)
            found = await feeds_of(f"{server.base}/", caught.value.feeds, client, parser)
            with pytest.raises(FetchError) as refused:
                await entry_at(f"{inner.base}/feed", client, parser)
        assert inner.requests == []
    assert (caught.value.feeds, found) == ((f"{inner.base}/feed",), [])
    assert refused.value.code == "refused-url"


class Dial(httpcore.AsyncMockBackend):
    """A network that counts who is dialled; whether a port is open nobody learns from it."""

    def __init__(self) -> None:
        super().__init__([])
        self.dialled: list[tuple[str, int]] = []

    async def connect_tcp(self, host: str, port: int, *_: object) -> httpcore.AsyncNetworkStream:
        self.dialled.append((host, port))
        raise httpcore.ConnectError


async def test_s8_inner_ports_are_not_knocked_at_so_all_answer_alike_and_as_fast() -> None:
    async def resolve(host: str, _port: int) -> Sequence[Address]:
        return [ip_address("93.184.215.14" if host == "out.example.org" else "10.0.0.1")]

    dial = Dial()
    guarded = GuardedBackend(allow_list([]), resolve, dial)
    told = set()
    for port in (22, 80, 443, 6379, 8080):
        with pytest.raises(FetchError) as caught:
            await guarded.connect_tcp("in.example.org", port)
        told.add((caught.value.code, caught.value.message))
    before = list(dial.dialled)
    with pytest.raises(httpcore.ConnectError):
        await guarded.connect_tcp("out.example.org", 80)
    assert (told, before) == ({("refused-address", REFUSED)}, [])
    assert dial.dialled == [("93.184.215.14", 80)]


async def test_s9_an_allowed_name_or_network_opens_exactly_that() -> None:
    inner = {"feeds.lan": "10.0.0.1", "other.lan": "10.0.0.1", "box.lan": "192.168.7.9"}
    inner |= {"meta.lan": "169.254.169.254", "alibaba.lan": "100.100.100.200"}

    async def resolve(host: str, _port: int) -> Sequence[Address]:
        return [ip_address(inner[host])]

    dial = Dial()
    allowed = allow_list(["Feeds.lan.", "192.168.7.0/24", "meta.lan", "100.64.0.0/10"])
    guarded = GuardedBackend(allowed, resolve, dial)
    for host in inner:
        with suppress(FetchError, httpcore.ConnectError):
            await guarded.connect_tcp(host, 9000)
    assert dial.dialled == [("10.0.0.1", 9000), ("192.168.7.9", 9000)]


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
http://example.org\/x http:\\example.org\ http://example.org\.evil.org/ http://evil.org\example.org
http://example.org%2eevil.org/ http://example.org%23@evil.org.example.org\@example.org/
http://a:b@example.org/ http://a@b@example.org/ http://a:b:c@example.org/ http://:@example.org/
http://example.org:0080/ http://example.org: http://example.org:80@example.org/
http://example.org?@127.0.0.1/ http://example.org/..//127.0.0.1 http://example.org//127.0.0.1/
http://example.org;127.0.0.1/ http://example.org,127.0.0.1/ http://example.org|127.0.0.1/
http://example.org&@example.org/ http://ex%61mple.org/ http://ｅｘａｍｐｌｅ.org/
http://example.org:80:80/ http://[::ffff:example.org]/ https:///example.org http://[]/
"""
"""What parsers disagree on is refused; what they agree on leads to one host."""
