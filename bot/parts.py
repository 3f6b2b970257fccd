"""The parts that bot/app.py puts together: use cases, Telegram's application, the ticks."""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from importlib.resources import files
from typing import Any
from uuid import uuid4

from starlette.routing import BaseRoute
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import Application, ApplicationBuilder

from bot.clock import utc_now
from bot.config import Settings
from bot.domain.imports import Import, Progress
from bot.domain.languages import NewsLanguages
from bot.domain.message import Message
from bot.domain.model import Chat, Delivery, Lane, Notice, Source
from bot.domain.pacing import Pace
from bot.domain.ports import CatalogueEntry
from bot.jobs import Tick
from bot.names.table import language_names, shipped_names
from bot.rendering.alert import render_alert
from bot.rendering.digest import render_digest
from bot.rendering.notices import render_notice
from bot.rendering.sentences import Locales, load_locales
from bot.rendering.transfers import show_import
from bot.sending.limiter import PacedRequests
from bot.sending.sender import TelegramSender
from bot.services.catalogue import Catalogue
from bot.services.chats import Chats
from bot.services.deliver import Deliverer, Prepare, SendingStopped
from bot.services.housekeeping import Housekeeper
from bot.services.importing import Importer, ImportWork
from bot.services.live_index import LiveIndex
from bot.services.notices import Notices
from bot.services.operators import Operators
from bot.services.poll import Manners, Poller
from bot.services.portability import Portability
from bot.services.preferences import Preferences
from bot.services.read import Reader
from bot.services.retouch import Retouch
from bot.services.storytelling import Storytelling
from bot.services.subscribe import Quotas, Subscriptions
from bot.services.translate import Engines, Translating
from bot.services.trending import Trending
from bot.services.updates import Updates
from bot.services.why import Explainer
from bot.sources.feeds import FeedWorkers
from bot.sources.fetch import GuardedFetcher
from bot.translation.engines import engines_of, open_client
from bot.web.health import health_routes
from bot.web.paper import Paper, open_templates
from bot.web.status import StatusPages
from bot.web.trends import TrendsPage
from handlers.deps import Deps
from handlers.errors import Faults
from handlers.guard import Guard
from handlers.menus import register_menus
from handlers.ordering import OrderedUpdates
from handlers.routing import ALLOWED_UPDATES, Routing
from storage.engine import Database

log = logging.getLogger(__name__)

