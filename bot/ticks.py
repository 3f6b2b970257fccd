"""What runs by itself: delivery, and the ticks."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.clock import utc_now
from bot.config import Settings
from bot.domain.imports import Import, Progress
from bot.domain.incidents import Incident
from bot.domain.message import Message
from bot.domain.model import Broadcast, Chat, Delivery, Lane, Notice
from bot.domain.ports import Storage
from bot.jobs import Tick, together
from bot.names.table import shipped_names
from bot.parts import LEASE, AnyApplication, Services, Stage, open_locales
from bot.rendering import paper
from bot.rendering.alert import render_alert
from bot.rendering.digest import render_digest
from bot.rendering.html import escape
from bot.rendering.notices import render_incident, render_notice
from bot.rendering.transfers import show_import
from bot.sending.limiter import PacedRequests, Rank
from bot.sending.sender import TelegramSender
from bot.services.alarm import Alarm, Watch
from bot.services.book import nobody
from bot.services.broadcasts import Broadcasts
from bot.services.deliver import Deliverer, Prepare, SendingStopped
from bot.services.engines import Engines
from bot.services.housekeeping import Housekeeper
from bot.services.importing import ImportWork
from bot.services.journal import ABANDONED
from bot.services.notices import Notices
from bot.services.pivot import Pivoting
from bot.services.retouch import Retouch
from bot.services.returns import Returns
from bot.services.sharing import Sharing
from bot.services.storytelling import Storytelling
from bot.services.updates import Updates
from handlers.inlet import Inlet
from storage.engine import Database

log = logging.getLogger(__name__)

TOKEN_LOOK = 60.0
"""Seconds between two looks whether the token still holds."""


async def keep_ringing(
    application: AnyApplication,
    database: Database,
    wake: asyncio.Event,
    prepare: Prepare,
    settings: Settings,
) -> None:
    """Deliver until the token is void, at our part of the rate."""
    limiter = application.bot.rate_limiter
    share = limiter.share if isinstance(limiter, PacedRequests) else _alone
    sharing = Sharing(database, utc_now, uuid4().hex, share, asyncio.sleep)
    await sharing.join()
    resend = settings.send_unanswered == "resend"
    delivery = keep_delivering(application, database, wake, prepare, resend=resend)
    await together(delivery, revoked(application), sharing.keep())


def _alone(_processes: int) -> None:
    """Nothing is paced here."""


async def keep_delivering(
    application: AnyApplication,
    database: Database,
    wake: asyncio.Event,
    prepare: Prepare,
    *,
    resend: bool = True,
) -> None:
    """The delivery loop's supervisor: what fails is logged and begun again."""
    deliverer = make_deliverer(application.bot, database, prepare, resend=resend)
    while True:
        try:
            await deliverer.run(wake)
        except SendingStopped:
            raise
        except Exception:
            log.exception("delivery failed; it begins again")
            await asyncio.sleep(1)


def make_deliverer(
    bot: ExtBot[Any], database: Storage, prepare: Prepare, *, resend: bool = True
) -> Deliverer:
    """Delivery through a bot, whose limiter hears what is not written down yet."""
    locales, limiter = open_locales(), bot.rate_limiter
    flight = limiter.flight if isinstance(limiter, PacedRequests) else None

    def render(delivery: Delivery, lane: Lane) -> Message:
        texts = locales.of(lane.chat.locale)
        if delivery.rest:
            return render_digest(delivery, texts)
        return render_alert(delivery, texts, bot.username)

    return Deliverer(
        database,
        TelegramSender(bot),
        render,
        utc_now,
        prepare=prepare,
        lease=LEASE,
        resend=resend,
        owing=flight.owe if flight else nobody,
    )


def one_after_the_other(first: Prepare, second: Prepare) -> Prepare:
    """What a page says is translated like the rest, so it comes first."""

    async def prepare(delivery: Delivery, chat: Chat) -> Delivery:
        return await second(await first(delivery, chat), chat)

    return prepare


