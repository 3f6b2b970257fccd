"""Files out of chats and into them, with the real program as a process."""

import json
from pathlib import Path

from telegram import Bot

from bot.domain.ports import CatalogueEntry
from bot.playground.world import Json
from bot.sources.opml import read_opml, write_opml
from tests.e2e.rig import ADA, BEN, CHANNEL, GROUP, TOKEN, Rig

QUESTION = "Which file?"


async def send(rig: Rig, room: int, user: int, data: bytes, answer: str, **more: object) -> Json:
    """Somebody sends a file; the bot's message that comes to say `answer`."""
    rig.world.send_file(room, user, "some.file", data, **more)  # type: ignore[arg-type] # text
    return await shown(rig, room, answer)


async def shown(rig: Rig, room: int, part: str, seconds: float = 25) -> Json:
    """The bot's message that says this, at first or after an edit."""

    def found() -> list[Json]:
        return [one for one in rig.told(room) if part in one["text"]]

    await rig.world.until(lambda: bool(found()), seconds)
    return found()[-1]


async def exported(rig: Rig, room: int, user: int, files: int) -> list[bytes]:
    """What the files of /export hold."""

    def sent() -> list[Json]:
        return [m for m in rig.world.sent if m["chat"]["id"] == room and "document" in m]

    before = len(sent())
    rig.world.say(room, user, "/export")
    await rig.world.until(lambda: len(sent()) == before + files, 25)
    base = rig.publisher.base
    async with Bot(TOKEN, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot") as bot:
        found = [await bot.get_file(m["document"]["file_id"]) for m in sent()[before:]]
        return [bytes(await one.download_as_bytearray()) for one in found]


def sources(rig: Rig, count: int) -> bytes:
    urls = [f"{rig.publisher.base}/feeds/n{number}" for number in range(count)]
    return write_opml("Mine", [CatalogueEntry(url=one, title=one) for one in urls])


async def test_a_keyword_list_with_a_caption_rings(rig: Rig) -> None:
    await rig.start()
    await send(rig, ADA, ADA, b'["NATO", "derby"]', "Added: 2", caption="/import")
    await rig.publisher.polled("daily", 2)
    rig.publisher.publish("daily", "Derby ends in a draw")
    await rig.said(ADA, "Derby ends")
    assert len(rig.told(ADA, "Imported")) == 1


async def test_a_list_of_sources_in_reply_to_the_question_brings_news_but_no_old_ones(
    rig: Rig,
) -> None:
    rig.publisher.publish("n0", "Derby of old")
    await rig.start()
    await rig.ask(ADA, ADA, "/subscribe derby", "I ring when")
    question = await rig.ask(ADA, ADA, "/import", QUESTION)
    await send(rig, ADA, ADA, sources(rig, 2), "Added: 2", reply_to=question["message_id"])
    await rig.publisher.polled("n0", 2)
    rig.publisher.publish("n0", "Derby ends in a draw")
    await rig.said(ADA, "Derby ends")
    assert rig.told(ADA, "Derby of old") == []


async def test_what_is_exported_is_imported_in_a_group_by_its_administrators_alone(
    rig: Rig,
) -> None:
    await rig.start()
    await rig.ask(ADA, ADA, "/subscribe derby", "I ring when")
    await send(rig, ADA, ADA, sources(rig, 1), "Added: 1", caption="/import")
    (as_json, as_opml) = await exported(rig, ADA, ADA, 2)
    await send(rig, GROUP, BEN, as_json, "Only administrators", caption="/import")
    told = await send(rig, GROUP, ADA, as_json, "Added: 2", caption="/import", topic=3)
    listed = await rig.ask(GROUP, BEN, "/list", "1 subscription", topic=3)
    assert (told["message_thread_id"], listed["chat"]["id"]) == (3, GROUP)
    assert [one.url for one in read_opml(as_opml)] == [f"{rig.publisher.base}/feeds/n0"]


async def test_in_a_channel_the_caption_imports_and_the_export_masks_secrets(rig: Rig) -> None:
    await rig.start()
    keyed = rig.publisher.base.replace("//", "//me:pw@") + "/feeds/n0?api_key=77"
    data = write_opml("Mine", [CatalogueEntry(url=keyed, title="Mine")])
    await rig.ask(CHANNEL, ADA, "/import", "as its caption")
    await send(rig, CHANNEL, ADA, data, "Added: 1", caption="/import")
    await send(rig, ADA, ADA, data, "Added: 1", caption="/import")
    public = await exported(rig, CHANNEL, ADA, 2)
    private = await exported(rig, ADA, ADA, 2)
    assert [(b"pw@" in one, b"=77" in one) for one in public] == [(False, False)] * 2
    assert [json.loads(one[0])["sources"][0]["url"] == keyed for one in (public, private)] == [
        False,
        True,
    ]


async def test_files_that_cannot_be_imported_say_why_and_change_nothing(
    rig: Rig, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    entity = f'<!DOCTYPE o [<!ENTITY x SYSTEM "{secret.as_uri()}">]><opml>&x;</opml>'.encode()
    await rig.start()
    for data, answer in (
        (entity, "DOCTYPE"),
        (b"<opml>" + b"<outline>" * 100_000, "no proper XML"),
        (b'["NATO",', "line 1, column 9 is no proper JSON"),
        (b"x" * 1_000_001, "larger than 1000 kB"),
        (b"\xff\xd8\xff", "no UTF-8 text"),
    ):
        await send(rig, ADA, ADA, data, answer, caption="/import")
    await send(rig, ADA, ADA, b"NATO", "Shall I import this file?")
    await rig.ask(ADA, ADA, "/list", "Nothing rings here yet")
    (only,) = await exported(rig, ADA, ADA, 1)
    assert (json.loads(only)["topics"], rig.told(ADA, "hunter2")) == ([], [])


async def test_an_import_is_stopped_by_its_button(rig: Rig) -> None:
    await rig.start()
    progress = await send(rig, GROUP, ADA, sources(rig, 400), "Importing: ", caption="/import")
    member = await rig.press(GROUP, BEN, progress, "Stop")
    stopped = await rig.press(GROUP, ADA, progress, "Stop")
    told = await shown(rig, GROUP, "Stopped.")
    assert (member["text"], stopped["text"]) == ("Only administrators may do that.", "Stopping.")
    assert (told["message_id"], "Not done: " in told["text"]) == (progress["message_id"], True)


async def test_killed_in_the_middle_of_300_sources_it_goes_on_without_doubles(rig: Rig) -> None:
    await rig.start()
    progress = await send(rig, ADA, ADA, sources(rig, 300), "Importing: 0 of", caption="/import")
    await rig.world.until(lambda: "Importing: 0 of" not in progress["text"], 25)
    half = progress["text"]
    await rig.kill()
    await rig.begin()
    told = await shown(rig, ADA, "Imported.", 55)
    (as_json, _) = await exported(rig, ADA, ADA, 2)
    urls = sorted(one["url"] for one in json.loads(as_json)["sources"])
    assert urls == sorted(one.url for one in read_opml(sources(rig, 300)))
    assert ("of 300" in half, told["message_id"]) == (True, progress["message_id"])
    assert "Added: 300 · known already: 0 · refused: 0" in told["text"]
