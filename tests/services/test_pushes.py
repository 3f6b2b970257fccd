"""Subscribing at hubs, and what their calls bring about (W4); on both databases."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha1, sha256
from hmac import HMAC

import httpx
import pytest
from starlette.applications import Starlette

from bot.domain.errors import FetchError
from bot.domain.model import Polled, Source
from bot.domain.polling import after_flood, after_not_modified
from bot.domain.ports import CatalogueEntry, NotModified
from bot.domain.pushing import MOST_BYTES, SPARE, Hub
from bot.domain.standing import Standing
from bot.services.pushes import Pushes
from bot.web.websub import SIGNATURE, websub_routes
from storage.engine import Database
from tests.builders import NOW, make_source
from tests.fakes import FakeClock

BASE = "https://bell.example.org"
HUB = Hub("https://hub.example.org/", "https://news.example.org/self.xml")


class Post:
    """Hubs that take every request, unless there is trouble."""

    def __init__(self) -> None:
        self.forms: list[Mapping[str, str]] = []
        self.left: list[Mapping[str, str]] = []
        self.trouble: FetchError | None = None

    async def post(self, url: str, form: Mapping[str, str]) -> int:
        assert url == HUB.url
        (self.left if form["hub.mode"] == "unsubscribe" else self.forms).append(form)
        if self.trouble:
            raise self.trouble
        return 202


class Desk:
    """A polled source, its hub, and our web server as the hub sees it."""

    def __init__(self, database: Database, base: str | None = BASE) -> None:
        self.database = database
        self.clock = FakeClock()
        self.post = Post()
        self.pushes = Pushes(database, self.post, self.clock, base)
        transport = httpx.ASGITransport(app=Starlette(routes=websub_routes(self.pushes)))
        self.client = httpx.AsyncClient(transport=transport, base_url=BASE)
        self.source = make_source()

    async def open(self, hub: Hub | None = HUB) -> "Desk":
        """A source was polled just now, and its feed named this hub."""
        async with self.database.write() as tx:
            entry = CatalogueEntry(url="https://news.example.org/feed.xml", title="T")
            self.source = await tx.sources.add(entry, None, NOW)
            (self.source,) = await tx.sources.claim(NOW, 1, 3_600)
            await self.pushes.heard(tx, self.source, hub)
            await tx.sources.release(self.source, _polled(self.source, NOW - timedelta(minutes=1)))
        return self

    async def subscribed(self) -> "Desk":
        await self.open()
        await self.pushes.tick()
        assert (await self.verify()).status_code == 200
        return self

    @property
    def asked(self) -> Mapping[str, str]:
        return self.post.forms[-1]

    async def verify(self, **changes: str) -> httpx.Response:
        said = {
            "hub.mode": "subscribe",
            "hub.topic": HUB.topic,
            "hub.challenge": "c-17",
            "hub.lease_seconds": "864000",
        }
        changed = {f"hub.{name}": value for name, value in changes.items()}
        return await self.client.get(self.asked["hub.callback"], params=said | changed)

    async def push(self, body: bytes = b"<rss/>", signature: str | None = None) -> int:
        mac = HMAC(self.asked["hub.secret"].encode(), body, sha256).hexdigest()
        headers = {SIGNATURE: f"sha256={mac}" if signature is None else signature}
        done = await self.client.post(self.asked["hub.callback"], content=body, headers=headers)
        return done.status_code

    async def due(self) -> list[Source]:
        """The sources whose turn it is, which are polled."""
        async with self.database.write() as tx:
            found = await tx.sources.claim(self.clock(), 9, 40)
            for one in found:
                await tx.sources.release(one, _polled(one, self.clock()))
        return found


def _polled(source: Source, now: datetime) -> Polled:
    return after_not_modified(source, NotModified(), now, 3_600)


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await Desk(database).subscribed()


async def test_a_hub_is_asked_once_and_confirms_at_the_callback(database: Database) -> None:
    desk = await Desk(database).open()
    rounds = [await desk.pushes.tick(), await desk.pushes.tick()]
    answer = await desk.verify()
    again = await desk.verify()
    path = desk.asked["hub.callback"].removeprefix(f"{BASE}/websub/")
    assert (rounds, answer.status_code, answer.text) == ([1, 0], 200, "c-17")
    assert again.status_code == 404  # nothing is asked for any more
    assert (len(bytes.fromhex(path)) * 8, desk.asked["hub.topic"]) == (128, HUB.topic)


async def test_w4_what_matches_no_request_is_not_confirmed(database: Database) -> None:
    desk = await Desk(database).open()
    await desk.pushes.tick()
    refused = [
        await desk.verify(topic="https://evil.example.org/"),
        await desk.verify(mode="unsubscribe"),
        await desk.verify(lease_seconds="0"),
        await desk.client.get(f"{BASE}/websub/{'0' * 32}"),
    ]
    assert [one.status_code for one in refused] == [404] * 4
    assert (await desk.verify()).status_code == 200


async def test_w4_a_signed_push_triggers_a_poll_of_the_known_address(desk: Desk) -> None:
    before = await desk.due()
    status = await desk.push(
        b"<rss><channel><link>https://evil.example.org</link></channel></rss>"
    )
    (source,) = await desk.due()
    assert (before, status, source.url) == ([], 200, "https://news.example.org/feed.xml")


async def test_w4_a_bad_signature_is_taken_politely_and_ignored(desk: Desk) -> None:
    statuses = [
        await desk.push(signature=bad) for bad in ("", "sha256=00", "sha1=00", "plain", "md5=x")
    ]
    assert (statuses, await desk.due()) == ([200] * 5, [])


async def test_w4_a_hub_that_has_signed_with_sha256_is_not_believed_with_sha1(
    desk: Desk,
) -> None:
    def sha1_of(body: bytes) -> str:
        return f"sha1={HMAC(desk.asked['hub.secret'].encode(), body, sha1).hexdigest()}"

    found = []
    for signature in (sha1_of(b"<rss/>"), None, sha1_of(b"<rss/>")):
        desk.clock.advance(60)
        await desk.push(signature=signature)
        found.append(len(await desk.due()))
    assert found == [1, 1, 0]


async def test_w4_a_guessed_path_is_told_to_end(desk: Desk) -> None:
    done = await desk.client.post(f"{BASE}/websub/{'0' * 32}", content=b"x")
    assert (done.status_code, await desk.due()) == (410, [])


async def test_w4_a_push_without_end_is_cut(desk: Desk) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while taken < 10 * MOST_BYTES:
            taken += 1_000_000
            yield bytes(1_000_000)

    headers = {SIGNATURE: "sha256=00"}
    done = await desk.client.post(desk.asked["hub.callback"], content=endless(), headers=headers)
    assert (done.status_code, await desk.due()) == (413, [])


async def test_w4_pushes_cannot_have_a_feed_hammered(desk: Desk) -> None:
    polls = 0
    for _ in range(60):
        desk.clock.advance(1)
        await desk.push()
        polls += len(await desk.due())
    assert polls == 6


async def test_w4_a_source_that_floods_is_asked_once_an_hour_whatever_its_hub_says(
    desk: Desk,
) -> None:
    desk.clock.advance(60)
    await desk.push()
    async with desk.database.write() as tx:
        (source,) = await tx.sources.claim(desk.clock(), 9, 40)
    await desk.push()
    async with desk.database.write() as tx:
        await tx.sources.release(source, after_flood(_polled(source, desk.clock())))
    found = []
    for seconds in (60, 3_500, 40):
        desk.clock.advance(seconds)
        await desk.push()
        found.append(len(await desk.due()))
    assert found == [0, 0, 1]


async def test_pushes_during_a_poll_let_it_end_and_bring_about_the_next(desk: Desk) -> None:
    desk.clock.advance(60)
    await desk.push()
    async with desk.database.write() as tx:
        (source,) = await tx.sources.claim(desk.clock(), 9, 40)
    again = []
    for _ in range(3):
        desk.clock.advance(1)
        await desk.push()
        async with desk.database.write() as tx:
            again += await tx.sources.claim(desk.clock(), 9, 40)
    async with desk.database.write() as tx:
        kept = await tx.sources.release(source, _polled(source, desk.clock()))
    found = []
    for seconds in (SPARE.total_seconds() - 1, 1, 60):
        desk.clock.advance(seconds)
        found.append(len(await desk.due()))
    assert (again, kept, found) == ([], True, [0, 1, 0])


async def test_w4_a_lease_is_renewed_at_four_fifths_at_the_same_path(desk: Desk) -> None:
    first = desk.asked
    desk.clock.advance(timedelta(days=8).total_seconds() - 1)
    early = await desk.pushes.tick()
    desk.clock.advance(1)
    assert (early, await desk.pushes.tick(), desk.asked) == (0, 1, first)
    assert (await desk.verify()).status_code == 200
    assert await desk.push() == 200


async def test_a_hub_that_fails_is_asked_again_later_and_polling_goes_on(
    database: Database,
) -> None:
    desk = await Desk(database).open()
    desk.post.trouble = FetchError("refused-address", "it is inside")
    rounds = []
    for _ in range(4):
        rounds.append(await desk.pushes.tick())
        desk.clock.advance(3_601)
    assert (rounds, len(await desk.due())) == ([1, 1, 0, 1], 1)


async def test_a_hub_that_confirms_before_it_has_answered_stays_confirmed(
    database: Database,
) -> None:
    desk = await Desk(database).open()
    confirmed: list[int] = []
    post = desk.post.post

    async def at_once(url: str, form: Mapping[str, str]) -> int:
        status = await post(url, form)
        confirmed.append((await desk.verify()).status_code)
        return status

    desk.post.post = at_once  # type: ignore[method-assign] # a hub in a hurry
    await desk.pushes.tick()
    desk.clock.advance(7 * 86_400)
    assert (confirmed, await desk.pushes.tick()) == ([200], 0)


async def test_a_feed_that_changes_its_hub_has_a_new_path_and_one_without_none(
    desk: Desk,
) -> None:
    first = desk.asked["hub.callback"]
    async with desk.database.write() as tx:
        await desk.pushes.heard(tx, desk.source, HUB)
    same = await desk.pushes.tick()
    async with desk.database.write() as tx:
        await desk.pushes.heard(tx, desk.source, Hub(HUB.url, "https://news.example.org/2.xml"))
    other = await desk.pushes.tick()
    left = [desk.post.left.pop()["hub.callback"]]
    gone = await desk.client.post(first, content=b"x")
    async with desk.database.write() as tx:
        await desk.pushes.heard(tx, desk.source, None)
    last = await desk.client.post(desk.asked["hub.callback"], content=b"x")
    ended = await desk.pushes.tick()
    left.append(desk.post.left.pop()["hub.callback"])
    assert (same, other, gone.status_code, last.status_code) == (0, 2, 410, 410)
    assert (ended, left) == (1, [first, desk.asked["hub.callback"]])


async def _removed(desk: Desk) -> None:
    """Nobody polls the source any more."""
    async with desk.database.write() as tx:
        assert await tx.sourcing.judge(desk.source.id, Standing.RETIRED, desk.clock())


async def test_a_hub_is_asked_to_end_what_is_polled_no_more_and_confirms_it(desk: Desk) -> None:
    before = await desk.pushes.tick()
    await _removed(desk)
    rounds = [await desk.pushes.tick(), await desk.pushes.tick()]
    (form,) = desk.post.left
    wrong = await desk.verify(mode="unsubscribe", topic="https://evil.example.org/")
    again = await desk.verify()  # wanted no more
    done = await desk.verify(mode="unsubscribe")
    twice = await desk.verify(mode="unsubscribe")
    desk.clock.advance(86_400)
    assert (before, rounds, await desk.pushes.tick()) == (0, [1, 0], 0)
    assert form == {
        "hub.mode": "unsubscribe",
        "hub.topic": HUB.topic,
        "hub.callback": desk.asked["hub.callback"],
    }
    assert [one.status_code for one in (wrong, again, done, twice)] == [404, 404, 200, 404]
    assert done.text == "c-17"


async def test_a_hub_that_does_not_come_back_is_asked_to_end_three_times(desk: Desk) -> None:
    desk.post.trouble = FetchError("timeout", "slow")
    await _removed(desk)
    rounds = []
    for hours in (0, 1, 1, 1, 24 * 30):
        desk.clock.advance(hours * 3_600)
        rounds.append(await desk.pushes.tick())
    late = await desk.verify(mode="unsubscribe")
    assert (rounds, len(desk.post.left), late.status_code) == ([1, 1, 0, 1, 0], 3, 404)


async def test_a_hub_that_was_never_asked_has_nothing_to_end(database: Database) -> None:
    desk = await Desk(database).open()
    await _removed(desk)
    assert (await desk.pushes.tick(), desk.post.left) == (0, [])


@pytest.mark.parametrize("path", ["%00", "%00" * 32, "%ed%a0%80", "x", "A" * 32, "%F0%9F%98%80"])
async def test_w4_a_path_that_is_none_of_ours_is_answered_without_a_question(
    desk: Desk, path: str
) -> None:
    asked = await desk.client.get(f"{BASE}/websub/{path}", params={"hub.mode": "unsubscribe"})
    pushed = await desk.client.post(f"{BASE}/websub/{path}", content=b"x")
    assert (asked.status_code, pushed.status_code) == (404, 410)


async def test_no_hub_is_asked_where_it_could_not_call_or_should_not_know(
    database: Database,
) -> None:
    nowhere = await Desk(database, base=None).open()
    desk = Desk(database)
    secret = make_source(id=nowhere.source.id, url="https://me:pw@news.example.org/feed.xml")
    async with database.write() as tx:
        await desk.pushes.heard(tx, secret, HUB)
    asked = [await one.pushes.tick() for one in (nowhere, desk)]
    assert (asked, nowhere.post.forms, desk.post.forms) == ([0, 0], [], [])