async def revoked(
    application: AnyApplication, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Ends when the token is void: PTB's polling ends in silence, and an idle bot sends nothing.

    Raises:
        InvalidToken: Telegram refused it.
    """
    while True:
        await sleep(TOKEN_LOOK)
        try:
            await application.bot.get_me()
        except InvalidToken:
            raise
        except (TelegramError, KeyError) as error:  # a KeyError: see TelegramSender.send
            log.info("Telegram did not say who we are: %s", error)


def regular_ticks(
    services: Services,
    updates: Updates,
    wake: asyncio.Event,
    settings: Settings,
    database: Database,
) -> tuple[Tick, ...]:
    async def wake_delivery() -> None:
        wake.set()

    retention = timedelta(days=settings.retention_days)
    keeper = Housekeeper(database, services.chats.forget, utc_now, retention, time.monotonic)
    often = min(max(settings.poll_interval_seconds / 4, 0.1), 0.5)
    return (
        Tick("poll", often, services.poller.tick),
        Tick("deliver", 1, wake_delivery),
        Tick("lease", 10, updates.beat),
        Tick("trends", 5, services.trending.tick),
        Tick("index", 5, _indexing(services.stories, database)),
        Tick("access", 30, services.access.refresh),
        Tick("scrub", 10, services.chats.scrub_again),
        Tick("housekeeping", 1_800, keeper.tick),
    )


def _indexing(stories: Storytelling, database: Database) -> Callable[[], Awaitable[None]]:
    """Index what an older version stored, until all is done."""
    before: int | None = None
    done = False

    async def index() -> None:
        nonlocal before, done
        if not done:
            before = await stories.index(database, before)
            done = before is None

    return index


def telling_ticks(
    application: AnyApplication, database: Database, services: Services, prepare: Prepare
) -> tuple[Tick, ...]:
    """What chats are told beside their alerts."""
    return (
        notices_tick(application, database),
        imports_tick(application, database, services),
        retouch_tick(application, database, prepare),
        broadcast_tick(application, database),
        returns_tick(application, database),
    )


def notices_tick(application: AnyApplication, database: Database) -> Tick:
    locales = open_locales()

    def render(notice: Notice) -> Message:
        return render_notice(notice, locales.of(notice.chat.locale))

    sender = TelegramSender(application.bot)
    return Tick("notices", 10, Notices(database, sender, render, utc_now).tick)


def retouch_tick(application: AnyApplication, database: Database, prepare: Prepare) -> Tick:
    locales = open_locales()

    def render(delivery: Delivery, chat: Chat) -> Message:
        return render_alert(delivery, locales.of(chat.locale), application.bot.username)

    screen = TelegramSender(application.bot)
    return Tick("retouch", 2, Retouch(database, screen, render, utc_now, prepare).tick)


def pivot_ticks(
    services: Services, engines: Engines, wake: asyncio.Event, stage: Stage, database: Database
) -> tuple[Tick, ...]:
    """Matching translations, where an engine is free."""
    if not engines.matching:
        return ()
    pivoting = Pivoting(
        storage=database,
        engines=engines,
        index=services.index,
        clock=utc_now,
        rung=wake.set,
        news=stage.news,
        names=shipped_names(),
    )
    return (Tick("pivot", 2, pivoting.tick),)


def inlet_ticks(application: AnyApplication, inlet: Inlet, settings: Settings) -> tuple[Tick, ...]:
    """With a webhook any process may have died over an update, and any other looks for it."""
    if not settings.telegram_webhook_url:
        return ()

    async def take_up() -> None:
        await inlet.take_up(application.bot, ABANDONED)

    return (Tick("inlet", 30, take_up),)


def alarm_tick(application: AnyApplication, watch: Watch, settings: Settings) -> Tick:
    texts = open_locales().of(None)

    def tell(incident: Incident, over: bool) -> Message:
        return render_incident(incident, texts, over=over)

    operators = tuple(settings.admin_user_ids)
    screen = TelegramSender(application.bot, Rank.ANSWER)  # alerts wait for the database
    return Tick("alarm", 2, Alarm(watch, screen, operators, tell, utc_now).tick)


def returns_tick(application: AnyApplication, database: Database) -> Tick:
    scout = TelegramSender(application.bot)
    return Tick("returns", 10, Returns(database, scout, utc_now).tick)


def imports_tick(application: AnyApplication, database: Database, services: Services) -> Tick:
    locales = open_locales()

    def show(job: Import, so_far: Progress, over: bool) -> Message:
        return show_import(job, so_far, over, locales.of(job.chat.locale))

    screen = TelegramSender(application.bot)
    return Tick("import", 1, ImportWork(database, services.importer, screen, show, utc_now).tick)


def broadcast_tick(application: AnyApplication, database: Database) -> Tick:
    locales = open_locales()

    def progress(job: Broadcast, over: bool) -> Message:
        return paper.broadcast(job.told, job.missed, locales.of(None), over=over)

    screen = TelegramSender(application.bot)
    telling = Broadcasts(database, screen, _words, progress, utc_now)
    return Tick("broadcast", 1, telling.tick)


def _words(text: str) -> Message:
    return Message(text=escape(text))
