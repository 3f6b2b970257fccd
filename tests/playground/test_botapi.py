"""The emulated Bot API, spoken to by python-telegram-bot itself."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.playground.botapi import bot_api_routes
from bot.playground.faults import Failure, Fault
from bot.playground.world import World
from bot.web.server import serve
from tests.builders import NOW

TOKEN = "42:test"
ADA, BEN, GROUP, FORUM, CHANNEL, OLD = 1, 2, -10, -100_20, -100_30, -11


class Telegram:
    def __init__(self, world: World, bot: Bot, base: str) -> None:
        self.world = world
        self.bot = bot
        self.base = base


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    world = World(lambda: NOW)
    world.person(ADA, "Ada")
    world.person(BEN, "Ben")
    world.room(GROUP, "group", "Friends")
    world.room(OLD, "group", "Old")
    world.room(FORUM, "supergroup", "Forum", ("Sport",))
    world.room(CHANNEL, "channel", "Wire")
    for room in (GROUP, OLD, FORUM):
        world.join(room, world.bot["id"], "member")
    world.updates.clear()
    world.say(ADA, ADA, "/start")
    async with serve(Starlette(routes=bot_api_routes(world, TOKEN)), "127.0.0.1", 0) as port:
        base = f"http://127.0.0.1:{port}"
        async with Bot(TOKEN, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot") as bot:
            yield Telegram(world, bot, base)


def button(**facts: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("x", **facts)]])


@pytest.mark.parametrize(
    ("chat", "facts", "error"),
    [
        (99, {"text": "x"}, BadRequest("Chat not found")),
        (BEN, {"text": "x"}, Forbidden("Forbidden: bot can't initiate conversation with a user")),
        (CHANNEL, {"text": "x"}, Forbidden("Forbidden: bot is not a member of the channel chat")),
        (ADA, {"text": "x" * 4097}, BadRequest("Message is too long")),
        (ADA, {"text": "<b></b>", "parse_mode": "HTML"}, BadRequest("Message text is empty")),
        (ADA, {"text": "x", "message_thread_id": 7}, BadRequest("Message thread not found")),
        (FORUM, {"text": "x", "message_thread_id": 1}, BadRequest("Message thread not found")),
        (
            ADA,
            {"text": "x", "reply_markup": button(callback_data="d" * 65)},
            BadRequest("Button_data_invalid"),
        ),
        (
            ADA,
            {"text": "x", "reply_markup": button(url="http://localhost/")},
            BadRequest(
                "Inline keyboard button url 'http://localhost/' is invalid: wrong http url"
            ),
        ),
    ],
)
async def test_what_telegram_refuses_is_refused_in_its_words(
    telegram: Telegram, chat: int, facts: dict[str, Any], error: TelegramError
) -> None:
    with pytest.raises(type(error)) as caught:
        await telegram.bot.send_message(chat, **facts)
    assert str(caught.value).casefold() == str(error).casefold()


async def test_blocking_kicking_closing_and_moving(telegram: Telegram) -> None:
    world, bot = telegram.world, telegram.bot
    world.block(ADA)
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(ADA, "x")
    world.rooms[FORUM].closed.add(2)
    with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
        await bot.send_message(FORUM, "x", message_thread_id=2)
    world.migrate(OLD, -100_40)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(OLD, "x")
    assert moved.value.new_chat_id == -100_40


async def test_edits_in_place_and_the_same_edit_twice(telegram: Telegram) -> None:
    sent = await telegram.bot.send_message(ADA, "one")
    await telegram.bot.edit_message_text("two", ADA, sent.message_id)
    with pytest.raises(BadRequest, match="not modified"):
        await telegram.bot.edit_message_text("two", ADA, sent.message_id)
    assert telegram.world.rooms[ADA].messages[sent.message_id]["text"] == "two"


async def test_a_press_is_answered_once(telegram: Telegram) -> None:
    sent = await telegram.bot.send_message(ADA, "x", reply_markup=button(callback_data="d"))
    press = telegram.world.press(ADA, ADA, sent.message_id, "d")
    first = await telegram.bot.answer_callback_query(press)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await telegram.bot.answer_callback_query(press)
    assert first is True


async def test_updates_are_waited_for_and_confirmed_by_offset(telegram: Telegram) -> None:
    bot, world = telegram.bot, telegram.world
    (old,) = await bot.get_updates()
    waiting = asyncio.create_task(bot.get_updates(offset=old.update_id + 1, timeout=10))
    async with world.watch() as events:
        while (await events.get())["kind"] != "poll":
            pass
    world.say(ADA, ADA, "hello")
    (update,) = await waiting
    assert isinstance(update, Update)
    assert (update.message and update.message.text) == "hello"


async def test_a_second_poller_ends_the_first(telegram: Telegram) -> None:
    first = asyncio.create_task(telegram.bot.get_updates(offset=99, timeout=10))
    async with telegram.world.watch() as events:
        while (await events.get())["kind"] != "poll":
            pass
    async with Bot(TOKEN, base_url=f"{telegram.base}/bot") as other:
        second = asyncio.create_task(other.get_updates(offset=99, timeout=1))
        with pytest.raises(Conflict):
            await first
        assert await second == ()


async def test_privacy_in_groups_commands_and_replies_alone(telegram: Telegram) -> None:
    world = telegram.world
    world.updates.clear()
    mine = await telegram.bot.send_message(GROUP, "ask me")
    for text, reply in (("chatter", None), ("/list", None), ("answer", mine.message_id)):
        world.say(GROUP, ADA, text, reply_to=reply)
    assert [one["message"]["text"] for one in world.updates] == ["/list", "answer"]


async def test_another_token_is_unknown(telegram: Telegram) -> None:
    with pytest.raises(InvalidToken):
        await Bot("43:other", base_url=f"{telegram.base}/bot").get_me()


async def test_faults_on_order(telegram: Telegram) -> None:
    world = telegram.world
    flood = (
        '{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7",'
        '"parameters":{"retry_after":7}}'
    )
    world.faults += [
        Fault("sendMessage", Failure.STATUS, status=429, body=flood),
        Fault("sendMessage", Failure.ACCEPT_AND_DROP),
        Fault("sendMessage", Failure.DROP),
    ]
    with pytest.raises(RetryAfter) as flooded:
        await telegram.bot.send_message(ADA, "one")
    for text in ("two", "three"):
        with pytest.raises(NetworkError):
            await telegram.bot.send_message(ADA, text)
    await telegram.bot.send_message(ADA, "four")
    assert flooded.value.retry_after == timedelta(seconds=7)
    assert [m["text"] for m in world.sent] == ["two", "four"]


async def test_files_go_up_and_come_down_as_they_were(telegram: Telegram) -> None:
    bot, world = telegram.bot, telegram.world
    sent = await bot.send_document(ADA, b'{"a": 1}', caption="<b>x</b>", filename="a.json")
    document = sent.document
    assert document is not None
    file = await bot.get_file(document)
    again = await bot.send_document(ADA, document.file_id)
    world.send_file(ADA, ADA, "b.opml", b"<opml/>", "/import it")
    received = world.updates[-1]["message"]
    theirs = await bot.get_file(received["document"]["file_id"])
    assert (document.file_name, document.file_size, sent.caption) == ("a.json", 8, "<b>x</b>")
    assert (again.document, bytes(await file.download_as_bytearray())) == (document, b'{"a": 1}')
    assert bytes(await theirs.download_as_bytearray()) == b"<opml/>"
    assert (received["caption"], received["caption_entities"][0]["type"], "text" in received) == (
        "/import it",
        "bot_command",
        False,
    )


async def test_files_that_are_none_are_refused(telegram: Telegram) -> None:
    for call in (
        telegram.bot.get_file("document-9"),
        telegram.bot.send_document(ADA, b""),
        telegram.bot.send_document(ADA, "document-9"),
    ):
        with pytest.raises(BadRequest):
            await call