AnyApplication = Application[Any, Any, Any, Any, Any, Any]
VERSION = version("newsbell")
LEASE = 45.0
"""Seconds a crashed process keeps a chat: over the limiter's 5 and Telegram's answer together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases, over one database."""

    index: LiveIndex
    stories: Storytelling
    poller: Poller
    catalogue: Catalogue
    chats: Chats
    reader: Reader
    explainer: Explainer
    portability: Portability
    preferences: Preferences
    trending: Trending
    importer: Importer
    subscriptions: Subscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What differs between the real bot and the playground."""

    token: str
    api: str | None  # base address of the Bot API; None: Telegram's
    catalogue: tuple[CatalogueEntry, ...]
    manners: Callable[[Source], Manners]
    news: NewsLanguages = NewsLanguages()  # noqa: RUF009 - a frozen value


def make_application(settings: Settings, stage: Stage) -> AnyApplication:
    pace = Pace(settings.send_rate_per_second)
    builder: Any = ApplicationBuilder().token(stage.token)  # each step has another generic type
    builder = builder.rate_limiter(PacedRequests(pace, time.monotonic, asyncio.sleep))
    builder = builder.concurrent_updates(OrderedUpdates(32))
    if stage.api:
        builder = builder.base_url(f"{stage.api}/bot").base_file_url(f"{stage.api}/file/bot")
    application: AnyApplication = builder.build()
    return application


async def say_hello(application: AnyApplication) -> None:
    """Say hello to Telegram; while it cannot be reached, wait and try again."""
    wait = 1.0
    while True:
        try:
            await application.initialize()
        except InvalidToken:
            raise
        except NetworkError as error:
            log.warning("Telegram cannot be reached (%s); again in %.0f s", error, wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, 60)
        else:
            return


def route(
    application: AnyApplication, services: Services, database: Database, settings: Settings
) -> Updates:
    """Handlers, menus, and who asks for updates."""
    locales = open_locales()
    deps = Deps(
        subscriptions=services.subscriptions,
        reader=services.reader,
        catalogue=services.catalogue,
        chats=services.chats,
        explainer=services.explainer,
        portability=services.portability,
        preferences=services.preferences,
        trending=services.trending,
        locales=locales,
        guard=Guard(application.bot.get_chat_administrators, time.monotonic),
        operating=Operators(database, settings.database_url, utc_now),
        operators=frozenset(settings.admin_user_ids),
        version=VERSION,
    )
    Routing(deps).register(application)
    application.add_error_handler(Faults(locales).on_error)
    updater = application.updater
    if updater is None:  # cannot be: the builder made one
        raise RuntimeError("the application has no updater")

    async def start() -> None:
        await register_menus(application.bot, locales)
        await updater.start_polling(allowed_updates=ALLOWED_UPDATES, error_callback=_polling_error)

    holder = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"
    return Updates(database, utc_now, holder, start, updater.stop)


async def open_translation(
    stack: AsyncExitStack, settings: Settings, database: Database
) -> Translating:
    """The engines; operators hear when one of them gives up."""

    async def alarm(engine: str, what: str) -> None:
        async with database.write() as tx:
            for operator in settings.admin_user_ids:
                told = {"engine": engine, "what": what}
                await tx.notices.queue(operator, "engine", told, utc_now())

    key = settings.translate_api_key
    client = await stack.enter_async_context(open_client())
    found = engines_of(settings.translate_url, key.get_secret_value() if key else None, client)
    budget = settings.translate_max_chars_per_month
    engines = Engines(database, found, utc_now, alarm, budget=budget)
    translating = Translating(database, engines, utc_now)
    stack.push_async_callback(engines.close)
    stack.push_async_callback(translating.close)
    return translating


async def keep_delivering(
    application: AnyApplication, database: Database, wake: asyncio.Event, prepare: Prepare
) -> None:
    """The delivery loop's supervisor: what fails is logged and begun again."""
    locales = open_locales()

    def render(delivery: Delivery, lane: Lane) -> Message:
        texts = locales.of(lane.chat.locale)
        if delivery.rest:
            return render_digest(delivery, texts)
        return render_alert(delivery, texts, application.bot.username)

    sender = TelegramSender(application.bot)
    deliverer = Deliverer(database, sender, render, utc_now, prepare=prepare, lease=LEASE)
    while True:
        try:
            await deliverer.run(wake)
        except SendingStopped:
            raise
        except Exception:
            log.exception("delivery failed; it begins again")
            await asyncio.sleep(1)


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
    keeper = Housekeeper(database, services.chats.forget, utc_now, retention)
    often = min(max(settings.poll_interval_seconds / 4, 0.1), 0.5)
    return (
        Tick("poll", often, services.poller.tick),
        Tick("deliver", 1, wake_delivery),
        Tick("lease", 10, updates.beat),
        Tick("housekeeping", 1_800, keeper.tick),
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


def imports_tick(application: AnyApplication, database: Database, services: Services) -> Tick:
    locales = open_locales()

    def show(job: Import, so_far: Progress, over: bool) -> Message:
        return show_import(job, so_far, over, locales.of(job.chat.locale))

    screen = TelegramSender(application.bot)
    return Tick("import", 1, ImportWork(database, services.importer, screen, show, utc_now).tick)


def open_locales() -> Locales:
    folder = files("bot.rendering").joinpath("locales")
    texts = {one.name: one.read_text("utf-8") for one in folder.iterdir()}
    return load_locales(
        {name.removesuffix(".toml"): text for name, text in texts.items()}, language_names()
    )


def _polling_error(error: TelegramError) -> None:
    log.warning("asking Telegram for updates: %s", error)


def make_services(
    database: Database,
    fetcher: GuardedFetcher,
    parser: FeedWorkers,
    stage: Stage,
    wake: asyncio.Event,
    settings: Settings,
) -> Services:
    names = shipped_names()
    stories = Storytelling(names, timedelta(hours=settings.story_window_hours))
    index = LiveIndex(names)
    reader = Reader(database, utc_now, stage.news, names)
    catalogue = Catalogue(database, fetcher, parser, utc_now)
    return Services(
        index=index,
        stories=stories,
        poller=Poller(
            storage=database,
            fetcher=fetcher,
            parser=parser,
            index=index,
            clock=utc_now,
            manners=stage.manners,
            rung=wake.set,
            news=stage.news,
            stories=stories,
        ),
        catalogue=catalogue,
        chats=Chats(database, index, utc_now),
        reader=reader,
        explainer=Explainer(database, names),
        portability=Portability(database, parser, utc_now),
        preferences=Preferences(database, utc_now),
        trending=Trending(database, utc_now, names),
        importer=Importer(database, index, utc_now, Quotas()),
        subscriptions=Subscriptions(database, index, reader, catalogue, utc_now, Quotas()),
    )


def web_routes(database: Database) -> tuple[BaseRoute, ...]:
    """Every page beside the bot."""
    templates = open_templates()
    names = shipped_names()
    paper = Paper(Reader(database, utc_now, names=names), templates)
    trends = TrendsPage(Trending(database, utc_now, names), templates)
    status = StatusPages(database, utc_now, templates)
    return (*health_routes(database.ping), *status.routes(), *trends.routes(), *paper.routes())
