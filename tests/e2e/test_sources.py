"""/sources with the real program: health, adding, muting, reports, and what stays secret."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.domain.ports import CatalogueEntry
from bot.playground.world import Json
from bot.sources.opml import write_opml
from tests.databases import sqlite_url
from tests.e2e.rig import ADA, BEN, GROUP, Rig, open_rig
from tests.e2e.test_portability import exported

CANARY = "hunter2canary"


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """On SQLite alone: what differs between databases is tested with the services."""
    async with open_rig(tmp_path, sqlite_url(tmp_path), ("daily", "herald")) as opened:
        yield opened


def page_of(rig: Rig, name: str, *feeds: str) -> str:
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/feeds/{one}">' for one in feeds
    )
    rig.publisher.raw[name] = f"<!doctype html><head>{links}</head>".encode()
    return f"{rig.publisher.base}/feeds/{name}"


def shown(rig: Rig, room: int, message: Json) -> Json:
    """What the message says by now."""
    return dict(rig.world.rooms[room].messages[message["message_id"]])


async def edited(rig: Rig, room: int, message: Json, part: str) -> Json:
    await rig.world.until(lambda: part in shown(rig, room, message)["text"], 20)
    return shown(rig, room, message)


async def test_the_list_shows_health_and_a_card_mutes_for_this_place(rig: Rig) -> None:
    rig.publisher.publish("daily", "Old news")
    rig.publisher.raw["herald"] = b"no feed at all"
    await rig.start()
    await rig.publisher.polled("herald", 2)
    await rig.publisher.polled("daily", 1)
    listed = await rig.ask(GROUP, BEN, "/sources", "2 sources, 1 with trouble")
    lines = listed["text"].splitlines()
    await rig.press(GROUP, BEN, listed, "The Daily")
    card = shown(rig, GROUP, listed)
    refused = await rig.press(GROUP, BEN, card, "Mute here")
    muted = await rig.press(GROUP, ADA, card, "Mute here")
    after = await edited(rig, GROUP, listed, "muted here")
    await rig.press(GROUP, BEN, after, "Back")
    troubled = await edited(rig, GROUP, listed, "2 sources")
    await rig.press(GROUP, BEN, troubled, "With trouble")
    found = await rig.ask(GROUP, BEN, "/sources herald", "The Herald")
    assert lines[1].startswith("✅ The Daily · 1 a day · last read ")
    assert lines[2] == "⚠️ The Herald · it is no feed"
    assert (refused["text"], muted["text"].split(".")[0]) == (
        "Only administrators may do that.",
        "Muted here",
    )
    assert "The Daily · 1 a day" in troubled["text"]
    assert troubled["text"].splitlines()[1].endswith("🔇")
    assert shown(rig, GROUP, listed)["text"].startswith("Sources with trouble: 1")
    assert f"{rig.publisher.base}/feeds/herald" in found["text"]


async def test_a_pages_feeds_are_buttons_and_what_is_added_can_be_removed(rig: Rig) -> None:
    rig.publisher.publish("mine", "Old")
    rig.publisher.publish("other", "Older")
    page = page_of(rig, "front", "mine", "other")
    await rig.start()
    await rig.ask(GROUP, ADA, "/subscribe derby", "I ring when")
    await rig.ask(GROUP, BEN, f"/sources add {page}", "Only administrators")
    offered = await rig.ask(GROUP, ADA, f"/sources add {page}", "Which one shall serve")
    await rig.press(GROUP, ADA, offered, "mine")
    added = await rig.said(GROUP, "mine serves this chat now")
    await rig.publisher.polled("mine", 2)
    rig.publisher.publish("mine", "Derby ends in a draw")
    await rig.said(GROUP, "Derby ends")
    await rig.press(GROUP, ADA, added, "Look at it")
    card = await edited(rig, GROUP, added, "serves this chat alone")
    await rig.press(GROUP, ADA, card, "Remove")
    await edited(rig, GROUP, added, "does not serve this chat any more")
    await rig.ask(GROUP, ADA, "/sources", "2 sources")


async def test_an_operator_retires_what_is_reported_and_promotes_what_a_chat_added(
    rig: Rig,
) -> None:
    rig.publisher.publish("daily", "Old news")
    rig.publisher.publish("mine", "Old")
    rig.settings |= {"ADMIN_USER_IDS": str(BEN)}
    await rig.start()
    await rig.ask(BEN, BEN, "/start", "Hello Ben!")
    card = await rig.ask(ADA, ADA, "/sources daily", "The Daily")
    first = await rig.press(ADA, ADA, card, "Report")
    second = await rig.press(ADA, ADA, card, "Report")
    told = await rig.said(BEN, "The Daily was reported (chats so far: 1)")
    forged = await rig.press(ADA, ADA, card | {"reply_markup": told["reply_markup"]}, "Retire")
    await rig.press(BEN, BEN, told, "Retire")
    retired = await edited(rig, BEN, told, "retired by whoever runs me")
    await rig.ask(ADA, ADA, "/sources", "1 source")
    await rig.press(BEN, BEN, retired, "Bring back")
    await rig.ask(
        ADA, ADA, f"/sources add {rig.publisher.base}/feeds/mine", "serves this chat now"
    )
    listed = await rig.ask(BEN, BEN, "/sources promote", "other chats added")
    await rig.press(BEN, BEN, listed, "mine")
    promoted = await rig.press(BEN, BEN, shown(rig, BEN, listed), "For everybody")
    everybody = await rig.ask(GROUP, ADA, "/sources", "3 sources")
    assert (first["text"], second["text"]) == (
        "Thank you. Whoever runs me is told.",
        "You have reported it before.",
    )
    assert (forged["text"], promoted["text"]) == (
        "That is gone already.",
        "It serves everybody now.",
    )
    assert "mine" in everybody["text"]


@pytest.mark.timeout(150)  # a walk of twenty answers, one a second
async def test_k3_a_secret_address_is_read_by_who_added_it_in_private_and_by_nobody_else(
    rig: Rig, tmp_path: Path
) -> None:
    rig.publisher.publish("mine", "Old")
    rig.publisher.raw["none"] = b"no feed at all"
    page = page_of(rig, "front", "other", f"herald?token={CANARY}")
    rig.settings |= {"LOG_LEVEL": "DEBUG", "WEB_PORT": str(await free_port())}
    rig.settings |= {"ADMIN_USER_IDS": str(BEN)}
    user = f"//me:{CANARY}@"
    keyed = f"{rig.publisher.base}/feeds/mine?api_key={CANARY}".replace("//", user)
    with (tmp_path / "log").open("wb") as log:
        rig.log = log
        await rig.start()
        mine = await walk(rig, keyed, page.replace("//", user))
        files = await exported(rig, GROUP, ADA, 2)
        pages = await read_pages(rig.settings["WEB_PORT"])
        await rig.stop()
    everywhere = {
        "chats": repr([said(m) for m in rig.world.sent if m["chat"]["id"] != ADA]),
        "files": repr(files),
        "pages": pages,
        "log": (tmp_path / "log").read_text(),
    }
    assert keyed in mine["text"]
    assert [place for place, text in everywhere.items() if CANARY in text] == []


async def walk(rig: Rig, keyed: str, page: str) -> Json:
    """All that can be seen of a keyed source; returns its card where it may be read."""
    none = keyed.replace("/mine", "/none")
    await rig.ask(BEN, BEN, "/start", "Hello Ben!")
    await rig.ask(ADA, ADA, f"/sources add {keyed}", "serves this chat now")
    mine = await rig.ask(ADA, ADA, "/sources mine", "mine")
    await rig.ask(GROUP, ADA, f"/sources add {keyed}", "serves this chat now")
    await rig.ask(GROUP, ADA, f"/subscribe {keyed}", "I ring when")
    await rig.ask(GROUP, ADA, f"/sources add {none}", "***")
    await rig.ask(GROUP, ADA, f"/why {keyed}", "No source of this chat")
    offered = await rig.ask(GROUP, ADA, f"/sources add {page}", "Which one")
    await rig.press(GROUP, ADA, offered, "herald")
    await rig.said(GROUP, "herald serves this chat now")
    outlines = write_opml("Mine", [CatalogueEntry(url=f"{keyed}&x", title=f"{keyed}&x")])
    rig.world.send_file(GROUP, ADA, "f.opml", outlines, caption="/import")
    await rig.world.until(lambda: bool(rig.told(GROUP, "Added: 1")), 25)
    for command in ("/sources", "/sources mine", "/list"):
        await rig.ask(GROUP, ADA, command, "")
    foreign = await rig.ask(BEN, BEN, "/sources promote", "other chats added")
    await rig.press(BEN, BEN, foreign, "mine")
    await rig.publisher.polled("mine", 2)
    rig.publisher.publish("mine", "Anything at all", link="/relative")
    await rig.said(GROUP, "Anything at all")
    return mine


def said(message: Json) -> Json:
    """A message of the bot's without the question of ours that it quotes."""
    return {name: value for name, value in message.items() if name != "reply_to_message"}


async def free_port() -> int:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = int(server.sockets[0].getsockname()[1])
    server.close()
    await server.wait_closed()
    return port


async def read_pages(port: str) -> str:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        paths = ("/", "/status", "/metrics", "/latest.atom")
        return "".join([(await client.get(one)).text for one in paths])
