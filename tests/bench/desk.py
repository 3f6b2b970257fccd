"""A delivery as the program puts it together, on the farm's Telegram, and who is delivered to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, cast

from telegram.ext import ExtBot
from telegram.request import BaseRequest, HTTPXRequest

from bot.clock import utc_now
from bot.config import load_settings
from bot.domain.addresses import allow_list
from bot.domain.message import Message
from bot.domain.model import Delivery, Lane
from bot.parts import Stage, make_limiter, make_services, open_locales, open_translation
from bot.rendering.alert import render_alert
from bot.sending.sender import TelegramSender
from bot.services.deliver import Deliverer
from bot.services.poll import Manners
from bot.sources.feeds import FeedWorkers
from bot.sources.fetch import GuardedFetcher
from bot.ticks import make_deliverer, one_after_the_other
from storage.engine import Database, open_storage
from tests.bench.ground import Farm, settle_in
from tests.databases import sqlite_url

TOKEN = "4242:bench"
AT_ONCE = 100_000.0
"""A rate that holds nobody up."""

Render = Callable[[Delivery, Lane], Message]


@asynccontextmanager
async def telegram(
    farm: Farm, request: BaseRequest, rate: float | None = None
) -> AsyncIterator[TelegramSender]:
    """A bot that talks to the farm; with a rate, paced as bot/parts.py paces it."""
    bot = ExtBot(
        TOKEN,
        base_url=f"{farm.base}/bot",
        rate_limiter=make_limiter(rate) if rate else None,
        request=request,
        get_updates_request=HTTPXRequest(),
    )
    async with bot:
        yield TelegramSender(bot)


@asynccontextmanager
async def delivery(database: Database, sender: TelegramSender) -> AsyncIterator[Deliverer]:
    """As bot/app.py puts it together; no alert here lacks a lede or wants a translation."""
    settings = load_settings({"TELEGRAM_BOT_TOKEN": TOKEN}, None)
    stage = Stage(token=TOKEN, api=None, catalogue=(), manners=lambda _: Manners(300, 2))
    async with (
        GuardedFetcher(allow=allow_list([]), now=utc_now) as fetcher,
        FeedWorkers() as parser,
        AsyncExitStack() as stack,
    ):
        services = make_services(database, fetcher, parser, stage, asyncio.Event(), settings)
        stack.push_async_callback(services.pages.close)
        _, translating = await open_translation(stack, settings, database)
        prepare = one_after_the_other(services.pages.prepare, translating.prepare)
        yield make_deliverer(cast("ExtBot[Any]", sender._bot), database, prepare)


def renderer() -> Render:
    """As bot/ticks.py says alerts."""
    locales = open_locales()

    def render(delivery: Delivery, lane: Lane) -> Message:
        return render_alert(delivery, locales.of(lane.chat.locale), "newsbell_bot")

    return render


@asynccontextmanager
async def running(deliverer: Deliverer, wake: asyncio.Event) -> AsyncIterator[None]:
    task = asyncio.create_task(deliverer.run(wake))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(done: Callable[[], Awaitable[bool]], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not await done():
            await asyncio.sleep(0.2)


def unsent(database: Database) -> Callable[[], Awaitable[bool]]:
    async def empty() -> bool:
        async with database.read() as tx:
            return (await tx.status.freshness(None, utc_now())).queued == 0

    return empty


@asynccontextmanager
async def desk(folder: Path, chats: int, *queries: str) -> AsyncIterator[Database]:
    """A new database with so many private chats in it."""
    folder.mkdir()
    async with open_storage(sqlite_url(folder)) as database:
        await settle_in(database, range(1, chats + 1), *queries)
        yield database
